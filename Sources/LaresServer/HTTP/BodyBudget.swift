import HTTPTypes
import Synchronization

/// The bytes that the bodies of all requests may have together, so that many large ones at once can't take the machine's memory.
///
/// A body's first 64 KiB are free: while large bodies use the budget up, usual ones are still answered.
package final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    /// What every body may have without asking.
    package static let free = 64 << 10

    /// - Parameter limit: The most bytes at a time.
    package init(limit: Int) { self.limit = limit }

    /// The share of one body; it is given back when told to, or when nobody holds it any more.
    package final class Share: Sendable {
        private let budget: BodyBudget
        private let state = Mutex((seen: 0, charged: 0))

        fileprivate init(_ budget: BodyBudget) { self.budget = budget }

        /// Makes room for the next bytes of the body.
        ///
        /// - Throws: ``APIError`` (503) when the budget is used up.
        package func take(_ bytes: Int) throws {
            try state.withLock { state in
                let seen = state.seen + bytes
                let more = max(0, seen - BodyBudget.free) - state.charged
                guard budget.take(more) else { throw APIError.bodiesWait }
                state = (seen, state.charged + more)
            }
        }

        /// Gives the bytes back.
        package func end() {
            let charged = state.withLock { state in
                defer { state.charged = 0 }
                return state.charged
            }
            budget.used.withLock { $0 -= charged }
        }

        deinit { end() }
    }

    /// A share for a body that begins.
    package func share() -> Share { Share(self) }

    private func take(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard bytes <= limit - used else { return false }
            used += bytes
            return true
        }
    }
}

extension APIError {
    /// Large bodies of other requests are being read (503).
    fileprivate static let bodiesWait = APIError(
        .serviceUnavailable, type: "server_error", code: "server_busy",
        "other large requests are being read just now: send this one again in a moment", retryAfter: 1)
}
