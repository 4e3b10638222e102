package import LaresJSON
import LaresLanguage
package import LaresServing

/// The body of `POST /v1/chat/completions`, checked.
package struct ChatRequest {
    package var generation: GenerationRequest
    package var choices: Int
    package var streams: Bool
    package var includesUsage: Bool
    package var tools: ToolRequest

    /// - Throws: ``APIError`` naming the first parameter that is wrong or not supported.
    package init(_ body: JSON, caller: String) throws {
        let fields = try Fields(body)
        let model = try fields.requiredString("model")
        try fields.refuseUnsupportedChatParameters()
        let messages = try fields.messages()
        tools = try fields.toolRequest()
        let (form, formParam) = try fields.answerForm()
        streams = try fields.bool("stream") ?? false
        includesUsage = try fields.includesUsage(streaming: streams)
        choices = try fields.choiceCount()
        generation = GenerationRequest(
            model: model, prompt: .chat(messages), sampling: try fields.sampling(), stop: try fields.stopStrings(),
            maxTokens: try Self.maxTokens(fields), topLogProbabilities: try Self.topLogProbabilities(fields),
            ignoreEnd: try fields.bool("ignore_eos") ?? false, form: form, formParam: formParam, tools: tools.use, caller: caller,
            work: try fields.workClass())
    }

    private static func maxTokens(_ fields: Fields) throws -> Int? {
        let old = try fields.int("max_tokens", in: 1...1_000_000_000)
        return try fields.int("max_completion_tokens", in: 1...1_000_000_000) ?? old
    }

    private static func topLogProbabilities(_ fields: Fields) throws -> Int? {
        let wanted = try fields.bool("logprobs") ?? false
        let top = try fields.int("top_logprobs", in: 0...20)
        if top != nil, !wanted {
            throw APIError.invalid("'top_logprobs' needs 'logprobs' to be true", param: "top_logprobs")
        }
        return wanted ? top ?? 0 : nil
    }
}
