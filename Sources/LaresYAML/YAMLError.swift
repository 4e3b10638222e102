/// Why a text is not YAML that Lares takes.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// The text breaks YAML's grammar, or isn't UTF-8.
        public static let syntax = Code("syntax")
        /// What YAML has and plain data hasn't: anchors, aliases, tags, several documents, keys that aren't texts, infinities.
        public static let unsupported = Code("unsupported")
        /// A name stands twice in one mapping.
        public static let duplicate = Code("duplicate")
        /// The text is too long, too deep, or has too many values.
        public static let tooLarge = Code("tooLarge")
    }

    /// The kind of failure.
    public let code: Code
    /// The line, from 1.
    public let line: Int
    /// The character in the line, from 1.
    public let column: Int
    /// What is wrong, where, and what to do.
    public let message: String

    init(_ code: Code, _ place: YAMLPlace, _ what: String) {
        (self.code, line, column) = (code, place.line, place.column)
        message = "line \(place.line), column \(place.column): \(what)"
    }

    /// The message.
    public var description: String { message }
}

/// Where something stands, from 1.
struct YAMLPlace {
    var line = 1
    var column = 1
}
