/// A model's text as the console shows it: prose and fenced code, nothing else. `chat.js` makes the same blocks while text arrives.
package struct Prose: Sendable, Equatable {
    /// A paragraph, or the lines between two fences.
    package struct Block: Sendable, Equatable {
        package let isCode: Bool
        package let text: String

        /// The words of a paragraph, told apart by `**` and backquotes; a code block is one plain span.
        package var spans: [Span] { isCode ? [Span(kind: .plain, text: text)] : Span.parse(text) }
    }

    /// Words inside a paragraph that look alike.
    package struct Span: Sendable, Equatable {
        package enum Kind: Sendable { case plain, strong, code }

        package let kind: Kind
        package let text: String

        fileprivate static func parse(_ text: String) -> [Span] {
            var spans: [Span] = []
            var plain = text[...]
            for match in text.matches(of: /\*\*([^*\n]+)\*\*|`([^`\n]+)`/) {
                let before = plain[..<match.range.lowerBound]
                if !before.isEmpty { spans.append(Span(kind: .plain, text: String(before))) }
                let strong = match.output.1
                spans.append(Span(kind: strong == nil ? .code : .strong, text: String(strong ?? match.output.2 ?? "")))
                plain = text[match.range.upperBound...]
            }
            if !plain.isEmpty { spans.append(Span(kind: .plain, text: String(plain))) }
            return spans
        }
    }

    package let blocks: [Block]

    package init(_ text: String) {
        var blocks: [Block] = []
        var lines: [Substring] = []
        var isCode = false
        func close() {
            let joined = lines.joined(separator: "\n")
            if isCode ? !lines.isEmpty : joined.contains(where: { !$0.isWhitespace }) {
                blocks.append(Block(isCode: isCode, text: isCode ? joined : Self.trimmed(joined)))
            }
            lines = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.drop(while: \.isWhitespace).hasPrefix("```") {
                close()
                isCode.toggle()
            } else if !isCode, line.allSatisfy(\.isWhitespace) {
                close()
            } else {
                lines.append(line)
            }
        }
        close()
        self.blocks = blocks
    }

    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop(while: \.isWhitespace).reversed().drop { $0 == "\n" })
    }
}
