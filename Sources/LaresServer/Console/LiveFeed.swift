package import LaresJSON
import ServiceLifecycle

/// Turns what a page reads now into server-sent events (HTML Living Standard §9.2): one when it changed, a comment when it has long not.
package struct LiveFeed {
    private var last: String?
    private var silent = 0

    /// - Parameter last: The id of the event the reader heard last, if they were here before.
    package init(last: String?) { self.last = last }

    /// What to send for this state, if anything. A quiet stream gets a comment every 30 states, so that proxies keep it open.
    package mutating func next(_ state: JSON) -> String? {
        let text = state.serialized
        var hash = ContentHash()
        hash.update(text.utf8)
        let id = hash.digits
        guard id != last else {
            silent += 1
            return silent % 30 == 1 ? ": still here\n\n" : nil
        }
        last = id
        silent = 0
        return "id: \(id)\nretry: 2000\ndata: \(text)\n\n"
    }

    /// Runs `step` now and after every interval, until it says that it was the last, the client has left or the server shuts down.
    static func follow(every interval: Duration, until presence: ClientPresence, _ step: () async throws -> Bool) async throws {
        let (ticks, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withGracefulShutdownHandler {
                    await presence.waitUntilGone()
                } onGracefulShutdown: {
                    continuation.finish()
                }
                continuation.finish()
            }
            group.addTask {
                while !Task.isCancelled {
                    continuation.yield()
                    try await Task.sleep(for: interval)
                }
            }
            for await _ in ticks where try await !step() { break }
            group.cancelAll()
        }
    }
}
