internal import Dispatch
internal import Synchronization

/// Waits, on a thread that isn't the tasks' own, for what only asynchronous code can do.
package enum Blocking {
    package static func wait<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) throws -> R {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<R, any Error>>(.failure(CancellationError()))
        // The thread waits here for its end, so nothing outlives the call.
        Task.detached {
            let outcome: Result<R, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        return try result.withLock(\.self).get()
    }
}
