import Hummingbird
import LaresServing

extension Console {
    func addChatRoutes(to router: Router<LaresContext>) {
        router.get("/chat", use: chat)
        router.post("/chat", use: say)
    }

    @Sendable private func chat(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await page(request, context) { viewer in
            let chosen = request.queryFields.get("model") ?? ""
            return try show(ChatView(models: ChatView.writers(try await client.models()), chosen: chosen, words: words(viewer)), viewer)
        }
    }

    /// A message from a page without scripts: the answer comes with the next page.
    @Sendable private func say(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await page(incoming, context) { viewer in
            var request = incoming
            let form = try await Form(&request, upTo: 4 << 20)
            var view = ChatView(
                models: ChatView.writers(try await client.models()), chosen: form["model"], turns: try ChatTurn.decode(form["history"]),
                words: words(viewer))
            guard !form["message"].isEmpty else { return try show(view, viewer) }
            let turns = view.turns + [ChatTurn(isMine: true, content: form["message"])]
            do {
                let answer = try await CollectedAnswer.collect(
                    from: client, generation(form["model"], turns, viewer), presence: await context.channel.clientPresence())
                view.turns = turns + [answer.turn(Amount(words(viewer)))]
            } catch let error as ServingError {
                view.draft = form["message"]
                view.problem = Trouble(error, words(viewer), fallback: "chat.fault")
            }
            return try show(view, viewer)
        }
    }

    private func show(_ view: ChatView, _ viewer: Viewer) throws -> Response {
        try html(.chat, title: words(viewer)("chat.title"), view.fields, viewer: viewer)
    }

    private func generation(_ model: String, _ turns: [ChatTurn], _ viewer: Viewer) -> GenerationRequest {
        GenerationRequest(
            model: model, prompt: .chat(turns.map { ChatMessage(role: $0.isMine ? "user" : "assistant", content: $0.content) }),
            sampling: ChatSampling.parameters(), caller: viewer.caller.name)
    }
}
