/// A model's text as the console shows it: prose and fenced code, nothing else. `chat.js` makes the same blocks while text arrives.
struct Prose: Sendable, Equatable {
    /// A paragraph, or the lines between two fences.
    struct Block: Sendable, Equatable {
        let isCode: Bool
        let text: String
    }

    let blocks: [Block]

    init(_ text: String) {
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
