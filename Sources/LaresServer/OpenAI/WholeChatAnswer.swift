import LaresJSON
import LaresServing

/// The answer of `POST /v1/chat/completions` as one object, gathered from its events.
struct WholeChatAnswer {
    private struct Choice {
        var text = ""
        var called: [(name: String, arguments: String)] = []
        var calls: ToolCallText?
        var tokens: [JSON] = []
        var reason = FinishReason.stop

        mutating func take(_ parts: [ToolCallText.Part]) {
            for part in parts {
                switch part {
                case .content(let more): text += more
                case .call(let name): called.append((name, ""))
                case .arguments(let more): called[called.count - 1].arguments += more
                }
            }
        }

        var message: JSON {
            var members: JSON.Members = [
                "role": "assistant", "content": text.isEmpty && !called.isEmpty ? .null : .string(text), "refusal": .null,
            ]
            if !called.isEmpty { members.append("tool_calls", .array(called.map { .toolCall(name: $0.name, arguments: $0.arguments) })) }
            return .object(members)
        }
    }

    private let head: AnswerHead
    private let hasLogProbabilities: Bool
    private let tools: ToolRequest
    private var choices: [Choice]
    private var tally = Tally()

    init(_ request: ChatRequest) {
        head = AnswerHead(prefix: "chatcmpl", object: "chat.completion", model: request.generation.model)
        hasLogProbabilities = request.generation.topLogProbabilities != nil
        tools = request.tools
        let isFormed = request.generation.form != .free
        let calls = request.tools.use.map { _ in ToolCallText(isFormed: isFormed) }
        choices = Array(repeating: Choice(calls: calls), count: request.choices)
    }

    mutating func take(_ index: Int, _ event: GenerationEvent) {
        switch event {
        case .started: break
        case .text(let text, let tokens):
            choices[index].take(choices[index].calls?.append(text) ?? [.content(text)])
            if hasLogProbabilities { choices[index].tokens += tokens.map(\.chatJSON) }
        case .finished(let reason, let usage):
            choices[index].take(choices[index].calls?.finish() ?? [])
            choices[index].reason = reason
            tally.add(usage, prompt: 0)
        }
    }

    var json: JSON {
        let choices = choices.enumerated().map { index, choice -> JSON in
            [
                "index": .int(index), "message": choice.message,
                "logprobs": hasLogProbabilities ? ["content": .array(choice.tokens), "refusal": .null] : .null,
                "finish_reason": .string(tools.finishReason(choice.reason, choice.calls)),
            ]
        }
        var members = head.members(choices: choices)
        members.append("usage", tally.json)
        return .object(members)
    }
}
