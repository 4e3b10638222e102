import Foundation
public import LaresJSON
import LaresNeural
public import LaresStore
public import Logging
public import ServiceLifecycle

/// Trainings as jobs: they wait in a line, run one at a time in a child process, and survive the end of the server.
public actor TrainingJobs: Service {
    /// What happens to a finished job's network before the job counts as finished; its folder has `network.safetensors` and `card.json`.
    public typealias Publishing = @Sendable (_ job: Job, _ folder: String) async throws -> Void

    private let home: LaresHome
    private let store: JobStore
    private let executable: String
    private let logger: Logger
    private let publish: Publishing
    private var current: (id: String, child: TrainingChild)?
    private var cancelled: Set<String> = []
    private var live: [String: Job] = [:]
    private var watchers: [String: [Int: AsyncStream<Job>.Continuation]] = [:]
    private var nextWatcher = 0
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>

    /// Jobs that may wait.
    public static let longestLine = 100
    /// Processes that are started for one job before it counts as failed: a job that ends the server each time mustn't do so for ever.
    static let mostAttempts = 5

    /// Opens the jobs of a data directory. Throws `StoreError`.
    public init(
        home: LaresHome, executable: String = "/proc/self/exe", logger: Logger, publish: @escaping Publishing = { _, _ in }
    ) throws {
        (self.home, self.executable, self.logger, self.publish) = (home, executable, logger, publish)
        store = try JobStore(home: home)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a job in.
    /// - Parameters:
    ///   - recipe: The recipe; its data's name is a label only when `data` is there.
    ///   - data: The data itself; nil: the recipe names a file of this machine by its full path.
    /// - Throws: ``JobError``, and errors of the file system.
    public func submit(_ recipe: JSON, data: [UInt8]?) throws -> Job {
        do { try check(try Recipe(recipe), hasData: data != nil) } catch let error as RecipeError {
            throw JobError(.badRecipe, error.message)
        }
        guard try store.queuedCount() < Self.longestLine else {
            throw JobError(.queueFull, "\(Self.longestLine) jobs wait already: cancel one, or ask again later")
        }
        let id = String(UInt64.random(in: .min ... .max), radix: 16), name = String(repeating: "0", count: 16 - id.count) + id
        let folder = try folder(name)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(recipe.data).write(to: URL(fileURLWithPath: folder + "/recipe.json"), options: .atomic)
        if let data { try Data(data).write(to: URL(fileURLWithPath: folder + "/data"), options: .atomic) }
        let job = Job(id: name, state: .queued, created: Date(), attempts: 0, recipe: recipe, progress: nil, card: nil)
        try store.insert(job)
        wake.yield()
        return job
    }

    private func check(_ recipe: Recipe, hasData: Bool) throws {
        if let name = recipe.name {
            do { try ModelName.check(name) } catch { throw JobError(.badRecipe, "the recipe's name: \(error)") }
        }
        guard hasData || recipe.dataFile.hasPrefix("/") else {
            throw JobError(.badRecipe, "'data.file' must be a full path, or the data must come with the request")
        }
        guard recipe.testFile?.hasPrefix("/") ?? true else { throw JobError(.badRecipe, "'split.test_file' must be a full path") }
    }

    /// All jobs, newest first.
    public func jobs() throws -> [Job] { try store.all().map { live[$0.id] ?? $0 } }

    /// One job. Throws ``JobError``.
    public func job(_ id: String) throws -> Job {
        if let job = live[id] { return job }
        guard let job = try store.find(id) else { throw JobError(.notFound, "there is no job '\(id)'") }
        return job
    }

    /// Cancels a job; one that is over is removed with its folder. Throws ``JobError``.
    public func cancel(_ id: String) throws -> Job {
        var job = try job(id)
        if job.isOver {
            try store.remove(id)
            try? FileManager.default.removeItem(atPath: try folder(id))
        } else if current?.id == id {
            cancelled.insert(id)
            current?.child.stop()
        } else {
            (job.state, job.ended) = (.cancelled, Date())
            try save(job)
        }
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

    private func forget(_ id: String, _ number: Int) {
        watchers[id]?[number] = nil
        if watchers[id]?.isEmpty == true { watchers[id] = nil }
    }

    /// The folder of a job.
    func folder(_ id: String) throws -> String { try home.directory("jobs") + "/" + id }

    /// Works on the line until the server goes down; a job that runs then writes a checkpoint and goes on when the server is back.
    public func run() async throws {
        try store.requeue()
        wake.yield()
        try await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in wakes {
                while !isEnding, !Task.isCancelled, let job = try store.next() { try await work(on: job) }
            }
        } onCancelOrGracefulShutdown: {
            Task { await self.end() }
        }
    }

    private var isEnding = false

    private func end() {
        isEnding = true
        current?.child.stop()
        wake.finish()
    }

    private func work(on job: Job) async throws {
        guard !isEnding else { return }
        var job = job
        job.attempts += 1
        job.state = job.attempts > Self.mostAttempts ? .failed : .running
        if job.state == .failed { (job.message, job.ended) = ("the server ended \(Self.mostAttempts) times while it ran", Date()) }
        try save(job)
        guard job.state == .running else { return }
        let (folder, child) = (try folder(job.id), TrainingChild(executable: executable))
        current = (job.id, child)
        defer { current = nil }
        let event = await outcome(of: job, folder, child)
        try await conclude(job.id, event, folder)
    }

    private func outcome(of job: Job, _ folder: String, _ child: TrainingChild) async -> TrainingEvent {
        let hasData = FileManager.default.fileExists(atPath: folder + "/data")
        let order = TrainingOrder(recipe: folder + "/recipe.json", data: hasData ? folder + "/data" : nil, output: folder + "/output")
        let (events, continuation) = AsyncStream<TrainingEvent>.makeStream(bufferingPolicy: .bufferingNewest(64))
        let id = job.id
        async let result: TrainingEvent = {
            defer { continuation.finish() }
            do { return try await child.run(order) { continuation.yield($0) } } catch { return .failed("\(error)") }
        }()
        for await case .progress(let progress) in events { advance(id, progress) }
        return await result
    }

    private func advance(_ id: String, _ progress: JSON) {
        guard var job = live[id] else { return }
        job.progress = progress
        live[id] = job
        tell(job)
    }

    private func conclude(_ id: String, _ event: TrainingEvent, _ folder: String) async throws {
        guard var job = live[id] else { return }
        switch event {
        case .finished(let card):
            do {
                try await publish(job, folder + "/output")
                (job.state, job.card) = (.finished, card)
            } catch { (job.state, job.message) = (.failed, "the network is trained but could not be published: \(error)") }
        case .stopped:
            // Stopped without being cancelled: the server goes down, and goes on later.
            job.state = cancelled.contains(id) ? .cancelled : .queued
            if job.state == .queued { job.attempts -= 1 }
        case .failed(let message): (job.state, job.message) = cancelled.contains(id) ? (.cancelled, nil) : (.failed, message)
        case .started, .progress: return
        }
        cancelled.remove(id)
        if job.isOver { job.ended = Date() }
        try save(job)
    }

    /// Writes a job down and tells who watches.
    private func save(_ job: Job) throws {
        try store.update(job)
        live[job.id] = job.isOver || job.state == .queued ? nil : job
        if job.state == .failed { logger.warning("a training failed", metadata: ["job": "\(job.id)", "why": "\(job.message ?? "")"]) }
        tell(job)
    }

    private func tell(_ job: Job) {
        for continuation in (watchers[job.id] ?? [:]).values {
            continuation.yield(job)
            if job.isOver { continuation.finish() }
        }
    }
}
