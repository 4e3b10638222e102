package import LaresTensor

/// Decides which texts are embedded next: by urgency, then text by text in turn between callers, so that a long list delays nobody's short one.
package struct EmbeddingLine: Sendable {
    /// One text of a request.
    package struct Place: Sendable, Hashable {
        /// The request's number.
        package let id: Int
        /// Which of its texts.
        package let text: Int
    }

    private struct Job {
        let lengths: [Int]
        var taken = 0
    }

    private let settings: SchedulerSettings
    private var waiting = WaitingLine()
    private var jobs: [Int: Job] = [:]

    package init(_ settings: SchedulerSettings = SchedulerSettings()) { self.settings = settings }

    /// How many requests have texts left.
    package var count: Int { waiting.count }

    /// Takes a request with texts of so many tokens, or says why not.
    package mutating func submit(id: Int, caller: String, work: WorkClass, lengths: [Int]) -> Submission {
        guard waiting.count < settings.queueLimit, waiting.count(of: caller) < settings.callerLimit else {
            return .full(retryAfter: .seconds(1))
        }
        jobs[id] = Job(lengths: lengths)
        waiting.append(SchedulerJob(id: id, caller: caller, work: work, promptTokens: 0), active: [])
        return .queued
    }

    /// The next texts, in the order they are taken: at least one, and as many as have `tokens` tokens together, at most 64.
    package mutating func next(tokens: Int) -> [Place] {
        var places: [Place] = []
        var free = tokens
        while places.count < 64, let id = waiting.first()?.id, let job = jobs[id] {
            let length = job.lengths[job.taken]
            guard places.isEmpty || length <= free else { break }
            free -= length
            places.append(Place(id: id, text: job.taken))
            take(id, length)
        }
        return places
    }

    private mutating func take(_ id: Int, _ length: Int) {
        guard let caller = waiting.first()?.caller, let job = jobs[id] else { return }
        waiting.charge(caller, length)
        jobs[id]?.taken += 1
        if job.taken + 1 == job.lengths.count { cancel(id) }
    }

    /// Takes a request out.
    package mutating func cancel(_ id: Int) {
        _ = waiting.remove(id)
        jobs[id] = nil
    }
}
