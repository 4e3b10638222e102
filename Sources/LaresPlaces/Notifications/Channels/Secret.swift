/// A password or token. It is sent where it belongs and kept in `places.db`; no description shows it.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What it is.
    package let text: String

    /// Nil unless it has 1 to 1,000 characters of one line.
    public init?(_ text: String) {
        guard (1...1000).contains(text.utf8.count), OneLine.isClean(text) else { return nil }
        self.text = text
    }

    /// Dots.
    public var description: String { "•••" }
    /// Dots.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Texts that may stand in a line of a protocol: what they may hold can't end the line.
enum OneLine {
    static func isClean(_ text: String) -> Bool {
        !text.unicodeScalars.contains {
            switch $0.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }

    /// The text in one line, at most so many characters: what would end a line is a space.
    static func of(_ text: String, most: Int) -> String {
        String(Notice.cleaned(text, most: most).map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
}
