/// A sentence about a rule: a key of a catalogue, and what goes into it. Programs read the key, people the text.
public struct RuleSentence: Hashable, Sendable {
    /// The key: "between.no".
    public let key: String
    /// What goes into it, by name.
    public let arguments: [String: Argument]

    /// A part of a sentence.
    public indirect enum Argument: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        /// A name, a number or a time, the same in every language.
        case text(String)
        /// Words with a key of their own.
        case sentence(RuleSentence)
        /// Several, joined as the language joins them.
        case list([RuleSentence])

        /// A text.
        public init(stringLiteral value: String) { self = .text(value) }
    }

    /// A sentence.
    public init(_ key: String, _ arguments: [String: Argument] = [:]) { (self.key, self.arguments) = (key, arguments) }

    /// The text in a language.
    public func text(_ catalogue: RuleCatalogue = .english) -> String {
        guard let form = catalogue.forms[key] else { return key }
        var (text, rest) = ("", form[...])
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            text += words(String(rest[rest.index(after: open)..<close]), catalogue)
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private func words(_ name: String, _ catalogue: RuleCatalogue) -> String {
        switch arguments[name] {
        case .text(let text): text
        case .sentence(let sentence): sentence.text(catalogue)
        case .list(let sentences): sentences.map { $0.text(catalogue) }.joined(separator: catalogue.forms["join"] ?? ", ")
        case nil: ""
        }
    }
}

extension RuleSentence: CustomStringConvertible {
    /// The text in English.
    public var description: String { text() }
}

/// The forms of sentences in a language, by key; names in braces stand for what goes into them.
public struct RuleCatalogue: Hashable, Sendable {
    /// The forms.
    public let forms: [String: String]

    /// A catalogue.
    public init(_ forms: [String: String]) { self.forms = forms }
}
