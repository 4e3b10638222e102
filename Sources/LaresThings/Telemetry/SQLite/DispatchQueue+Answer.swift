import Dispatch

extension DispatchQueue {
    /// Runs something that may wait for the disk, off the threads that Swift's tasks share.
    ///
    /// - Throws: ``TelemetryError``.
    func answer<R: Sendable>(flags: DispatchWorkItemFlags = [], _ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            async(flags: flags) { continuation.resume(with: Result { try body() }.mapError(TelemetryError.init)) }
        }
    }
}
