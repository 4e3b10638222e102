/// What the text of an answer may be. It is enforced token by token, or the request is refused; it is never answered unbound.
public enum AnswerForm: Sendable, Hashable {
    /// Any text.
    case free
    /// Any JSON object.
    case jsonObject
    /// JSON that a JSON Schema, given as its text, admits.
    case jsonSchema(String)
    /// What the rule `root` of a grammar in llama.cpp's notation produces.
    case gbnf(String)
    /// A text that matches a regular expression from its first character to its last.
    case regex(String)
    /// One of these texts.
    case choices([String])
}
