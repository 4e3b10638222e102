import LaresServing
import LaresTensor

/// Plays a scheduler forward and writes what it does as text: "+a" admitted, "-a" preempted, "a16" tokens computed, "a." finished; steps are
/// separated by " | ".
struct Timeline {
    private struct Job {
        let name: String
        var tokens: Int
        var left: Int
        var computed = 0
        var pages = 0
    }

    var scheduler: Scheduler
    private var jobs: [Int: Job] = [:]
    private var freePages: Int
    private let pageTokens: Int
    /// Whether another model is writing an answer.
    var besideWriters = false
    /// The most pages ever in use.
    private(set) var mostPages = 0

    init(pages: Int, batch: Int = 64, prompt: Int = 512, mixed: Int = 64, queue: Int = 512, pageTokens: Int = 16) {
        var settings = SchedulerSettings()
        settings.batchLimit = batch
        settings.promptTokens = prompt
        settings.mixedPromptTokens = mixed
        settings.queueLimit = queue
        settings.pageTokens = pageTokens
        scheduler = Scheduler(settings)
        freePages = pages
        self.pageTokens = pageTokens
    }

    /// Submits "name:prompt+answer"; the caller is the name's first letter. Prompts begin with the same text where `shares` agrees, one number a page.
    @discardableResult
    mutating func submit(_ text: String, _ work: WorkClass = .chat, shares: [Int] = []) -> Submission {
        let parts = text.split { ":+".contains($0) }
        let id = jobs.count
        let job = Job(name: String(parts[0]), tokens: Int(parts[1]) ?? 0, left: Int(parts[2]) ?? 0)
        jobs[id] = job
        return scheduler.submit(.init(id: id, caller: String(job.name.prefix(1)), work: work, promptTokens: job.tokens, pages: shares))
    }

    mutating func cancel(_ name: String) -> Scheduler.Place {
        guard let id = jobs.first(where: { $0.value.name == name })?.key else { return .nowhere }
        let place = scheduler.cancel(id)
        close(id)
        return place
    }

    /// At most `count` steps, fewer when nothing is left.
    mutating func play(_ count: Int = 1_000) -> String {
        var lines: [String] = []
        while lines.count < count, !scheduler.isIdle { lines.append(step()) }
        return lines.joined(separator: " | ")
    }

    private mutating func step() -> String {
        var words: [String] = []
        while true {
            let step = scheduler.next(freePages: freePages, besideWriters: besideWriters)
            for id in step.preempted {
                words.append("-" + name(id))
                close(id)
            }
            for id in step.admitted {
                words.append("+" + name(id))
                reserve(id)
            }
            guard step.preempted.isEmpty else { continue }
            for entry in step.entries { words += compute(entry) }
            return words.joined(separator: " ")
        }
    }

    private mutating func compute(_ entry: SchedulerStep.Entry) -> [String] {
        guard var job = jobs[entry.id] else { return [] }
        reserve(entry.id)
        job = jobs[entry.id] ?? job
        let count = min(entry.tokens, job.tokens - job.computed)
        job.computed += count
        scheduler.note(entry.id, computed: job.computed)
        var words = ["\(job.name)\(count)"]
        if job.computed == job.tokens {
            job.left -= 1
            if job.left > 0 {
                job.tokens += 1
                scheduler.noteToken(of: entry.id)
            }
        }
        jobs[entry.id] = job
        if job.left == 0 {
            scheduler.finish(entry.id, after: .seconds(1))
            close(entry.id)
            words.append(job.name + ".")
        }
        return words
    }

    private func name(_ id: Int) -> String { jobs[id]?.name ?? "?" }

    private mutating func reserve(_ id: Int) {
        guard let job = jobs[id] else { return }
        let need = (job.tokens + pageTokens - 1) / pageTokens - job.pages
        freePages -= need
        precondition(freePages >= 0, "the scheduler promised pages that are not there")
        jobs[id]?.pages += need
        mostPages = max(mostPages, jobs.values.reduce(0) { $0 + $1.pages })
    }

    private mutating func close(_ id: Int) {
        freePages += jobs[id]?.pages ?? 0
        jobs[id]?.pages = 0
        jobs[id]?.computed = 0
    }
}
