public import ServiceLifecycle

/// Lets running answers finish when the program is told to stop.
///
/// It stands last in the service group, so it is told first: new answers get 503 while the server still listens; when the last one is done,
/// or the limit is over and the rest was ended, the server goes down.
public struct Drain: Service {
    private let activity: Activity
    private let limit: Duration
    private let endAnswers: @Sendable () -> Void

    /// - Parameters:
    ///   - activity: The answers under way.
    ///   - limit: How long they may take to finish.
    ///   - endAnswers: Ends the answers that are still running then; their readers are told why.
    public init(_ activity: Activity, limit: Duration, endAnswers: @escaping @Sendable () -> Void = {}) {
        self.activity = activity
        self.limit = limit
        self.endAnswers = endAnswers
    }

    /// Waits for the shutdown, then for the answers.
    public func run() async throws {
        try? await gracefulShutdown()
        activity.beginDrain()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await activity.waitUntilIdle() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            endAnswers()
            group.cancelAll()
        }
    }
}
