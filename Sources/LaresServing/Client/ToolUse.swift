/// A tool a model may ask its caller to run.
public struct Tool: Sendable, Hashable {
    /// Its name: 1 to 64 of `A-Z a-z 0-9 _ -`.
    public var name: String
    /// What the model is told of it, as the text of a JSON object: `{"type": "function", "function": {"name", "description", "parameters"}}`.
    public var definition: String
    /// What its arguments may be: the text of a JSON Schema for an object.
    public var parameters: String

    /// A tool.
    public init(name: String, definition: String, parameters: String) {
        self.name = name
        self.definition = definition
        self.parameters = parameters
    }
}

/// The tools of a request, and whether they are to be called.
///
/// Calls come in the answer's text, in the format of `ToolCallFormat`.
public struct ToolUse: Sendable, Hashable {
    /// All tools the model is told of.
    public var tools: [Tool]
    /// Names of those it may call.
    public var callable: [String]
    /// Whether the answer is calls and nothing else; otherwise the model decides.
    public var isRequired: Bool
    /// Whether there may be several calls.
    public var isParallel: Bool

    /// Tools, of which `callable` (all when left out) may be called.
    public init(_ tools: [Tool], callable: [String]? = nil, isRequired: Bool = false, isParallel: Bool = true) {
        self.tools = tools
        self.callable = callable ?? tools.map(\.name)
        self.isRequired = isRequired
        self.isParallel = isParallel
    }
}

/// A call of a tool in an earlier answer.
public struct ToolCall: Sendable, Hashable {
    /// What the message with its result names.
    public var id: String
    /// The tool's name.
    public var name: String
    /// What it was called with, as the text of a JSON object.
    public var arguments: String

    /// A call.
    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}
