public import LaresTemplates

/// One message of a conversation.
public struct ChatTurn: Sendable, Hashable {
    /// A call of a tool that an assistant's message made.
    public struct ToolCall: Sendable, Hashable {
        /// What the message with its result names.
        public var id: String
        /// The tool's name.
        public var name: String
        /// What it was called with.
        public var arguments: TemplateValue

        /// A call.
        public init(id: String, name: String, arguments: TemplateValue) {
            self.id = id
            self.name = name
            self.arguments = arguments
        }
    }

    /// `system`, `user`, `assistant`, `tool` or what the template knows.
    public var role: String
    /// What was said.
    public var content: String
    /// Who said it, for templates that use it.
    public var name: String?
    /// The tools an assistant's message called.
    public var toolCalls: [ToolCall]
    /// The call a tool's message answers.
    public var toolCallID: String?

    /// A message.
    public init(role: String, content: String, name: String? = nil, toolCalls: [ToolCall] = [], toolCallID: String? = nil) {
        self.role = role
        self.content = content
        self.name = name
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }

    var value: TemplateValue {
        var object: TemplateObject = TemplateObject([("role", .string(role)), ("content", .string(content))])
        if let name { object["name"] = .string(name) }
        if let toolCallID { object["tool_call_id"] = .string(toolCallID) }
        if !toolCalls.isEmpty { object["tool_calls"] = .array(toolCalls.map(\.value)) }
        return .object(object)
    }
}

extension ChatTurn.ToolCall {
    var value: TemplateValue {
        ["id": .string(id), "type": "function", "function": ["name": .string(name), "arguments": arguments]]
    }
}
