import Foundation
import LaresLanguage
import LaresTensor

/// The loop of the one thread that computes: takes orders, then one step of every model that has work, and again.
///
/// Nothing here is shared: orders come in through the ``Inbox``, results leave through the streams and closures of the jobs.
final class Engine {
    private let inbox: Inbox
    private let pool: ComputePool
    private let settings: SchedulerSettings
    private let metrics: ServingMetrics
    private let report: @Sendable ([String: RunnerLoad]) -> Void
    private var languages: [String: LanguageRunner] = [:]
    private var embeddings: [String: EmbeddingRunner] = [:]
    private var isDraining = false
    private var isStopped = false

    init(
        _ inbox: Inbox, pool: ComputePool, _ settings: SchedulerSettings, _ metrics: ServingMetrics,
        report: @escaping @Sendable ([String: RunnerLoad]) -> Void
    ) {
        self.inbox = inbox
        self.pool = pool
        self.settings = settings
        self.metrics = metrics
        self.report = report
    }

    /// Runs until it is drained or stopped.
    func run() {
        while !isStopped, !(isDraining && isIdle) {
            for order in inbox.take(waiting: isIdle) { obey(order) }
            step()
            report(loads)
            for runner in languages.values { runner.closeEnded() }
        }
        end(ServingError(.draining, "the server is stopping; try again in a moment", retryAfter: .seconds(5)))
    }

    private var isIdle: Bool { languages.values.allSatisfy(\.isIdle) && embeddings.values.allSatisfy(\.isIdle) }

    private var loads: [String: RunnerLoad] {
        languages.mapValues(\.load).merging(embeddings.mapValues(\.load)) { first, _ in first }
    }

    /// One step of each model that has work, the one with the most urgent work first.
    private func step() {
        let writers = languages.values.filter(\.isWriting)
        let hasAct = { @Sendable [inbox] in inbox.hasAct }
        let work: [(urgency: WorkClass, name: String, step: (Double?) -> Void)] =
            languages.values.compactMap { runner in
                runner.urgency.map { ($0, runner.name, { runner.step(beside: $0, isInterrupted: hasAct) }) }
            }
            + embeddings.values.compactMap { runner in
                runner.urgency.map { ($0, runner.name, { runner.step(beside: $0, isInterrupted: hasAct) }) }
            }
        for (_, name, step) in work.sorted(by: { $0.urgency < $1.urgency }) {
            step(writers.filter { $0.name != name }.map(\.secondsPerToken).min())
        }
    }

    private func obey(_ order: EngineOrder) {
        switch order {
        case .addLanguage(let name, let model, let cache, let kept):
            guard let cache = cache.take() else { return }
            languages[name] = LanguageRunner(name: name, model, cache, kept, pool: pool, settings, metrics)
        case .addEmbedding(let name, let model):
            embeddings[name] = EmbeddingRunner(name: name, model, pool: pool, settings, metrics)
        case .drop(let name, let done): drop(name, done)
        case .generate(let job, let reply): submit(job, reply)
        case .embed(let job): submit(job)
        case .cancel(let model, let id):
            languages[model]?.cancel(id)
            embeddings[model]?.cancel(id)
        case .drain:
            isDraining = true
            for runner in languages.values { runner.drain() }
        case .stop: isStopped = true
        }
    }

    private func submit(_ job: GenerationJob, _ reply: @Sendable (Submission) -> Void) {
        guard !isDraining, let runner = languages[job.model] else {
            job.release()
            return reply(.draining)
        }
        let submission = runner.submit(job)
        if submission != .queued { job.release() }
        reply(submission)
    }

    private func submit(_ job: EmbeddingJob) {
        guard !isDraining, let runner = embeddings[job.model] else {
            return job.reply(.failure(ServingError(.draining, "the server is stopping; try again in a moment", retryAfter: .seconds(5))))
        }
        runner.submit(job)
    }

    private func drop(_ name: String, _ done: @escaping @Sendable () -> Void) {
        let error = ServingError(.internal, "'\(name)' was unloaded")
        embeddings.removeValue(forKey: name)?.failAll(error)
        guard let save = languages.removeValue(forKey: name)?.end(error) else { return done() }
        // Other models go on answering meanwhile.
        Thread.detachNewThread {
            save()
            done()
        }
    }

    private func end(_ error: ServingError) {
        isDraining = true
        for order in inbox.close() {
            // A cancel or a stop has nothing left to act on.
            if case .cancel = order { continue }
            obey(order)
        }
        for name in Array(languages.keys) { languages.removeValue(forKey: name)?.end(error)() }
        for name in Array(embeddings.keys) { embeddings.removeValue(forKey: name)?.failAll(error) }
        report([:])
    }
}
