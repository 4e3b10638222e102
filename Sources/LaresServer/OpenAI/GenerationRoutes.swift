import Hummingbird
import LaresLanguage
import LaresServing

/// `POST /v1/chat/completions` and `POST /v1/completions`.
struct GenerationRoutes {
    let client: any ModelClient
    let activity: Activity
    let limits: BodyLimits
    let answerLimit: Int

    func chat(_ request: Request, _ context: LaresContext) async throws -> Response {
        let body = try await request.json(within: limits)
        let asked = try ChatRequest(body.json, caller: context.caller.name)
        let (answering, streams, lease) = try await start(asked.generation.copies(asked.choices), context)
        body.share.end()
        guard asked.streams else {
            var answer = WholeChatAnswer(asked)
            try await answering.events(of: streams) { answer.take($0, $1) }
            lease.end()
            return .json(answer.json)
        }
        return .events { events in
            defer { lease.end() }
            var stream = ChatStream(asked)
            try await answering.events(of: streams) { index, event in
                for chunk in stream.chunks(index, event) { try await events.send(chunk) }
            }
            if let chunk = stream.usageChunk { try await events.send(chunk) }
            try await events.sendDone()
        }
    }

    func completions(_ request: Request, _ context: LaresContext) async throws -> Response {
        let body = try await request.json(within: limits)
        let asked = try CompletionRequest(body.json, caller: context.caller.name)
        let requests = asked.generations.flatMap { $0.copies(asked.choices) }
        let (answering, streams, lease) = try await start(requests, context)
        body.share.end()
        guard asked.streams else {
            var answer = CompletionAnswer(asked)
            try await answering.events(of: streams) { answer.take($0, $1) }
            lease.end()
            return .json(answer.json)
        }
        return .events { events in
            defer { lease.end() }
            var stream = CompletionAnswer(asked)
            try await answering.events(of: streams) { index, event in
                if let chunk = stream.chunk(index, event) { try await events.send(chunk) }
            }
            if let chunk = stream.usageChunk { try await events.send(chunk) }
            try await events.sendDone()
        }
    }

    private func start(
        _ requests: [GenerationRequest], _ context: LaresContext
    ) async throws -> (Answering, [AsyncThrowingStream<GenerationEvent, any Error>], Activity.Lease) {
        guard requests.count <= answerLimit else { throw APIError.tooManyAnswers(requests.count, most: answerLimit) }
        let lease = try activity.begin()
        let answering = Answering(client: client, presence: await context.channel.clientPresence())
        return (answering, try await answering.start(requests), lease)
    }
}

extension APIError {
    fileprivate static func tooManyAnswers(_ count: Int, most: Int) -> APIError {
        .invalid(
            "the request asks for \(count) answers, 'n' times its prompts; \(most) is the most that one caller may have waiting here: "
                + "send several requests", param: "n")
    }
}

extension GenerationRequest {
    /// The request once for each answer wanted; a seed is counted up, so that the answers differ and can be had again.
    fileprivate func copies(_ count: Int) -> [GenerationRequest] {
        (0..<UInt64(count)).map { index in
            var copy = self
            copy.sampling.seed = sampling.seed.map { $0 &+ index }
            return copy
        }
    }
}
