import Foundation
public import LaresNeural
public import LaresStore
public import Logging
public import ServiceLifecycle

/// Trainings as jobs: they wait in a line, run one at a time in a child process, and survive the end of the server.
public actor TrainingJobs: Service {
    /// What happens to a finished job's network before the job counts as finished; its folder has `card.json` and the file that was made, such as `network.safetensors`.
    /// After a crash or a full disk it may be asked twice for the same job.
    public typealias Publishing = @Sendable (_ job: Job, _ folder: String) async throws -> Void

    /// The data sets that jobs may learn from.
    public nonisolated let data: DataSets
    let home: LaresHome
    let store: JobStore
    let executable: String
    let pause: Duration
    let patience: Duration
    let pace: CheckpointPace
    let logger: Logger
    let publish: Publishing
    var current: (id: String, child: TrainingChild)?
    var cancelled: Set<String> = []
    /// The job that runs, and those of `unsaved`.
    var live: [String: Job] = [:]
    /// Jobs whose process has ended, which could not be written down yet.
    var unsaved: Set<String> = []
    /// Why the line stands still.
    var obstacle: String?
    var watchers: [String: [Int: AsyncStream<Job>.Continuation]] = [:]
    var nextWatcher = 0
    var isRequeued = false
    var isEnding = false
    let wake: AsyncStream<Void>.Continuation
    let wakes: AsyncStream<Void>

    /// Opens the jobs of a data directory. Throws `StoreError`.
    ///
    /// - Parameters:
    ///   - home: The data directory.
    ///   - executable: A program with the subcommand `train-worker`.
    ///   - pause: How long the line stands still when the jobs can't be written down, before it is tried again.
    ///   - patience: How long a child that is asked to stop may take before it is killed.
    ///   - pace: How often the time and the progress of the job that runs are written down; a server that is killed forgets no more.
    ///   - logger: Where failures are written.
    ///   - publish: What happens to networks.
    public init(
        home: LaresHome, executable: String = "/proc/self/exe", pause: Duration = .seconds(5),
        patience: Duration = .seconds(30), noting pace: CheckpointPace = CheckpointPace(every: .seconds(15)),
        logger: Logger, publish: @escaping Publishing = { _, _ in }
    ) throws {
        (self.home, self.executable, self.pause, self.patience, self.pace) = (home, executable, pause, patience, pace)
        (self.logger, self.publish) = (logger, publish)
        store = try JobStore(home: home)
        data = try DataSets(home: home)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// All jobs, newest first.
    public func jobs() throws -> [Job] { try store.all().map(shown) }

    /// The newest jobs, newest first; without cards, curves and logs.
    public func newest(_ count: Int) throws -> [Job] { try store.newest(count).map(shown) }

    /// How many jobs there are of each state.
    public func counts() throws -> [Job.State: Int] { try store.counts() }

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

    /// The folder of a job.
    func folder(_ id: String) throws -> String { try home.directory("jobs") + "/" + id }

    /// Writes a job's new state down and makes it known; where it can't be written nothing has changed.
    func save(_ job: Job) throws {
        try store.update(job)
        unsaved.remove(job.id)
        live[job.id] = job.state == .running ? job : nil
        tell(job)
    }

    /// Writes down what could not be written before.
    func saveRest() throws {
        for id in unsaved {
            if let job = live[id] { try store.update(job) }
            forget(id)
        }
    }

    /// Forgets what is in memory of a job.
    func forget(_ id: String) {
        live[id] = nil
        unsaved.remove(id)
    }
}
