import LaresJSON
import LaresServing

/// The chat page: which model, what was said, what went wrong.
struct ChatView {
    let models: [ModelDescription]
    let chosen: String
    var turns: [ChatTurn] = []
    var draft = ""
    var problem: Trouble?
    let words: Words

    /// How many messages a page shows.
    static let shown = 30

    /// Models that write, those in memory first.
    static func writers(_ models: [ModelDescription]) -> [ModelDescription] {
        models.filter { $0.kind == .language }.sorted { ($0.state.order, $0.name) < ($1.state.order, $1.name) }
    }

    /// The fields of the template `chat`.
    var fields: [String: Any] {
        let selected = models.first { $0.name == chosen || $0.aliases.contains(chosen) } ?? models.first
        let own: [String: Any] = [
            "ready": !models.isEmpty,
            "models": models.map { ["name": $0.name, "selected": $0.name == selected?.name] as [String: Any] },
            "messages": turns.suffix(Self.shown).map(message),
            "any": !turns.isEmpty, "history": ChatTurn.encode(turns), "draft": draft, "texts": texts,
        ]
        return own.merging(Trouble.fields(problem, title: words("chat.problem"))) { $1 }
    }

    /// What `chat.js` says and how it asks.
    private var texts: String {
        let keys = [
            "token": "chat.token", "tokens": "chat.tokens", "rate": "unit.rate", "first": "chat.first", "stopped": "chat.stopped",
            "limit": "chat.limit", "lost": "chat.lost", "unreached": "chat.unreached", "empty": "chat.empty", "broken": "chat.broken",
            "fault": "chat.fault", "refused": "chat.refused", "signIn": "signin.do",
        ]
        let json: JSON = ["words": words.json(keys), "errors": Explanation.sentences(words), "sampling": ChatSampling.json]
        return json.serialized
    }

    private func message(_ turn: ChatTurn) -> [String: Any] {
        [
            "mine": turn.isMine, "text": turn.content, "meta": turn.meta, "hasMeta": !turn.meta.isEmpty,
            "blocks": turn.isMine ? [] : Prose(turn.content).blocks.map(block),
        ]
    }

    private func block(_ block: Prose.Block) -> [String: Any] {
        [
            "code": block.isCode, "text": block.text,
            "spans": block.spans.map { span in
                ["text": span.text, "strong": span.kind == .strong, "mono": span.kind == .code, "plain": span.kind == .plain]
                    as [String: Any]
            },
        ]
    }
}
