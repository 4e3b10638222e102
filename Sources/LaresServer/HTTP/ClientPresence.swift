import NIOCore
import NIOHTTPTypes
import Synchronization

/// Whether the client of a connection is still there; a handler that waits for a model asks it, because nothing else tells it.
///
/// When the server goes down, every connection counts as left: what still runs then ends, and says why.
final class ClientPresence: Sendable {
    private struct State {
        var isGone = false
        var isStopping = false
        var next = 0
        var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// The client has left: everyone who waits is told, and everyone who asks later too.
    func leave() {
        let waiting = state.withLock { state in
            state.isGone = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.finish() }
    }

    /// The server goes down: as if the client had left, but it can still be told.
    func stop() {
        state.withLock { $0.isStopping = true }
        leave()
    }

    /// Why the answer ends: ``ClientGone``, or the ``APIError`` of a server that goes down.
    var departure: any Error { state.withLock { $0.isStopping } ? APIError.stopping : ClientGone() }

    /// Returns when the client has left, or when the task is cancelled.
    func waitUntilGone() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        let ticket: Int? = state.withLock { state in
            if state.isGone { return nil }
            state.next += 1
            state.waiting[state.next] = continuation
            return state.next
        }
        guard let ticket else { return }
        for await _ in stream {}
        _ = state.withLock { $0.waiting.removeValue(forKey: ticket) }
    }
}

/// Thrown inside a handler when nobody is left to answer.
struct ClientGone: Error {}

/// Runs an operation and cancels it when the client leaves.
func whilePresent<Value: Sendable>(
    _ presence: ClientPresence, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask {
            await presence.waitUntilGone()
            throw presence.departure
        }
        group.addTask { try await operation() }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

extension Channel {
    /// The presence of the client at the other end; one that never leaves when the channel has no ``ConnectionGuard``.
    func clientPresence() async -> ClientPresence {
        let found = try? await eventLoop.submit {
            try self.pipeline.syncOperations.handler(type: ConnectionGuard.self).presence
        }.get()
        return found ?? ClientPresence()
    }
}
