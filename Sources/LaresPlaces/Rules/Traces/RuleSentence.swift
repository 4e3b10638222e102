internal import Foundation

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
    ///
    /// - Parameters:
    ///   - catalogue: The forms of the language.
    ///   - reading: What properties and their values are called there; nil: addresses and values as rules have them.
    public func text(_ catalogue: RuleCatalogue = .english, _ reading: (any RuleReading)? = nil) -> String {
        guard let form = catalogue.forms[key] else { return key }
        var (text, rest) = ("", form[...])
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            text += words(String(rest[rest.index(after: open)..<close]), catalogue, reading)
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private func words(_ name: String, _ catalogue: RuleCatalogue, _ reading: (any RuleReading)?) -> String {
        switch arguments[name] {
        case .text(let text): reading.map { read(text, as: name, $0) } ?? text
        case .sentence(let sentence): sentence.text(catalogue, reading)
        case .list(let sentences): sentences.map { $0.text(catalogue, reading) }.joined(separator: catalogue.forms["join"] ?? ", ")
        case nil: ""
        }
    }

    /// A property by its name, and what is said of it by what it means there.
    private func read(_ text: String, as name: String, _ reading: any RuleReading) -> String {
        switch (name, key) {
        case ("property", _): return reading.property(text)
        case ("thing", _), ("name", "on.availability"): return reading.thing(text)
        case ("value", _), ("wanted", "state.no"):
            guard case .text(let property)? = arguments["property"] else { return text }
            return text.components(separatedBy: " / ").map { reading.value($0, of: property) }.joined(separator: " / ")
        default: return text
        }
    }
}

/// What the home's people call what sentences about rules name.
public protocol RuleReading {
    /// A property by its address, "hall/lamp/on".
    func property(_ address: String) -> String
    /// A thing by its id, "hall/lamp".
    func thing(_ id: String) -> String
    /// A value as a rule has it, "true", "40", of a property.
    func value(_ text: String, of address: String) -> String
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
