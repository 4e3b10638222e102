import Logging

extension TrainingJobs {
    /// The job as it is, and again with every change, until it is over. Throws ``JobError``.
    public func updates(of id: String) throws -> AsyncStream<Job> {
        let job = try job(id)
        let (stream, continuation) = AsyncStream<Job>.makeStream(bufferingPolicy: .bufferingNewest(16))
        continuation.yield(job)
        guard !job.isOver else {
            continuation.finish()
            return stream
        }
        nextWatcher += 1
        let number = nextWatcher
        watchers[id, default: [:]][number] = continuation
        continuation.onTermination = { [weak self] _ in Task { await self?.unwatch(id, number) } }
        return stream
    }

    private func unwatch(_ id: String, _ number: Int) {
        watchers[id]?[number] = nil
        if watchers[id]?.isEmpty == true { watchers[id] = nil }
    }

    /// Has the line stand still or go on; those who watch a job that waits are told.
    func meet(_ obstacle: String?) {
        guard obstacle != self.obstacle else { return }
        self.obstacle = obstacle
        for id in watchers.keys {
            if let job = try? job(id), job.state == .queued { tell(job) }
        }
    }

    /// Tells a job's new state to those who watch it.
    func tell(_ job: Job) {
        if job.state == .failed { logger.warning("a training failed", metadata: ["job": "\(job.id)", "why": "\(job.message ?? "")"]) }
        for continuation in (watchers[job.id] ?? [:]).values {
            continuation.yield(job)
            if job.isOver { continuation.finish() }
        }
    }
}
