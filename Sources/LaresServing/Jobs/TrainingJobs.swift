import Dispatch
import Foundation
public import LaresStore
public import Logging
public import ServiceLifecycle

/// Trainings as jobs: they wait in a line, run one at a time in a child process, and survive the end of the server.
public actor TrainingJobs: Service {
    /// What happens to a finished job's network before the job counts as finished; its folder has `network.safetensors` and `card.json`.
    /// After a crash or a full disk it may be asked twice for the same job.
    public typealias Publishing = @Sendable (_ job: Job, _ folder: String) async throws -> Void

    private let home: LaresHome
    let store: JobStore
    let executable: String
    private let logger: Logger
    let publish: Publishing
    private let pause: Duration
    var current: (id: String, child: TrainingChild)?
    var cancelled: Set<String> = []
    /// The job that runs, and those whose end could not be written down yet.
    var live: [String: Job] = [:]
    private var unsaved: Set<String> = []
    /// Why the line stands still.
    private var obstacle: String?
    private var watchers: [String: [Int: AsyncStream<Job>.Continuation]] = [:]
    private var nextWatcher = 0
    private var isRequeued = false
    private var isEnding = false
    let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>

    /// Processes that are started for one job before it counts as failed: a job that ends the server each time mustn't do so for ever.
    static let mostAttempts = 5

    /// Opens the jobs of a data directory. Throws `StoreError`.
    ///
    /// - Parameters:
    ///   - home: The data directory.
    ///   - executable: A program with the subcommand `train-worker`.
    ///   - pause: How long the line stands still when the jobs can't be written down, before it is tried again.
    ///   - logger: Where failures are written.
    ///   - publish: What happens to networks.
    public init(
        home: LaresHome, executable: String = "/proc/self/exe", pause: Duration = .seconds(5), logger: Logger,
        publish: @escaping Publishing = { _, _ in }
    ) throws {
        (self.home, self.executable, self.pause, self.logger, self.publish) = (home, executable, pause, logger, publish)
        store = try JobStore(home: home)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// All jobs, newest first.
    public func jobs() throws -> [Job] { try store.all().map(shown) }

    /// One job. Throws ``JobError``.
    public func job(_ id: String) throws -> Job {
        guard let job = try live[id] ?? store.find(id) else { throw JobError(.notFound, "there is no job '\(id.prefix(40))'") }
        return shown(job)
    }

    private func shown(_ job: Job) -> Job {
        var job = live[job.id] ?? job
        if job.state == .queued { job.message = obstacle }
        return job
    }

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

    /// Forgets a job that was removed.
    func forget(_ id: String) {
        live[id] = nil
        unsaved.remove(id)
    }

    private func forget(_ id: String, _ number: Int) {
        watchers[id]?[number] = nil
        if watchers[id]?.isEmpty == true { watchers[id] = nil }
    }

    /// The folder of a job.
    func folder(_ id: String) throws -> String { try home.directory("jobs") + "/" + id }

    /// Works on the line until the server goes down; a job that runs then writes a checkpoint and goes on when the server is back.
    public func run() async throws {
        wake.yield()
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in wakes { await workThrough() }
        } onCancelOrGracefulShutdown: {
            Task { await self.end() }
        }
    }

    private func end() {
        isEnding = true
        current?.child.stop()
        wake.finish()
    }

    /// Where nothing can be written down (the disk is full), the line stands still, and everything else goes on.
    private func workThrough() async {
        do {
            if !isRequeued { try store.requeue() }
            isRequeued = true
            try saveRest()
            obstacle = nil
            while !isEnding, !Task.isCancelled, let job = try store.next() { try await work(on: job) }
        } catch {
            obstacle = "the jobs can't be written down, so none is started: \(ServingError(full: error)?.message ?? "\(error)")"
            logger.error("jobs stand still", metadata: ["why": "\(error)"])
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(pause / .milliseconds(1)))) { [wake] in wake.yield() }
        }
    }

    /// Makes a job's new state known; one that no longer runs is to be written down.
    func show(_ job: Job) {
        live[job.id] = job
        if job.state != .running { unsaved.insert(job.id) }
        if job.state == .failed { logger.warning("a training failed", metadata: ["job": "\(job.id)", "why": "\(job.message ?? "")"]) }
        for continuation in (watchers[job.id] ?? [:]).values {
            continuation.yield(job)
            if job.isOver { continuation.finish() }
        }
    }

    /// Writes a job's new state down and makes it known.
    func save(_ job: Job) throws {
        try store.update(job)
        show(job)
        try saveRest()
    }

    func saveRest() throws {
        for id in unsaved {
            if let job = live[id] { try store.update(job) }
            unsaved.remove(id)
            live[id] = nil
        }
    }
}
