import LaresLanguage
import LaresTensor

/// One embedding model in the engine. Used by the engine's thread only.
final class EmbeddingRunner {
    let name: String
    private let model: EmbeddingModel
    private let pool: ComputePool
    private let jobLimit: Int
    private var jobs: [Progress] = []

    private struct Progress {
        let job: EmbeddingJob
        var vectors: [[Float]] = []
    }

    init(name: String, _ model: EmbeddingModel, pool: ComputePool, jobLimit: Int) {
        self.name = name
        self.model = model
        self.pool = pool
        self.jobLimit = jobLimit
    }

    var isIdle: Bool { jobs.isEmpty }
    var urgency: WorkClass? { jobs.map(\.job.work).min() }
    var load: RunnerLoad { RunnerLoad(queued: max(0, jobs.count - 1), running: min(1, jobs.count)) }

    func submit(_ job: EmbeddingJob) {
        guard jobs.count < jobLimit else {
            return job.reply(
                .failure(
                    ServingError(.queueFull, "\(jobs.count) requests wait for '\(name)': try again in a second", retryAfter: .seconds(1))))
        }
        let place = jobs.firstIndex { $0.job.work > job.work } ?? jobs.count
        // The first one may be half done; it keeps its place unless the new one is more urgent.
        jobs.insert(Progress(job: job), at: place)
    }

    func cancel(_ id: Int) {
        guard let index = jobs.firstIndex(where: { $0.job.id == id }) else { return }
        jobs.remove(at: index).job.reply(.failure(ServingError(.internal, "the request was cancelled")))
    }

    func failAll(_ error: ServingError) {
        for progress in jobs { progress.job.reply(.failure(error)) }
        jobs = []
    }

    /// Embeds the next texts, a slice of the first jobs that fits one pass, so that answers being written wait no longer than that.
    func step() {
        guard let work = urgency else { return }
        var slice: [[Token]] = []
        var shares: [Int] = []
        for progress in jobs where slice.isEmpty || slice.count < 64 {
            let rest = progress.job.texts.dropFirst(progress.vectors.count)
            var share = 0
            for text in rest {
                guard slice.isEmpty || slice.reduce(text.count, { $0 + $1.count }) <= 2_048 else { break }
                slice.append(text)
                share += 1
            }
            shares.append(share)
            if share < rest.count { break }
        }
        do {
            let vectors = try pool.withTurn(work) { try model.embed(slice) }
            hand(out: vectors, shares)
        } catch {
            for progress in jobs.prefix(shares.count) {
                progress.job.reply(.failure(ServingError(.internal, "'\(name)' could not compute: \(error)")))
            }
            jobs.removeFirst(shares.count)
        }
    }

    private func hand(out vectors: [[Float]], _ shares: [Int]) {
        var rest = vectors[...]
        for (index, share) in shares.enumerated() {
            jobs[index].vectors += rest.prefix(share)
            rest = rest.dropFirst(share)
        }
        let done = jobs.filter { $0.vectors.count == $0.job.texts.count }
        jobs.removeAll { $0.vectors.count == $0.job.texts.count }
        for progress in done { progress.job.reply(.success(progress.vectors)) }
    }
}
