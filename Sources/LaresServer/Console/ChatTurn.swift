import LaresJSON

/// One message of a conversation, as a page without scripts carries it along.
struct ChatTurn: Sendable, Equatable {
    let isMine: Bool
    let content: String
    /// Figures under an answer, already in the reader's language.
    var meta: [String] = []

    /// The conversation as JSON, for the hidden field and for `chat.js`.
    static func encode(_ turns: [ChatTurn]) -> String {
        JSON.array(
            turns.map { turn in
                var fields: JSON.Members = ["role": .string(turn.isMine ? "user" : "assistant"), "content": .string(turn.content)]
                if !turn.meta.isEmpty { fields["meta"] = .array(turn.meta.map { .string($0) }) }
                return .object(fields)
            }
        ).serialized
    }

    /// Reads a conversation back; it came through a browser, so everything is checked.
    ///
    /// - Throws: ``FormError`` for anything but a list of at most 1,000 turns.
    static func decode(_ text: String) throws -> [ChatTurn] {
        if text.isEmpty { return [] }
        guard let list = (try? JSON(parsing: Array(text.utf8), maximumDepth: 4))?.elements, list.count <= 1_000 else { throw FormError() }
        return try list.map { item in
            guard let role = item["role"]?.text, ["user", "assistant"].contains(role), let content = item["content"]?.text else {
                throw FormError()
            }
            return ChatTurn(isMine: role == "user", content: content, meta: (item["meta"]?.elements ?? []).prefix(5).compactMap(\.text))
        }
    }
}
