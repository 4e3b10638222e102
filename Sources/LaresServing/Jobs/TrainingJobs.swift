import Foundation
public import LaresJSON
import LaresNeural
public import LaresStore
public import Logging
public import ServiceLifecycle

/// Where the rows of a job come from.
public enum JobData: Sendable, Hashable {
    /// From the file of this machine that the recipe names by its full path.
    case named
    /// They came with the job.
    case bytes([UInt8])
    /// From a data set of this place, by its id.
    case kept(String)
}

/// Trainings as jobs: they wait in a line, run one at a time in a child process, and survive the end of the server.
public actor TrainingJobs: Service {
    /// What happens to a finished job's network before the job counts as finished; its folder has `network.safetensors` and `card.json`.
    public typealias Publishing = @Sendable (_ job: Job, _ folder: String) async throws -> Void

    /// The data sets that jobs may learn from.
    public nonisolated let data: DataSets
    let home: LaresHome
    let store: JobStore
    let executable: String
    let logger: Logger
    let publish: Publishing
    var current: (id: String, child: TrainingChild)?
    var cancelled: Set<String> = []
    var live: [String: Job] = [:]
    var watchers: [String: [Int: AsyncStream<Job>.Continuation]] = [:]
    var nextWatcher = 0
    var isEnding = false
    let wake: AsyncStream<Void>.Continuation
    let wakes: AsyncStream<Void>

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
        data = try DataSets(home: home)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes a job in.
    /// - Parameters:
    ///   - recipe: The recipe; the name of its data is a label only, unless it is ``JobData/named``.
    ///   - data: Where the rows are.
    ///   - by: Who asks.
    /// - Throws: ``JobError``, and errors of the file system.
    public func submit(_ recipe: JSON, data: JobData, by: String? = nil) throws -> Job {
        do { try check(try Recipe(recipe), data) } catch let error as RecipeError { throw JobError(.badRecipe, error.message) }
        guard try store.counts()[.queued, default: 0] < Self.longestLine else {
            throw JobError(.queueFull, "\(Self.longestLine) jobs wait already: cancel one, or ask again later")
        }
        let id = hexadecimalName(), folder = try folder(id)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do {
            try Data(recipe.data).write(to: URL(fileURLWithPath: folder + "/recipe.json"), options: .atomic)
            let set = try provide(data, at: folder + "/data")
            var job = Job(
                id: id, state: .queued, created: Date(), by: by, attempts: 0, recipe: recipe, dataSet: set, progress: nil, card: nil)
            job.note(.queued, at: job.created)
            try store.insert(job)
            wake.yield()
            return job
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private func check(_ recipe: Recipe, _ data: JobData) throws {
        if let name = recipe.name {
            do { try ModelName.check(name) } catch { throw JobError(.badRecipe, "the recipe's name: \(error)") }
        }
        guard data != .named || recipe.dataFile.hasPrefix("/") else {
            throw JobError(.badRecipe, "'data.file' must be a full path, or the data must come with the request")
        }
        guard recipe.testFile?.hasPrefix("/") ?? true else { throw JobError(.badRecipe, "'split.test_file' must be a full path") }
    }

    /// Puts the rows where the job's process looks for them; a data set is linked, so that it may be removed while the job waits.
    private func provide(_ source: JobData, at path: String) throws -> String? {
        switch source {
        case .named: return nil
        case .bytes(let bytes):
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
            return nil
        case .kept(let id):
            try FileManager.default.linkItem(atPath: data.rows(of: try data.find(id)), toPath: path)
            return id
        }
    }

    /// All jobs, newest first.
    public func jobs() throws -> [Job] { try store.all().map { live[$0.id] ?? $0 } }

    /// The newest jobs, newest first; without cards, curves and logs.
    public func newest(_ count: Int) throws -> [Job] { try store.newest(count).map { live[$0.id] ?? $0 } }

    /// How many jobs there are of each state.
    public func counts() throws -> [Job.State: Int] { try store.counts() }

    /// One job. Throws ``JobError``.
    public func job(_ id: String) throws -> Job {
        if let job = live[id] { return job }
        guard let job = try store.find(id) else { throw JobError(.notFound, "there is no job '\(id.prefix(40))'") }
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
            job.note(.cancelled)
            try save(job)
        }
        return job
    }

    /// The folder of a job.
    func folder(_ id: String) throws -> String { try home.directory("jobs") + "/" + id }
}

/// 16 hexadecimal digits that nothing else has.
func hexadecimalName() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
