import LaresServing

/// An answer collected for a page without scripts.
struct CollectedAnswer {
    private var text = ""
    private var finish = FinishReason.stop
    private var usage: Usage?

    /// Asks the model and waits for the whole answer, or for the client to leave.
    ///
    /// - Throws: ``ServingError``, or why the client's answer ends.
    static func collect(
        from client: any ModelClient, _ request: GenerationRequest, presence: ClientPresence
    ) async throws -> CollectedAnswer {
        try await whilePresent(presence) {
            var answer = CollectedAnswer()
            for try await event in try await client.generate(request) { answer.take(event) }
            return answer
        }
    }

    /// Takes in one event.
    mutating func take(_ event: GenerationEvent) {
        switch event {
        case .started: break
        case .text(let piece, _): text += piece
        case .finished(let reason, let usage): (finish, self.usage) = (reason, usage)
        }
    }

    /// The answer as a turn, with its figures in the reader's language.
    func turn(_ amount: Amount) -> ChatTurn {
        var meta: [String] = []
        if let usage {
            let words = amount.words
            meta.append(amount.tokens(usage.completionTokens))
            let seconds = usage.generation / .seconds(1)
            if usage.completionTokens > 1, seconds > 0 {
                meta.append(amount.rate(Double(usage.completionTokens - 1) / seconds))
            }
            meta.append(words("chat.first", ["n": amount.seconds((usage.queued + usage.prompt) / .seconds(1))]))
            if finish == .length { meta.append(words("chat.limit")) }
        }
        return ChatTurn(isMine: false, content: text, meta: meta)
    }
}
