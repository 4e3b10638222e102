import LaresServing

/// Runs the generations of one request together, and ends them all as soon as the client leaves.
struct Answering {
    let client: any ModelClient
    let presence: ClientPresence

    /// Admits every generation; what is known beforehand is thrown here, before the answer's head goes out.
    func start(_ requests: [GenerationRequest]) async throws -> [AsyncThrowingStream<GenerationEvent, any Error>] {
        try await whilePresent(presence) { [client] in
            var streams: [AsyncThrowingStream<GenerationEvent, any Error>] = []
            for request in requests {
                do { streams.append(try await client.generate(request)) } catch { throw APIError(error) }
            }
            return streams
        }
    }

    /// Hands over the events of all streams as they come, each with the number of its stream, until all have ended.
    ///
    /// - Throws: ``ClientGone`` when the client leaves, ``APIError`` when a generation fails.
    func events(
        of streams: [AsyncThrowingStream<GenerationEvent, any Error>], _ handle: (Int, GenerationEvent) async throws -> Void
    ) async throws {
        let (merged, continuation) = AsyncThrowingStream<(Int, GenerationEvent), any Error>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Self.merge(streams, into: continuation) }
            group.addTask { [presence] in
                await presence.waitUntilGone()
                continuation.finish(throwing: presence.departure)
            }
            for try await (index, event) in merged { try await handle(index, event) }
            group.cancelAll()
            try Task.checkCancellation()
        }
    }

    private static func merge(
        _ streams: [AsyncThrowingStream<GenerationEvent, any Error>],
        into merged: AsyncThrowingStream<(Int, GenerationEvent), any Error>.Continuation
    ) async {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, stream) in streams.enumerated() {
                    group.addTask {
                        for try await event in stream { merged.yield((index, event)) }
                    }
                }
                try await group.waitForAll()
            }
            merged.finish()
        } catch {
            merged.finish(throwing: APIError(error))
        }
    }
}
