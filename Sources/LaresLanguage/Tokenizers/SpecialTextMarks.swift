import LaresTemplates

/// Keeps the texts of special tokens that a user wrote plain text, through the rendering of a chat template.
///
/// Before rendering, a mark goes after the first character of every such text; after it, the marks are taken out again and the tokenizer finds no special
/// token where they were. The mark is the last character of private use; where a text has it already, it is doubled.
struct SpecialTextMarks {
    private static let mark: Unicode.Scalar = "\u{10FFFD}"

    let added: AddedTokens

    init(_ added: AddedTokens) {
        self.added = added
    }

    /// The turn with its texts marked.
    func marked(_ turn: ChatTurn) -> ChatTurn {
        ChatTurn(
            role: marked(turn.role), content: marked(turn.content), name: turn.name.map(marked),
            toolCalls: turn.toolCalls.map(marked),
            toolCallID: turn.toolCallID.map(marked))
    }

    private func marked(_ call: ChatTurn.ToolCall) -> ChatTurn.ToolCall {
        ChatTurn.ToolCall(id: marked(call.id), name: marked(call.name), arguments: marked(call.arguments))
    }

    /// The value with all its texts marked, names of members included.
    func marked(_ value: TemplateValue) -> TemplateValue {
        switch value {
        case .null, .bool, .int, .double: value
        case .string(let text): .string(marked(text))
        case .array(let elements): .array(elements.map(marked))
        case .object(let object): .object(TemplateObject(zip(object.keys, object.values).map { (marked($0), marked($1)) }))
        }
    }

    /// The text with marks in it.
    func marked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result = String.UnicodeScalarView()
        var position = 0
        for scalar in text.unicodeScalars {
            result.append(scalar)
            let end = position + UTF8.width(scalar)
            if scalar == Self.mark || (position..<end).contains(where: { added.beginsSpecial(bytes, at: $0) }) { result.append(Self.mark) }
            position = end
        }
        return String(result)
    }

    /// The bytes of a rendered text without its marks, and the offsets where these were, in order.
    static func removed(from rendered: String) -> (bytes: [UInt8], places: [Int]) {
        var bytes: [UInt8] = []
        var places: [Int] = []
        bytes.reserveCapacity(rendered.utf8.count)
        var rest = rendered.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == mark, rest.first != mark {
                places.append(bytes.count)
            } else {
                if scalar == mark { rest.removeFirst() }
                bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return (bytes, places)
    }
}

/// A tokenizer that finds no special token where marks were.
package protocol MarkedTextTokenizer: Tokenizer {
    /// What is matched in a text before anything else.
    var added: AddedTokens { get }

    /// The tokens of a text; no special token covers the byte before one of `plainPlaces` (in order).
    func encode(_ bytes: [UInt8], addSpecial: Bool, parseSpecial: Bool, plainPlaces: [Int]) -> [Token]
}
