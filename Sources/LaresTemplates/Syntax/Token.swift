/// One piece of a template's source.
struct Token {
    enum Kind: Equatable {
        /// Text outside of tags, whitespace control applied.
        case text(String)
        /// `{{`, `}}`, `{%`, `%}`.
        case variableBegin, variableEnd, blockBegin, blockEnd
        case name(String)
        case string(String)
        case int(Int)
        case double(Double)
        case symbol(String)
        case end
    }

    let kind: Kind
    let line: Int

    /// What the token is, for messages.
    var description: String {
        switch kind {
        case .text: "text"
        case .variableBegin: "'{{'"
        case .variableEnd: "'}}'"
        case .blockBegin: "'{%'"
        case .blockEnd: "'%}'"
        case .name(let name): "'\(name)'"
        case .string: "a text in quotes"
        case .int, .double: "a number"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end of the template"
        }
    }
}
