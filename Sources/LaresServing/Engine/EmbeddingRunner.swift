import LaresLanguage
import LaresTensor

/// One embedding model in the engine. Used by the engine's thread only.
final class EmbeddingRunner {
    let name: String
    private let model: EmbeddingModel
    private let pool: ComputePool
    private let metrics: ServingMetrics
    private var line: EmbeddingLine
    private var jobs: [Int: Progress] = [:]
    /// Texts whose step was given up for a command; the next one is not, so that commands without end can't stop them.
    private var again: [EmbeddingLine.Place] = []

    private struct Progress {
        let job: EmbeddingJob
        var vectors: [[Float]] = []
    }

    init(name: String, _ model: EmbeddingModel, pool: ComputePool, _ settings: SchedulerSettings, _ metrics: ServingMetrics) {
        self.name = name
        self.model = model
        self.pool = pool
        self.metrics = metrics
        line = EmbeddingLine(settings)
    }

    var isIdle: Bool { jobs.isEmpty }
    var urgency: WorkClass? { jobs.values.map(\.job.work).min() }
    var load: RunnerLoad { RunnerLoad(queued: max(0, jobs.count - 1), running: min(1, jobs.count)) }

    func submit(_ job: EmbeddingJob) {
        let submission = line.submit(id: job.id, caller: job.caller, work: job.work, lengths: job.texts.map(\.count))
        jobs[job.id] = Progress(job: job)
        guard case .full(let time) = submission else { return }
        let message = "the queue of '\(name)' is full, or your share of it: try again in \(time.components.seconds) seconds"
        end(job.id, .failure(ServingError(.queueFull, message, retryAfter: time)))
    }

    func cancel(_ id: Int) { end(id, .failure(ServingError(.cancelled, "the request was cancelled"))) }

    func failAll(_ error: ServingError) {
        for id in jobs.keys.sorted() { end(id, .failure(error)) }
    }

    private func end(_ id: Int, _ result: Result<[[Float]], ServingError>) {
        line.cancel(id)
        guard let job = jobs.removeValue(forKey: id)?.job else { return }
        metrics.embedded(job, result)
        job.reply(result)
    }

    /// Embeds the next texts, few enough that answers being written wait no longer than for a part of a prompt.
    ///
    /// - Parameters:
    ///   - writer: seconds that a token takes of a model that is writing an answer, which this step makes wait; nil when none is.
    ///   - isInterrupted: whether a command has come, for which less urgent texts are given up between two layers.
    func step(beside writer: Double?, isInterrupted: @Sendable () -> Bool) {
        guard let work = urgency else { return }
        let isSecond = !again.isEmpty
        let places = (isSecond ? again : line.next(tokens: writer == nil ? 2_048 : 256)).filter { jobs[$0.id] != nil }
        again = []
        do {
            let texts = places.compactMap { jobs[$0.id]?.job.texts[$0.text] }
            let vectors = try pool.withTurn(work) {
                try model.embed(texts) { !isSecond && work > .act && isInterrupted() }
            }
            guard let vectors else { return again = places }
            for (place, vector) in zip(places, vectors) { jobs[place.id]?.vectors.append(vector) }
        } catch {
            let failure = ServingError(.internal, "'\(name)' could not compute: \(error)")
            for id in Set(places.map(\.id)) { end(id, .failure(failure)) }
        }
        for (id, progress) in jobs where progress.vectors.count == progress.job.texts.count { end(id, .success(progress.vectors)) }
    }
}
