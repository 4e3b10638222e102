import LaresTensor

/// Decides, before each forward pass, which sequences take part and with how many tokens. It does nothing itself: no memory, no clock, no model.
///
/// Answers being written come first, one token each; then prompts, in pieces. A request is admitted when the cache has pages for all its tokens
/// and one to grow for each sequence already there. When a growing answer finds no page, the youngest of the least urgent sequences gives
/// up its pages, waits again and is computed once more (Kwon et al., PagedAttention, 2023).
///
/// A request whose prompt begins with what is just being read for another one waits until that is read, and shares its pages.
package struct Scheduler: Sendable {
    private struct Running {
        var job: SchedulerJob
        let order: Int
        var computed = 0
        var pages: Int

        /// Only the last token is missing: the sequence is writing its answer.
        var isWriting: Bool { computed > 0 && job.tokens - computed == 1 }
        var isReading: Bool { !isWriting && job.tokens > computed }
    }

    /// Limits; may be changed between steps.
    package var settings: SchedulerSettings
    private var waiting = WaitingLine()
    private var running: [Running] = []
    private var order = 0
    private var isDraining = false
    /// Whether the last step read a command's prompt and no other.
    private var isActAlone = false
    private var usualSeconds = 2.0

    package init(_ settings: SchedulerSettings = SchedulerSettings()) { self.settings = settings }

    /// How many wait.
    package var waitingCount: Int { waiting.count }
    /// How many are in the batch.
    package var runningCount: Int { running.count }
    /// How many answers are being written.
    package var writingCount: Int { running.count(where: \.isWriting) }
    /// Whether nothing is left to do.
    package var isIdle: Bool { waiting.count == 0 && running.isEmpty }

    /// Takes a request into the line, or says why not.
    package mutating func submit(_ job: SchedulerJob) -> Submission {
        if isDraining { return .draining }
        guard waiting.count < settings.queueLimit, waiting.count(of: job.caller) < settings.callerLimit else {
            return .full(retryAfter: retryAfter)
        }
        waiting.append(job, active: callers)
        return .queued
    }

    /// When a place in the line may be free: the usual time of a request, shared by those that run side by side; 1 to 60 seconds.
    package var retryAfter: Duration {
        let rounds = Double(waiting.count) / Double(max(1, settings.batchLimit))
        return .seconds(Int(min(60, max(1, (usualSeconds * rounds).rounded(.up)))))
    }

    /// No new requests from now on; those here are finished.
    package mutating func drain() { isDraining = true }

    /// What to do now.
    ///
    /// - Parameters:
    ///   - freePages: pages the cache can still give.
    ///   - besideWriters: whether another model is writing an answer, which this step makes wait.
    package mutating func next(freePages: Int, besideWriters: Bool = false) -> SchedulerStep {
        var step = SchedulerStep()
        let growth = running.reduce(0) { $0 + max(0, pages($1.job.tokens) - $1.pages) }
        if growth > freePages {
            if let victim = youngest(among: running) { preempt(victim, &step) }
            return step
        }
        var free = freePages - growth
        for index in running.indices { running[index].pages = max(running[index].pages, pages(running[index].job.tokens)) }
        admit(&free, &step)
        if step.preempted.isEmpty { fill(&step, besideWriters) }
        return step
    }

    private mutating func admit(_ free: inout Int, _ step: inout SchedulerStep) {
        while let job = waiting.first(where: { !isBeingRead($0) }) {
            let need = pages(job.tokens)
            let spare = running.isEmpty ? 0 : running.count
            guard running.count < settings.batchLimit, need + spare <= free else {
                // Those admitted in this very step must not be thrown out again by it: they are in the engine's hands already.
                let lessUrgent = running.filter { $0.job.work > job.work && !step.admitted.contains($0.job.id) }
                if step.admitted.isEmpty, let victim = youngest(among: lessUrgent) { preempt(victim, &step) }
                return
            }
            _ = waiting.remove(job.id)
            order += 1
            running.append(Running(job: job, order: order, pages: need))
            if !job.isCharged { waiting.charge(job.caller, job.tokens) }
            running[running.count - 1].job.isCharged = true
            free -= need
            step.admitted.append(job.id)
        }
    }

    /// Whether pages it would share are still to be read for a request that is no less urgent.
    private func isBeingRead(_ job: SchedulerJob) -> Bool {
        running.contains { other in
            other.isReading && other.job.work <= job.work && job.shares(Self.fewestShared - 1, with: other.job)
                && job.shares(other.computed / settings.pageTokens, with: other.job)
        }
    }

    /// So many pages in common are worth waiting for.
    private static let fewestShared = 4

    private mutating func fill(_ step: inout SchedulerStep, _ besideWriters: Bool) {
        let writing = running.filter(\.isWriting)
        step.entries = writing.map { .init(id: $0.job.id, tokens: 1) }
        var budget = writing.isEmpty && !besideWriters ? settings.promptTokens : settings.mixedPromptTokens
        let isActing = running.contains { $0.job.work == .act }
        let reading = running.filter(\.isReading)
        // Not twice in a row: commands without end stop nobody.
        isActAlone = !isActAlone && reading.contains { $0.job.work == .act }
        for sequence in reading.sorted(by: { ($0.job.work, $0.order) < ($1.job.work, $1.order) }) {
            // Beside a command little of other prompts is read, and nothing beside its own prompt: each token of it waits for the whole step.
            if isActing, sequence.job.work > .act { budget = isActAlone ? 0 : min(budget, settings.tokensBesideActs) }
            guard budget > 0 else { break }
            let tokens = min(budget, sequence.job.tokens - sequence.computed)
            budget -= tokens
            step.entries.append(.init(id: sequence.job.id, tokens: tokens))
        }
    }

    /// The sequence that gives way: the least urgent, and of these the one admitted last.
    private func youngest(among sequences: [Running]) -> Int? {
        sequences.max { ($0.job.work, $0.order) < ($1.job.work, $1.order) }?.job.id
    }

    private mutating func preempt(_ id: Int, _ step: inout SchedulerStep) {
        guard let index = index(id) else { return }
        let job = running.remove(at: index).job
        waiting.putBack(job, active: callers)
        step.preempted.append(id)
    }

    /// Notes that the first `tokens` tokens of a sequence are computed (found in the cache, or by a step).
    package mutating func note(_ id: Int, computed tokens: Int) {
        guard let index = index(id) else { return }
        running[index].computed = tokens
    }

    /// Notes a generated token.
    package mutating func noteToken(of id: Int) {
        guard let index = index(id) else { return }
        running[index].job.tokens += 1
        waiting.charge(running[index].job.caller, 2)
    }

    /// Takes a finished request out of the batch.
    package mutating func finish(_ id: Int, after time: Duration) {
        guard let index = index(id) else { return }
        running.remove(at: index)
        usualSeconds += ((time / .seconds(1)) - usualSeconds) / 8
    }

    /// Where a request was when it was cancelled.
    package enum Place: Sendable, Hashable {
        case waiting, running, nowhere
    }

    /// Takes a request out, wherever it is. One that ran has a sequence to close.
    package mutating func cancel(_ id: Int) -> Place {
        if waiting.remove(id) != nil { return .waiting }
        guard let index = index(id) else { return .nowhere }
        running.remove(at: index)
        return .running
    }

    private var callers: Set<String> { Set(running.map(\.job.caller)) }
    private func index(_ id: Int) -> Int? { running.firstIndex { $0.job.id == id } }
    private func pages(_ tokens: Int) -> Int { (tokens + settings.pageTokens - 1) / settings.pageTokens }
}
