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
        continuation.onTermination = { [weak self] _ in Task { await self?.forget(id, number) } }
        return stream
    }

    private func forget(_ id: String, _ number: Int) {
        watchers[id]?[number] = nil
        if watchers[id]?.isEmpty == true { watchers[id] = nil }
    }

    func tell(_ job: Job) {
        for continuation in (watchers[job.id] ?? [:]).values {
            continuation.yield(job)
            if job.isOver { continuation.finish() }
        }
    }
}
