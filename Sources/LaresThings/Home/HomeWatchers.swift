internal import Synchronization

/// Those who watch a home.
final class HomeWatchers: Sendable {
    /// Events that one who watches may lag behind.
    static let lag = 10_000

    private struct State {
        var watchers: [Int: AsyncStream<HomeEvent>.Continuation] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    /// A stream of what happens from now on.
    func stream() -> AsyncStream<HomeEvent> {
        let (stream, continuation) = AsyncStream.makeStream(of: HomeEvent.self, bufferingPolicy: .bufferingOldest(Self.lag))
        let number = state.withLock { state in
            state.last += 1
            state.watchers[state.last] = continuation
            return state.last
        }
        continuation.onTermination = { [weak self] _ in self?.forget(number) }
        return stream
    }

    private func forget(_ number: Int) { _ = state.withLock { $0.watchers.removeValue(forKey: number) } }

    func tell(_ events: [HomeEvent]) {
        guard !events.isEmpty else { return }
        let watchers = state.withLock(\.watchers)
        for (_, watcher) in watchers {
            for event in events {
                if case .dropped = watcher.yield(event) {
                    watcher.finish()
                    break
                }
            }
        }
    }
}
