internal import Synchronization

/// Questions about single series that come together, asked as one: a dashboard's fifty charts are a few questions then.
///
/// Two are on their way at most; what comes meanwhile waits and goes together. Nobody waits for company.
final class Gathering<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
    private struct State {
        var waiting: [Key: [(line: UInt64, done: CheckedContinuation<Answer?, any Error>)]] = [:]
        var running = 0
    }

    private let state = Mutex(State())
    private static var mostRunning: Int { 2 }

    /// The answer for a series; nil when there is nothing of it.
    ///
    /// - Parameters:
    ///   - line: the series.
    ///   - key: what is asked; only the same is asked together.
    ///   - ask: asks it of several series.
    func answer(
        _ line: UInt64, _ key: Key, _ ask: @escaping @Sendable (Key, [UInt64]) async throws -> [UInt64: Answer]
    ) async throws -> Answer? {
        try await withCheckedThrowingContinuation { done in
            let isFree = state.withLock { state in
                state.waiting[key, default: []].append((line, done))
                guard state.running < Self.mostRunning else { return false }
                state.running += 1
                return true
            }
            // Of its own, so that whoever gives up waiting does not take the questions of others along.
            if isFree { Task { await self.askWaiting(ask) } }
        }
    }

    private func askWaiting(_ ask: @Sendable (Key, [UInt64]) async throws -> [UInt64: Answer]) async {
        while let (key, some) = take() {
            do {
                let answers = try await ask(key, some.map(\.line))
                for one in some { one.done.resume(returning: answers[one.line]) }
            } catch {
                for one in some { one.done.resume(throwing: error) }
            }
        }
    }

    private func take() -> (Key, [(line: UInt64, done: CheckedContinuation<Answer?, any Error>)])? {
        state.withLock { state in
            guard let key = state.waiting.keys.first, let some = state.waiting.removeValue(forKey: key) else {
                state.running -= 1
                return nil
            }
            return (key, some)
        }
    }
}

/// What the charts of a dashboard have in common.
struct ChartQuestion: Hashable, Sendable {
    let period: StatisticPeriod
    let range: Range<Int64>
    let width: Int64
}
