import LaresServing

/// The answer of `POST /v1/chat/completions` as chunks.
struct ChatStream {
    private let head: AnswerHead
    private let hasLogProbabilities: Bool
    private let includesUsage: Bool
    private var tally = Tally()

    init(_ request: ChatRequest) {
        head = AnswerHead(prefix: "chatcmpl", object: "chat.completion.chunk", model: request.generation.model)
        hasLogProbabilities = request.generation.topLogProbabilities != nil
        includesUsage = request.includesUsage
    }

    /// The chunk an event becomes; nil when it becomes none.
    mutating func chunk(_ index: Int, _ event: GenerationEvent) -> JSON? {
        switch event {
        case .started:
            return chunk(index, delta: ["role": "assistant", "content": "", "refusal": nil], [], nil)
        case .text(let text, let tokens):
            if text.isEmpty && tokens.isEmpty { return nil }
            return chunk(index, delta: ["content": .string(text)], tokens, nil)
        case .finished(let reason, let usage):
            tally.add(usage, prompt: 0)
            return chunk(index, delta: [:], [], reason)
        }
    }

    private func chunk(_ index: Int, delta: JSON, _ tokens: [TokenLogProbability], _ reason: FinishReason?) -> JSON {
        let hasTokens = hasLogProbabilities && !tokens.isEmpty
        var members = head.members(choices: [
            [
                "index": .int(index), "delta": delta,
                "logprobs": hasTokens ? ["content": .array(tokens.map(\.chatJSON)), "refusal": nil] : nil,
                "finish_reason": reason.map { .string($0.rawValue) } ?? nil,
            ]
        ])
        if includesUsage { members.append("usage", nil) }
        return .object(members)
    }

    /// The chunk after the last choice; nil unless the client asked for it.
    var usageChunk: JSON? {
        guard includesUsage else { return nil }
        var members = head.members(choices: [])
        members.append("usage", tally.json)
        return .object(members)
    }
}
