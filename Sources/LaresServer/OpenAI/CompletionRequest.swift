package import LaresJSON
import LaresLanguage
package import LaresServing

/// The body of `POST /v1/completions`, checked: one or several prompts, each a string or an array of token ids.
package struct CompletionRequest {
    /// One generation for each prompt; each is made ``choices`` times.
    package var generations: [GenerationRequest]
    package var choices: Int
    package var streams: Bool
    package var includesUsage: Bool
    /// How many likely tokens are named beside each token; nil when log-probabilities are not wanted.
    package var logProbabilities: Int?

    /// How many prompts one request may have.
    static let maximumPrompts = 256

    /// - Throws: ``APIError`` naming the first parameter that is wrong or not supported.
    package init(_ body: JSON, caller: String) throws {
        let fields = try Fields(body)
        let model = try fields.requiredString("model")
        try fields.refuseUnsupportedChatParameters()
        try fields.refuseTools()
        let (form, formParam) = try fields.answerForm()
        try Self.refuseSuffix(fields)
        streams = try fields.bool("stream") ?? false
        includesUsage = try fields.includesUsage(streaming: streams)
        choices = try fields.choiceCount()
        try Self.checkBestOf(fields, choices)
        logProbabilities = try fields.int("logprobs", in: 0...20)
        let echo = try fields.bool("echo") ?? false
        try Self.refuseEchoedLogProbabilities(echo: echo, logProbabilities)
        let template = GenerationRequest(
            model: model, prompt: .text(""), sampling: try fields.sampling(), stop: try fields.stopStrings(),
            maxTokens: try fields.int("max_tokens", in: 0...1_000_000_000) ?? 16, topLogProbabilities: logProbabilities,
            echo: echo, ignoreEnd: try fields.bool("ignore_eos") ?? false, form: form, formParam: formParam, caller: caller,
            work: try fields.workClass())
        generations = try Self.prompts(fields).map {
            var generation = template
            generation.prompt = $0
            return generation
        }
    }

    private static func refuseEchoedLogProbabilities(echo: Bool, _ logProbabilities: Int?) throws {
        guard echo, logProbabilities != nil else { return }
        throw APIError.unsupported(
            "logprobs",
            "'logprobs' together with 'echo' is not supported: Lares does not tell the log-probabilities of a prompt; leave one of them out"
        )
    }

    private static func refuseSuffix(_ fields: Fields) throws {
        guard let suffix = try fields.string("suffix"), !suffix.isEmpty else { return }
        throw APIError.unsupported("suffix", "'suffix' is not supported: Lares continues text, it does not fill gaps; leave it out")
    }

    private static func checkBestOf(_ fields: Fields, _ choices: Int) throws {
        guard let best = try fields.int("best_of", in: 1...32), best != choices else { return }
        throw APIError.unsupported("best_of", "'best_of' other than 'n' is not supported: ask for 'n' answers and choose among them")
    }

    private static func prompts(_ fields: Fields) throws -> [Prompt] {
        let value = fields.value("prompt") ?? .string("")
        switch value {
        case .string(let text): return [.text(text)]
        case .array(let elements): return try prompts(elements, fields)
        default: throw fields.wrongType("prompt", "a string, an array of strings, or token ids", value)
        }
    }

    private static func prompts(_ elements: [JSON], _ fields: Fields) throws -> [Prompt] {
        guard let first = elements.first else { throw APIError.invalid("'prompt' is an empty array", param: "prompt") }
        if case .int = first { return [.tokens(try tokens(elements, param: "prompt"))] }
        guard elements.count <= maximumPrompts else {
            throw APIError.invalid("'prompt' has \(elements.count) prompts; \(maximumPrompts) is the most", param: "prompt")
        }
        return try elements.enumerated().map { index, element in
            switch element {
            case .string(let text): .text(text)
            case .array(let ids) where !ids.isEmpty: .tokens(try tokens(ids, param: "prompt[\(index)]"))
            default: throw fields.wrongType("prompt", "a string, an array of strings, or token ids", element)
            }
        }
    }

    /// Token ids out of a JSON array.
    static func tokens(_ elements: [JSON], param: String) throws -> [Token] {
        try elements.map {
            guard case .int(let id) = $0, let token = Token(exactly: id), token >= 0 else {
                throw APIError.invalid("'\(param)' has an element that is not a token id", param: param)
            }
            return token
        }
    }
}
