/// A regular expression as a tree.
indirect enum RegexNode: Sendable {
    case empty
    case set(ScalarSet)
    case sequence([RegexNode])
    case choice([RegexNode])
    case repeated(RegexNode, minimum: Int, maximum: Int?)
    /// `^`
    case textStart
    /// `$`
    case textEnd
    /// `(?=…)` and `(?!…)`; only at the start of the whole expression.
    case lookahead(RegexNode, negative: Bool)

    /// The characters of a text one after another.
    static func literal(_ text: String) -> RegexNode {
        .sequence(text.unicodeScalars.map { .set(ScalarSet($0.value)) })
    }
}
