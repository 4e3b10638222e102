/// How a model writes a call of a tool: the format of Hermes, which Qwen, SmolLM and many others were taught.
///
///     <tool_call>
///     {"name": "light", "arguments": {"on": true}}
///     </tool_call>
///
/// Calls follow one another with one line end between them.
public enum ToolCallFormat {
    /// What every call begins with.
    public static let opening = "<tool_call>"
    /// What every call ends with.
    public static let closing = "</tool_call>"
    /// Between the opening mark and the tool's name.
    public static let beforeName = "\n{\"name\": \""
    /// Between the tool's name and the arguments.
    public static let beforeArguments = "\", \"arguments\": "
    /// After the arguments.
    public static let afterArguments = "}\n" + closing
    /// Between two calls.
    public static let between = "\n"

    /// A call as a model would have written it.
    public static func text(name: String, arguments: String) -> String {
        opening + beforeName + name + beforeArguments + arguments + afterArguments
    }
}
