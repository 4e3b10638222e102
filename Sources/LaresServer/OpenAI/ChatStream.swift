import LaresJSON
import LaresServing

/// The answer of `POST /v1/chat/completions` as chunks.
struct ChatStream {
    private struct Choice {
        /// Takes the answer apart; nil where no tool can be called.
        var calls: ToolCallText?
        /// Log-probabilities of text that is held back.
        var tokens: [TokenLogProbability] = []
    }

    private let head: AnswerHead
    private let hasLogProbabilities: Bool
    private let includesUsage: Bool
    private let tools: ToolRequest
    private var choices: [Choice]
    private var tally = Tally()

    init(_ request: ChatRequest) {
        head = AnswerHead(prefix: "chatcmpl", object: "chat.completion.chunk", model: request.generation.model)
        hasLogProbabilities = request.generation.topLogProbabilities != nil
        includesUsage = request.includesUsage
        tools = request.tools
        let isFormed = request.generation.form != .free
        let calls = request.tools.use.map { _ in ToolCallText(isFormed: isFormed) }
        choices = Array(repeating: Choice(calls: calls), count: request.choices)
    }

    /// The chunks an event becomes.
    mutating func chunks(_ index: Int, _ event: GenerationEvent) -> [JSON] {
        switch event {
        case .started:
            return [chunk(index, delta: ["role": "assistant", "content": tools.use == nil ? "" : .null, "refusal": .null], nil)]
        case .text(let text, let tokens):
            choices[index].tokens += tokens
            return deltas(index, text).map { chunk(index, delta: $0, nil) }
        case .finished(let reason, let usage):
            tally.add(usage, prompt: 0)
            let rest = choices[index].calls?.finish() ?? []
            let end = tools.finishReason(reason, choices[index].calls)
            return rest.map { chunk(index, delta: delta($0, call: 0), nil) } + [chunk(index, delta: [:], end)]
        }
    }

    private mutating func deltas(_ index: Int, _ text: String) -> [JSON] {
        guard var calls = choices[index].calls else {
            return text.isEmpty && choices[index].tokens.isEmpty ? [] : [["content": .string(text)]]
        }
        var call = calls.callCount - 1
        let parts = calls.append(text)
        choices[index].calls = calls
        return parts.map { part in
            if case .call = part { call += 1 }
            return delta(part, call: call)
        }
    }

    private func delta(_ part: ToolCallText.Part, call: Int) -> JSON {
        switch part {
        case .content(let text): ["content": .string(text)]
        case .call(let name): ["tool_calls": [.toolCall(name: name, arguments: "", index: call)]]
        case .arguments(let text): ["tool_calls": [.moreArguments(text, index: call)]]
        }
    }

    private mutating func chunk(_ index: Int, delta: JSON, _ reason: String?) -> JSON {
        let tokens = hasLogProbabilities ? choices[index].tokens : []
        choices[index].tokens = []
        var members = head.members(choices: [
            [
                "index": .int(index), "delta": delta,
                "logprobs": tokens.isEmpty ? .null : ["content": .array(tokens.map(\.chatJSON)), "refusal": .null],
                "finish_reason": reason.map { .string($0) } ?? .null,
            ]
        ])
        if includesUsage { members.append("usage", .null) }
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
