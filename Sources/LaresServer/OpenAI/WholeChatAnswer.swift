import LaresServing

/// The answer of `POST /v1/chat/completions` as one object, gathered from its events.
struct WholeChatAnswer {
    private struct Choice {
        var text = ""
        var tokens: [JSON] = []
        var reason: FinishReason?
    }

    private let head: AnswerHead
    private let hasLogProbabilities: Bool
    private var choices: [Choice]
    private var tally = Tally()

    init(_ request: ChatRequest) {
        head = AnswerHead(prefix: "chatcmpl", object: "chat.completion", model: request.generation.model)
        hasLogProbabilities = request.generation.topLogProbabilities != nil
        choices = Array(repeating: Choice(), count: request.choices)
    }

    mutating func take(_ index: Int, _ event: GenerationEvent) {
        switch event {
        case .started: break
        case .text(let text, let tokens):
            choices[index].text += text
            if hasLogProbabilities { choices[index].tokens += tokens.map(\.chatJSON) }
        case .finished(let reason, let usage):
            choices[index].reason = reason
            tally.add(usage, prompt: 0)
        }
    }

    var json: JSON {
        let choices = choices.enumerated().map { index, choice -> JSON in
            [
                "index": .int(index), "message": ["role": "assistant", "content": .string(choice.text), "refusal": nil],
                "logprobs": hasLogProbabilities ? ["content": .array(choice.tokens), "refusal": nil] : nil,
                "finish_reason": .string((choice.reason ?? .stop).rawValue),
            ]
        }
        var members = head.members(choices: choices)
        members.append("usage", tally.json)
        return .object(members)
    }
}
