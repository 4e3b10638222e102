import LaresJSON
import LaresServing

extension TokenLogProbability {
    /// The token as chat answers list it: text, bytes, and its likely alternatives.
    var chatJSON: JSON {
        var members = chosen.chatMembers
        members.append("top_logprobs", .array(top.map { .object($0.chatMembers) }))
        return .object(members)
    }
}

extension TokenLogProbability.Alternative {
    fileprivate var chatMembers: JSON.Members {
        [
            "token": .string(text), "logprob": .double(Double(logProbability.finite)), "bytes": .array(bytes.map { .int(Int($0)) }),
        ]
    }
}

extension Float {
    /// The API has no word for an impossible token: the clients' documents give -9999 for it.
    fileprivate var finite: Float { isFinite ? self : -9_999 }
}

/// The lists of `logprobs` in answers of `/v1/completions`.
struct LegacyLogProbabilities {
    private var tokens: [JSON] = []
    private var logProbabilities: [JSON] = []
    private var top: [JSON] = []
    private var offsets: [JSON] = []
    private var offset: Int
    private let alternatives: Int

    /// - Parameters:
    ///   - offset: Where the text begins, in characters of the choice's text.
    ///   - alternatives: How many alternatives were asked for.
    init(offset: Int, alternatives: Int) {
        self.offset = offset
        self.alternatives = alternatives
    }

    /// Where the next token begins.
    var end: Int { offset }

    mutating func append(_ token: TokenLogProbability) {
        tokens.append(.string(token.chosen.text))
        logProbabilities.append(.double(Double(token.chosen.logProbability.finite)))
        offsets.append(.int(offset))
        offset += token.chosen.text.unicodeScalars.count
        var likely = JSON.Members()
        for alternative in token.top.prefix(alternatives) {
            likely[alternative.text] = .double(Double(alternative.logProbability.finite))
        }
        top.append(.object(likely))
    }

    var json: JSON {
        [
            "tokens": .array(tokens), "token_logprobs": .array(logProbabilities),
            "top_logprobs": alternatives == 0 ? .null : .array(top), "text_offset": .array(offsets),
        ]
    }
}
