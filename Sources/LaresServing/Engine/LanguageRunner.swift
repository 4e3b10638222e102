import LaresLanguage
import LaresTensor

/// One language model in the engine: its cache, its scheduler and the requests it answers. Used by the engine's thread only.
final class LanguageRunner {
    let name: String
    private let model: LanguageModel
    private let pool: ComputePool
    private let metrics: ServingMetrics
    private let cache: KVCache
    private let kept: KeptPrefixes?
    private var scheduler: Scheduler
    private var generations: [Int: Generation] = [:]
    private var ended: [(generation: Generation, reason: FinishReason)] = []
    private var logits = LogitRows()
    private var speed = Speedometer()
    /// Tokens of prompts a second, read in pieces as small as those that come beside answers.
    private var pieceSpeed = 500.0
    private var ownTimes = StepTimes()
    private var pace = StepPace()
    /// Whether the last step was given up; the next one then is not, so that commands without end can't stop the others.
    private var wasInterrupted = false

    init(
        name: String, _ model: LanguageModel, _ cache: KVCache, _ kept: KeptPrefixes?, pool: ComputePool, _ settings: SchedulerSettings,
        _ metrics: ServingMetrics
    ) {
        self.name = name
        self.model = model
        self.pool = pool
        self.metrics = metrics
        self.cache = cache
        self.kept = kept
        scheduler = Scheduler(settings)
    }

    var isIdle: Bool { scheduler.isIdle }
    /// Whether an answer is being written.
    var isWriting: Bool { scheduler.writingCount > 0 }

    /// What a token of an answer takes when it is written alone.
    var secondsPerToken: Double { pace.secondsAlone }

    /// The most urgent work here; nil when there is none.
    var urgency: WorkClass? { generations.values.map(\.job.work).min() }

    var load: RunnerLoad {
        RunnerLoad(
            queued: scheduler.waitingCount, running: scheduler.runningCount, usedPages: cache.totalPages - cache.freePages,
            totalPages: cache.totalPages, tokensPerSecond: speed.tokensPerSecond, times: cache.times + ownTimes)
    }

    func submit(_ job: GenerationJob) -> Submission {
        let submission = scheduler.submit(
            .init(id: job.id, caller: job.caller, work: job.work, promptTokens: job.prompt.count, pages: job.sharedPages))
        if submission == .queued { generations[job.id] = Generation(job, model.tokenizer) }
        return submission
    }

    func cancel(_ id: Int) {
        _ = scheduler.cancel(id)
        remove(id)?.abandon(nil, metrics)
    }

    func drain() { scheduler.drain() }

    /// Ends what runs with an error. What is returned keeps the prefixes for the next run; it takes as long as writing a file does, and
    /// this runner must not be used again.
    func end(_ error: ServingError) -> @Sendable () -> Void {
        failAll(error)
        guard let kept else { return {} }
        let last = Handover(cache)
        return { if let cache = last.take() { kept.save(cache) } }
    }

    private func failAll(_ error: ServingError) {
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
    /// - Parameters:
    ///   - writer: seconds that a token takes of another model that is writing an answer, which this step makes wait; nil when none is.
    ///   - isInterrupted: whether a command has come, for which a long step of less urgent work is given up.
    func step(beside writer: Double?, isInterrupted: () -> Bool) {
        let step = plan(beside: writer)
        let entries = step.entries.compactMap(entry)
        guard !entries.isEmpty, let work = urgency else { return }
        let began = ContinuousClock.now
        do {
            let tokens = entries.reduce(0) { $0 + $1.step.tokens.count }
            let isDone = try pool.withTurn(work) {
                ownTimes[.waiting] += (ContinuousClock.now - began) / .seconds(1)
                return try model.step(entries.map(\.step), cache: cache, into: &logits) {
                    !wasInterrupted && work > .act && tokens > Self.shortStep && isInterrupted()
                }
            }
            wasInterrupted = !isDone
            guard isDone else { return }
        } catch {
            return fail(entries.map(\.id), error)
        }
        let computed = ContinuousClock.now
        notePieceSpeed(entries, computed - began)
        if entries.count == 1, let only = entries.first { pace.note(rows: only.step.tokens.count, computed - began) }
        defer { ownTimes[.sampling] += (ContinuousClock.now - computed) / .seconds(1) }
        var row = 0
        for entry in entries {
            let rows = entry.step.wantsLogits ? 1 + entry.draft.count : 0
            take(entry, row..<(row + rows))
            row += rows
        }
    }

    /// Steps of so many tokens end soon enough by themselves.
    private static let shortStep = 16

    /// Notes what a step computed for a request, and chooses tokens as long as they are the ones that were guessed.
    private func take(_ entry: Entry, _ rows: Range<Int>) {
        note(entry.id, computed: entry.step.tokens.count - entry.draft.count)
        var right = 0
        for row in rows {
            advance(entry.id, logits[row])
            guard let generation = generations[entry.id], right < entry.draft.count, generation.tokens.last == entry.draft[right] else {
                break
            }
            right += 1
            note(entry.id, computed: 1)
        }
        guard !entry.draft.isEmpty, let generation = generations[entry.id], let sequence = generation.sequence else { return }
        generations[entry.id]?.noteDraft(of: entry.draft.count, right: right)
        cache.truncate(sequence, to: generation.computed)
    }

    private func note(_ id: Int, computed: Int) {
        generations[id]?.computed += computed
        scheduler.note(id, computed: generations[id]?.computed ?? 0)
    }

    private func plan(beside writer: Double?) -> SchedulerStep {
        scheduler.settings.mixedPromptTokens = mixedPromptTokens(beside: writer)
        while true {
            let step = scheduler.next(freePages: cache.freePages, besideWriters: writer != nil)
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
        guard let generation = generations[id] else { return }
        let tokens = generation.tokens
        let (sequence, cached) = cache.open(prompt: tokens, adapter: generation.job.adapter)
        guard cache.reserve(sequence, tokens: tokens.count - cached) else {
            cache.close(sequence, keep: true)
            return fail([id], ServingError(.internal, "the cache has no room it promised"))
        }
        generations[id]?.sequence = sequence
        generations[id]?.start(cached: cached, metrics)
        scheduler.note(id, computed: cached)
    }

    /// What one request has in a step.
    private struct Entry {
        let id: Int
        var step: StepEntry
        /// The last tokens of the step, which were guessed.
        var draft: [Token] = []
    }

    private func entry(_ entry: SchedulerStep.Entry) -> Entry? {
        guard let generation = generations[entry.id], let sequence = generation.sequence else { return nil }
        let end = min(generation.tokens.count, generation.computed + entry.tokens)
        let tokens = Array(generation.tokens[generation.computed..<end])
        let isLast = end == generation.tokens.count
        var planned = Entry(
            id: entry.id, step: StepEntry(sequence: sequence, tokens: tokens, wantsLogits: isLast, need: generation.job.need))
        if isLast, tokens.count == 1 { speculate(&planned, sequence) }
        if isLast, planned.draft.isEmpty, let need = generations[entry.id]?.need() { planned.step.need = need }
        return planned
    }

    /// Adds guesses to a step of writing, while few write: beside many others a row is dear.
    private func speculate(_ planned: inout Entry, _ sequence: SequenceID) {
        // Only into pages the sequence has: others were promised the free ones.
        let room = cache.room(in: sequence) - 1
        guard scheduler.runningCount <= 2, let draft = generations[planned.id]?.draft(most: room, cost: pace.cost), !draft.isEmpty else {
            return
        }
        planned.draft = draft
        planned.step.tokens += draft
        planned.step.wantsAllLogits = true
    }

    private func advance(_ id: Int, _ row: UnsafeMutableBufferPointer<Float>) {
        let before = generations[id]?.tokens.count
        let reason: FinishReason?
        do { reason = try generations[id]?.advance(row, model.tokenizer, metrics) } catch { return fail([id], error) }
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

    /// How much of new prompts a step may read while answers are being written: a little less than what takes twice the time of their tokens, so
    /// that they come at most three times as far apart. More would be felt as a stutter. Kernels are quickest with tiles of 12 rows, then of 4.
    private func mixedPromptTokens(beside writer: Double?) -> Int {
        let own = scheduler.writingCount
        let token = min(own > 0 ? pace.seconds(rows: own) : .infinity, writer ?? .infinity)
        guard token.isFinite else { return scheduler.settings.promptTokens }
        let most = Int(pieceSpeed * 1.8 * token), tile = most < 12 ? 4 : 12
        return max(4, min(scheduler.settings.promptTokens, most / tile * tile))
    }

    private func notePieceSpeed(_ entries: [Entry], _ time: Duration) {
        let reading = entries.filter { $0.step.tokens.count - $0.draft.count > 1 }
        let tokens = reading.reduce(0) { $0 + $1.step.tokens.count }, writing = entries.count - reading.count
        guard tokens >= 4, tokens < 128 || writing > 0 else { return }
        let seconds = time / .seconds(1) - (writing > 0 ? pace.seconds(rows: writing) : 0)
        if seconds > 0 { pieceSpeed += (Double(tokens) / seconds - pieceSpeed) / 4 }
    }
}

/// What a row more costs in a step of writing, measured as it goes.
struct StepPace {
    private var single: Double?
    private var extra: Double?

    /// What a row more costs, as a part of a step of one row.
    var cost: Double {
        guard let single, let extra, single > 0 else { return 0.2 }
        return min(1, max(0.05, extra / single))
    }

    /// What a step of one row takes; 20 ms until one was measured.
    var secondsAlone: Double { single ?? 0.02 }

    /// What a step of so many rows takes.
    func seconds(rows: Int) -> Double { secondsAlone * (1 + cost * Double(rows - 1)) }

    mutating func note(rows: Int, _ time: Duration) {
        let seconds = time / .seconds(1)
        if rows == 1 {
            single = single.map { $0 + (seconds - $0) / 8 } ?? seconds
        } else if rows <= 9, let single {
            let each = max(0, seconds - single) / Double(rows - 1)
            extra = extra.map { $0 + (each - $0) / 8 } ?? each
        }
    }
}

/// What a runner tells about itself.
struct RunnerLoad: Sendable, Hashable {
    var queued = 0
    var running = 0
    var usedPages = 0
    var totalPages = 0
    var tokensPerSecond: Double?
    var times = StepTimes()
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
