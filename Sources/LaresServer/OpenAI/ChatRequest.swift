import LaresLanguage
package import LaresServing

/// The body of `POST /v1/chat/completions`, checked.
package struct ChatRequest {
    package var generation: GenerationRequest
    package var choices: Int
    package var streams: Bool
    package var includesUsage: Bool

    /// - Throws: ``APIError`` naming the first parameter that is wrong or not supported.
    package init(_ body: JSON, caller: String) throws {
        let fields = try Fields(body)
        let model = try fields.requiredString("model")
        try fields.refuseUnsupportedChatParameters()
        let messages = try Self.messages(fields)
        streams = try fields.bool("stream") ?? false
        includesUsage = try fields.includesUsage(streaming: streams)
        choices = try fields.choiceCount()
        generation = GenerationRequest(
            model: model, prompt: .chat(messages), sampling: try fields.sampling(), stop: try fields.stopStrings(),
            maxTokens: try Self.maxTokens(fields), topLogProbabilities: try Self.topLogProbabilities(fields),
            ignoreEnd: try fields.bool("ignore_eos") ?? false, caller: caller)
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

    private static func messages(_ fields: Fields) throws -> [ChatMessage] {
        let value = try fields.required("messages")
        guard let elements = value.elements else { throw fields.wrongType("messages", "an array", value) }
        guard !elements.isEmpty else { throw APIError.invalid("'messages' is empty: at least one message is needed", param: "messages") }
        guard elements.count <= 10_000 else { throw APIError.invalid("'messages' has more than 10,000 messages", param: "messages") }
        return try elements.enumerated().map { try message(Fields($1, name: "messages[\($0)]")) }
    }

    private static let roles: Set = ["system", "developer", "user", "assistant"]

    private static func message(_ fields: Fields) throws -> ChatMessage {
        let role = try fields.requiredString("role")
        if role == "tool" || role == "function" {
            throw APIError.unsupported(
                fields.name("role"), "messages of the role '\(role)' are not supported: Lares does not have tools yet")
        }
        guard roles.contains(role) else {
            throw APIError.invalid(
                "'\(fields.name("role"))' is '\(role.prefix(40))'; it must be system, developer, user or assistant",
                param: fields.name("role"))
        }
        for key in ["tool_calls", "function_call", "audio"] where fields.value(key) != nil && fields.value(key) != .array([]) {
            throw APIError.unsupported(fields.name(key), "'\(fields.name(key))' is not supported yet")
        }
        return ChatMessage(role: role == "developer" ? "system" : role, content: try content(fields), name: try fields.string("name"))
    }

    /// `content`: a string, or an array of text parts, which are joined by line ends.
    private static func content(_ fields: Fields) throws -> String {
        let value = try fields.required("content")
        if case .string(let text) = value { return text }
        guard let parts = value.elements else { throw fields.wrongType("content", "a string or an array of parts", value) }
        return try parts.enumerated().map { index, part in
            let part = try Fields(part, name: fields.name("content[\(index)]"))
            let type = try part.requiredString("type")
            if type == "text" { return try part.requiredString("text") }
            if type == "refusal" { return try part.requiredString("refusal") }
            throw APIError.unsupported(
                part.name("type"), "content parts of type '\(type.prefix(40))' are not supported: Lares reads text only")
        }.joined(separator: "\n")
    }
}
