import LaresJSON
import LaresServing

/// The answer of `POST /v1/completions`, as one object or as chunks. Choice `p * n + i` is answer `i` of prompt `p`.
struct CompletionAnswer {
    private struct Choice {
        var text = ""
        var tokens: LegacyLogProbabilities?
        var reason: FinishReason?
    }

    private let head: AnswerHead
    private let request: CompletionRequest
    private var choices: [Choice]
    private var tally = Tally()

    init(_ request: CompletionRequest) {
        self.request = request
        let model = request.generations.first?.model ?? ""
        head = AnswerHead(prefix: "cmpl", object: "text_completion", model: model)
        let tokens = request.logProbabilities.map { LegacyLogProbabilities(offset: 0, alternatives: $0) }
        choices = Array(repeating: Choice(tokens: tokens), count: request.generations.count * request.choices)
    }

    /// Gathers an event.
    mutating func take(_ index: Int, _ event: GenerationEvent) {
        switch event {
        case .started: break
        case .text(let text, let tokens):
            choices[index].text += text
            for token in tokens { choices[index].tokens?.append(token) }
        case .finished(let reason, let usage):
            choices[index].reason = reason
            tally.add(usage, prompt: index / request.choices)
        }
    }

    /// Gathers an event and gives the chunk it becomes; nil when it becomes none.
    mutating func chunk(_ index: Int, _ event: GenerationEvent) -> JSON? {
        switch event {
        case .started: return nil
        case .text(let text, let tokens):
            if text.isEmpty && tokens.isEmpty { return nil }
            var lists = request.logProbabilities.map {
                LegacyLogProbabilities(offset: choices[index].tokens?.end ?? 0, alternatives: $0)
            }
            for token in tokens { lists?.append(token) }
            choices[index].tokens = lists
            return chunk(index, text, lists, nil)
        case .finished(let reason, let usage):
            tally.add(usage, prompt: index / request.choices)
            return chunk(index, "", nil, reason)
        }
    }

    private func chunk(_ index: Int, _ text: String, _ tokens: LegacyLogProbabilities?, _ reason: FinishReason?) -> JSON {
        var members = head.members(choices: [choice(index, text, tokens, reason)])
        if request.includesUsage { members.append("usage", .null) }
        return .object(members)
    }

    private func choice(_ index: Int, _ text: String, _ tokens: LegacyLogProbabilities?, _ reason: FinishReason?) -> JSON {
        [
            "index": .int(index), "text": .string(text), "logprobs": tokens?.json ?? .null,
            "finish_reason": reason.map { .string($0.rawValue) } ?? .null,
        ]
    }

    /// The chunk after the last choice; nil unless the client asked for it.
    var usageChunk: JSON? {
        guard request.includesUsage else { return nil }
        var members = head.members(choices: [])
        members.append("usage", tally.json)
        return .object(members)
    }

    /// The whole answer.
    var json: JSON {
        var members = head.members(choices: choices.enumerated().map { choice($0, $1.text, $1.tokens, $1.reason ?? .stop) })
        members.append("usage", tally.json)
        return .object(members)
    }
}
