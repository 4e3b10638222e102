/// What the argument parser says, which knows English only, in a reader's language: its headings and its sentences, around our own texts.
///
/// Sentences that aren't known stay as they are.
public struct ParserText: Sendable {
    private let words: Words

    /// In the language of some words.
    public init(_ words: Words) { self.words = words }

    /// A whole message: a help page, or an error with its usage.
    public func callAsFunction(_ message: String) -> String {
        guard words.language != .english else { return message }
        return message.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }.joined(separator: "\n")
    }

    private func line(_ text: String) -> String {
        for (english, key) in Self.headings where text.hasPrefix(english) {
            return words(key) + sentence(String(text.dropFirst(english.count)))
        }
        return sentence(text)
    }

    private static let headings = [
        ("OVERVIEW: ", "cli.parser.overview"), ("USAGE: ", "cli.parser.usage"), ("Usage: ", "cli.parser.usage"),
        ("ARGUMENTS:", "cli.parser.arguments"), ("OPTIONS:", "cli.parser.options"), ("SUBCOMMANDS:", "cli.parser.subcommands"),
        ("Error: ", "cli.parser.error"), ("Help:  ", "cli.parser.help"),
    ]

    /// Sentences with what stands between their quotes.
    private func sentence(_ text: String) -> String {
        if let (key, parts) = Self.match(text) {
            switch parts.count {
            case 2: return words(key, ["a": parts[0], "b": parts[1]])
            default: return words(key, ["a": parts.first ?? ""])
            }
        }
        var text = text
        for (english, key) in Self.phrases { text = text.replacing(english, with: words(key)) }
        return text
    }

    private static let phrases = [
        ("Show help information.", "cli.parser.show-help"), ("Show the version.", "cli.parser.show-version"),
        ("(default)", "cli.parser.default"),
        ("(default: ", "cli.parser.default-is"), ("(values: ", "cli.parser.values"), ("; default: ", "cli.parser.default-then"),
    ]

    private static let sentences = [
        ("Missing expected argument '", ["'"], "cli.parser.missing"), ("Missing one of: '", ["'"], "cli.parser.missing-one"),
        ("Missing value for '", ["'"], "cli.parser.missing-value"),
        ("Unknown option '", ["'. Did you mean '", "'?"], "cli.parser.did-you-mean"),
        ("Unknown option '", ["'"], "cli.parser.unknown"), ("Unexpected argument '", ["'"], "cli.parser.unexpected"),
        ("The value '", ["' is invalid for '", "'"], "cli.parser.invalid"), ("  See '", ["' for more information."], "cli.parser.see"),
        ("  See '", ["' for detailed help."], "cli.parser.see-more"),
    ]

    /// What stands between the parts of a sentence that is this and nothing else.
    private static func match(_ text: String) -> (key: String, parts: [String])? {
        for (start, ends, key) in sentences where text.hasPrefix(start) {
            var (rest, parts) = (text.dropFirst(start.count), [String]())
            for (place, end) in ends.enumerated() {
                let isLast = place == ends.count - 1
                guard let found = isLast ? rest.ranges(of: end).last : rest.firstRange(of: end) else { break }
                guard !isLast || found.upperBound == rest.endIndex else { break }
                parts.append(String(rest[..<found.lowerBound]))
                rest = rest[found.upperBound...]
            }
            if parts.count == ends.count { return (key, parts) }
        }
        return nil
    }
}
