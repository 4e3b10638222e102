import Synchronization

/// Counts the answers that are under way and says when a drain has begun: from then on new ones are refused.
public final class Activity: Sendable {
    private struct State {
        var running = 0
        var isDraining = false
        var idle: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Nothing under way yet.
    public init() {}

    /// One answer under way; it ends when told to, or when nobody holds it any more (a client that left before its answer began).
    final class Lease: Sendable {
        private let activity: Activity
        private let ended = Atomic(false)

        fileprivate init(_ activity: Activity) { self.activity = activity }

        func end() {
            if !ended.exchange(true, ordering: .relaxed) { activity.end() }
        }

        deinit { end() }
    }

    /// True once the program was told to stop.
    public var isDraining: Bool { state.withLock { $0.isDraining } }

    /// How many answers are under way.
    public var running: Int { state.withLock { $0.running } }

    /// - Throws: ``APIError`` (503) once a drain has begun.
    func begin() throws -> Lease {
        let isOpen = state.withLock { state in
            if !state.isDraining { state.running += 1 }
            return !state.isDraining
        }
        guard isOpen else {
            throw APIError.stopping
        }
        return Lease(self)
    }

    private func end() {
        let waiting = state.withLock { state in
            state.running -= 1
            if state.running > 0 { return [AsyncStream<Never>.Continuation]() }
            defer { state.idle = [] }
            return state.idle
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Refuses new answers from now on.
    public func beginDrain() { state.withLock { $0.isDraining = true } }

    /// Returns when no answer is under way, or when the task is cancelled.
    public func waitUntilIdle() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        let isIdle = state.withLock { state in
            if state.running > 0 { state.idle.append(continuation) }
            return state.running == 0
        }
        if isIdle { return }
        for await _ in stream {}
    }
}
