import LaresJSON
import LaresServing

/// The messages of a chat request.
extension Fields {
    private static let roles: Set = ["system", "developer", "user", "assistant", "tool"]

    func messages() throws -> [ChatMessage] {
        let value = try required("messages")
        guard let elements = value.elements else { throw wrongType("messages", "an array", value) }
        guard !elements.isEmpty else { throw APIError.invalid("'messages' is empty: at least one message is needed", param: "messages") }
        guard elements.count <= 10_000 else { throw APIError.invalid("'messages' has more than 10,000 messages", param: "messages") }
        return try elements.enumerated().map { try Fields($1, name: name("messages[\($0)]")).message() }
    }

    private func message() throws -> ChatMessage {
        let role = try requiredString("role")
        if role == "function" {
            throw APIError.unsupported(name("role"), "messages of the role 'function' are not supported: use tools and the role 'tool'")
        }
        guard Self.roles.contains(role) else {
            throw APIError.invalid(
                "'\(name("role"))' is '\(role.prefix(40))'; it must be system, developer, user, assistant or tool", param: name("role"))
        }
        for key in ["function_call", "audio"] where value(key) != nil && value(key) != .array([]) {
            throw APIError.unsupported(name(key), "'\(name(key))' is not supported")
        }
        let calls = try toolCalls(role)
        let isSilent = !calls.isEmpty && value("content") == nil
        return ChatMessage(
            role: role == "developer" ? "system" : role, content: isSilent ? "" : try content(), name: try string("name"),
            toolCalls: calls, toolCallID: role == "tool" ? try requiredString("tool_call_id") : nil)
    }

    private func toolCalls(_ role: String) throws -> [ToolCall] {
        guard let value = value("tool_calls"), value != .array([]) else { return [] }
        guard role == "assistant" else {
            throw APIError.invalid("'\(name("tool_calls"))' belongs to messages of the role assistant", param: name("tool_calls"))
        }
        guard let elements = value.elements else { throw wrongType("tool_calls", "an array", value) }
        guard elements.count <= Self.mostTools else {
            throw APIError.invalid("'\(name("tool_calls"))' has more than \(Self.mostTools) calls", param: name("tool_calls"))
        }
        return try elements.enumerated().map { try Fields($1, name: name("tool_calls[\($0)]")).toolCall() }
    }

    private func toolCall() throws -> ToolCall {
        let type = try string("type") ?? "function"
        guard type == "function" else {
            throw APIError.unsupported(name("type"), "calls of the type '\(type.prefix(40))' are not supported: 'function' is")
        }
        guard let function = try fields("function") else { throw missing("function") }
        return ToolCall(
            id: try requiredString("id"), name: try function.functionName("name"), arguments: try function.arguments())
    }

    /// Arguments as a model wrote them once: the text of a JSON object, in one spelling.
    private func arguments() throws -> String {
        let text = try requiredString("arguments")
        if text.isEmpty { return "{}" }
        guard let value = try? JSON(parsing: Array(text.utf8), maximumDepth: 48), case .object = value else {
            throw APIError.invalid("'\(name("arguments"))' is not the text of a JSON object", param: name("arguments"))
        }
        return value.serialized
    }

    /// `content`: a string, or an array of text parts, which are joined by line ends.
    private func content() throws -> String {
        let value = try required("content")
        if case .string(let text) = value { return text }
        guard let parts = value.elements else { throw wrongType("content", "a string or an array of parts", value) }
        return try parts.enumerated().map { index, part in
            let part = try Fields(part, name: name("content[\(index)]"))
            let type = try part.requiredString("type")
            if type == "text" { return try part.requiredString("text") }
            if type == "refusal" { return try part.requiredString("refusal") }
            throw APIError.unsupported(
                part.name("type"), "content parts of type '\(type.prefix(40))' are not supported: Lares reads text only")
        }.joined(separator: "\n")
    }
}
