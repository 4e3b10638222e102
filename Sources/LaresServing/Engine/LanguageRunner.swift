import LaresLanguage
import LaresTensor

/// One language model in the engine: its cache, its scheduler and the requests it answers. Used by the engine's thread only.
final class LanguageRunner {
    let name: String
    private let model: LanguageModel
    private let pool: ComputePool
    private let metrics: ServingMetrics
    private let cache: KVCache
    private var scheduler: Scheduler
    private var generations: [Int: Generation] = [:]
    private var ended: [(generation: Generation, reason: FinishReason)] = []
    private var logits = LogitRows()
    private var speed = Speedometer()
    private var promptSpeed = 1_000.0

    init(name: String, _ model: LanguageModel, pages: Int, pool: ComputePool, _ settings: SchedulerSettings, _ metrics: ServingMetrics) {
        self.name = name
        self.model = model
        self.pool = pool
        self.metrics = metrics
        cache = model.makeCache(pages: pages)
        scheduler = Scheduler(settings)
    }

    var isIdle: Bool { scheduler.isIdle }
    /// Whether an answer is being written.
    var isWriting: Bool { scheduler.isWriting }

    /// The most urgent work here; nil when there is none.
    var urgency: WorkClass? { generations.values.map(\.job.work).min() }

    var load: RunnerLoad {
        RunnerLoad(
            queued: scheduler.waitingCount, running: scheduler.runningCount, usedPages: cache.totalPages - cache.freePages,
            totalPages: cache.totalPages, tokensPerSecond: speed.tokensPerSecond)
    }

    func submit(_ job: GenerationJob) -> Submission {
        // The last token is computed for each, so a prompt of one page has nothing to share.
        let shared = job.prompt.count > KVCache.pageTokens ? job.prompt.hashValue : nil
        let submission = scheduler.submit(
            .init(id: job.id, caller: job.caller, work: job.work, promptTokens: job.prompt.count, prompt: shared))
        if submission == .queued { generations[job.id] = Generation(job, model.tokenizer) }
        return submission
    }

    func cancel(_ id: Int) {
        _ = scheduler.cancel(id)
        remove(id)?.abandon(nil, metrics)
    }

    func drain() { scheduler.drain() }

    func failAll(_ error: ServingError) {
        for id in generations.keys.sorted() {
            _ = scheduler.cancel(id)
            remove(id)?.abandon(error, metrics)
        }
    }

    /// Takes a request out and closes its sequence; pages that are complete stay for later prompts with the same beginning.
    private func remove(_ id: Int) -> Generation? {
        guard let generation = generations.removeValue(forKey: id) else { return nil }
        if let sequence = generation.sequence { cache.close(sequence, keep: true) }
        return generation
    }

    /// One forward pass, if there is something to do.
    ///
    /// - Parameter besideWriters: whether another model is writing an answer, which this step makes wait.
    func step(besideWriters: Bool) {
        let step = plan(besideWriters)
        let entries = step.entries.compactMap(entry)
        guard !entries.isEmpty, let work = urgency else { return }
        let began = ContinuousClock.now
        do {
            try pool.withTurn(work) { try model.step(entries.map(\.step), cache: cache, into: &logits) }
        } catch {
            return fail(entries.map(\.id), error)
        }
        notePromptSpeed(entries, ContinuousClock.now - began)
        var row = 0
        for entry in entries {
            generations[entry.id]?.computed += entry.step.tokens.count
            scheduler.note(entry.id, computed: generations[entry.id]?.computed ?? 0)
            guard entry.step.wantsLogits else { continue }
            advance(entry.id, logits[row])
            row += 1
        }
    }

    private func plan(_ besideWriters: Bool) -> SchedulerStep {
        while true {
            let step = scheduler.next(freePages: cache.freePages, besideWriters: besideWriters)
            for id in step.preempted {
                guard let sequence = generations[id]?.sequence else { continue }
                cache.close(sequence, keep: true)
                generations[id]?.sequence = nil
                generations[id]?.computed = 0
            }
            for id in step.admitted { open(id) }
            if step.preempted.isEmpty { return step }
        }
    }

    private func open(_ id: Int) {
        guard let tokens = generations[id]?.tokens else { return }
        let (sequence, cached) = cache.open(prompt: tokens)
        guard cache.reserve(sequence, tokens: tokens.count - cached) else {
            cache.close(sequence, keep: true)
            return fail([id], ServingError(.internal, "the cache has no room it promised"))
        }
        generations[id]?.sequence = sequence
        generations[id]?.start(cached: cached, metrics)
        scheduler.note(id, computed: cached)
    }

    private func entry(_ entry: SchedulerStep.Entry) -> (id: Int, step: StepEntry)? {
        guard let generation = generations[entry.id], let sequence = generation.sequence else { return nil }
        let end = min(generation.tokens.count, generation.computed + entry.tokens)
        let tokens = Array(generation.tokens[generation.computed..<end])
        return (entry.id, StepEntry(sequence: sequence, tokens: tokens, wantsLogits: end == generation.tokens.count))
    }

    private func advance(_ id: Int, _ row: UnsafeMutableBufferPointer<Float>) {
        let before = generations[id]?.tokens.count
        let reason = generations[id]?.advance(row, model.tokenizer, metrics)
        if generations[id]?.tokens.count != before {
            scheduler.noteToken(of: id)
            speed.count(1)
        }
        guard let reason, let generation = remove(id) else { return }
        scheduler.finish(id, after: ContinuousClock.now - generation.job.submitted)
        ended.append((generation, reason))
    }

    /// Closes the streams of the answers that ended in the last step. The engine reports before, so whoever has an end finds its place free.
    func closeEnded() {
        for index in ended.indices { ended[index].generation.finish(ended[index].reason, metrics) }
        ended.removeAll(keepingCapacity: true)
    }

    private func fail(_ ids: [Int], _ error: any Error) {
        let failure = error as? ServingError ?? ServingError(.internal, "'\(name)' could not compute: \(error)")
        for id in ids {
            _ = scheduler.cancel(id)
            remove(id)?.abandon(failure, metrics)
        }
    }

    /// While answers are being written, a step may read as much of new prompts as takes about 40 ms: more would be felt as a stutter.
    private func notePromptSpeed(_ entries: [(id: Int, step: StepEntry)], _ time: Duration) {
        let tokens = entries.reduce(0) { $0 + $1.step.tokens.count }
        guard tokens >= 32, time > .zero else { return }
        promptSpeed += (Double(tokens) / (time / .seconds(1)) - promptSpeed) / 4
        scheduler.settings.mixedPromptTokens = max(16, min(scheduler.settings.promptTokens, Int(promptSpeed * 0.04)))
    }
}

/// What a runner tells about itself.
struct RunnerLoad: Sendable, Hashable {
    var queued = 0
    var running = 0
    var usedPages = 0
    var totalPages = 0
    var tokensPerSecond: Double?
}

/// Tokens per second over the last busy second or so.
struct Speedometer {
    private var began = ContinuousClock.now
    private var last = ContinuousClock.now
    private var tokens = 0
    private(set) var tokensPerSecond: Double?

    mutating func count(_ count: Int) {
        let now = ContinuousClock.now
        // A pause says nothing about the speed.
        if now - last > .milliseconds(500) { (began, tokens) = (now, 0) }
        last = now
        tokens += count
        let time = (now - began) / .seconds(1)
        guard time >= (tokensPerSecond == nil ? 0.2 : 1) else { return }
        tokensPerSecond = Double(tokens) / time
        (began, tokens) = (now, 0)
    }
}
