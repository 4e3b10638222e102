import Foundation
public import LaresJSON
import LaresLanguage
import LaresTensor

extension TrainingJobs {
    /// Jobs that may wait.
    public static let longestLine = 100

    /// Takes a job in.
    /// - Parameters:
    ///   - recipe: The recipe; the name of its data is a label only, unless it is ``JobData/named``.
    ///   - data: Where the rows are.
    ///   - limits: What it may use, as ``TrainingLimits`` reads it; nil: the usual.
    ///   - by: Who asks.
    /// - Throws: ``JobError``, ``ServingError`` with code `noSpace` when the disk is full, errors of the file system. Nothing is kept then.
    public func submit(_ recipe: JSON, data: JobData, limits: JSON? = nil, by: String? = nil) throws -> Job {
        try check(recipe, data)
        let limits = try Self.limits(limits, usual: TrainingLimits())
        try requirePlace()
        let id = hexadecimalName(), folder = try folder(id)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try needSpace(data.count, at: folder, for: "a job's data")
            try WholeFile.write([recipe.data], to: folder + "/recipe.json")
            let set = try provide(data, at: folder + "/data")
            var job = Job(
                id: id, state: .queued, created: Date(), by: by, attempts: 0, limits: limits, recipe: recipe, dataSet: set, progress: .null,
                card: .null)
            job.note(.queued, at: job.created)
            try store.insert(job)
            wake.yield()
            return job
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw ServingError(full: error) ?? error
        }
    }

    private func check(_ json: JSON, _ data: JobData) throws {
        let recipe = try TrainingRecipe(json, dataComeAlong: data != .named)
        if let name = recipe.name {
            do { try ModelName.check(name) } catch { throw JobError(.badRecipe, "the recipe's name: \(error)") }
        }
        try checkModels(recipe)
        guard data != .named || !recipe.files.isEmpty && recipe.files.allSatisfy({ $0.hasPrefix("/") }) else {
            throw JobError(.badRecipe, "'data.file' must be a full path, or the data must come with the request")
        }
        guard recipe.testFile?.hasPrefix("/") ?? true else { throw JobError(.badRecipe, "'split.test_file' must be a full path") }
    }

    /// A model that is to learn more must be there, and one that is made needs a free name: told before, not after hours.
    private func checkModels(_ recipe: TrainingRecipe) throws {
        guard recipe.makesModel else { return }
        let store = try ModelStore(home: home)
        if let base = recipe.model {
            do { try Self.checkLearns(store.find(base), store) } catch { throw JobError(.badRecipe, "'tuning.model': \(error)") }
        }
        if let name = recipe.name, let there = try? store.find(name) {
            throw JobError(.badRecipe, "'\(there.name)' is a model already: give the recipe another name, or remove the model first")
        }
    }

    /// Throws ``JobError`` or `GGUFError` when a model isn't one that can learn more.
    private static func checkLearns(_ model: StoredModel, _ store: ModelStore) throws {
        guard model.kind == .language, model.base == nil else {
            throw JobError(.badRecipe, "'\(model.name)' can't learn more: choose a language model that is no adapter itself")
        }
        try CausalTransformer.check(GGUFFile(contentsOf: store.file(of: model)))
    }

    private static func limits(_ json: JSON?, usual: TrainingLimits) throws -> TrainingLimits {
        do { return try json.map { try TrainingLimits($0, usual: usual) } ?? usual } catch { throw JobError(.badLimits, "\(error)") }
    }

    private func requirePlace() throws {
        guard try store.counts()[.queued, default: 0] < Self.longestLine else {
            throw JobError(.queueFull, "\(Self.longestLine) jobs wait already: cancel one, or ask again later")
        }
    }

    /// Puts the rows where the job's process looks for them; a data set is linked, so that it may be removed while the job waits.
    private func provide(_ source: JobData, at path: String) throws -> String? {
        switch source {
        case .named: return nil
        case .bytes(let bytes):
            try WholeFile.write([bytes], to: path)
            return nil
        case .kept(let id):
            try FileManager.default.linkItem(atPath: data.rows(of: try data.find(id)), toPath: path)
            return id
        }
    }

    /// Cancels a job; one that is over is removed with its folder. Throws ``JobError``, and what a database throws.
    public func cancel(_ id: String) throws -> Job {
        var job = try job(id)
        if job.isOver {
            try store.remove(id)
            forget(id)
            try? FileManager.default.removeItem(atPath: try folder(id))
        } else if current?.id == id {
            cancelled.insert(id)
            current?.child.stop()
        } else {
            (job.state, job.ended, job.message) = (.cancelled, Date(), nil)
            job.note(.cancelled)
            try save(job)
        }
        return job
    }

    /// Puts a job that failed or was cancelled in the line again: it goes on from its last checkpoint, and its time counts anew.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - limits: What it may use from now on; what is left out stays as it was.
    /// - Throws: ``JobError``: `notFound`, `notResumable` for one that is finished or not over, `badLimits`, `queueFull`.
    public func resume(_ id: String, limits: JSON? = nil) throws -> Job {
        var job = try job(id)
        guard job.isResumable else {
            throw JobError(.notResumable, "job '\(id)' is \(job.state.rawValue): only one that failed or was cancelled can be resumed")
        }
        job.limits = try Self.limits(limits, usual: job.limits)
        try requirePlace()
        (job.state, job.ended, job.message) = (.queued, nil, nil)
        (job.attempts, job.vainAttempts, job.spent) = (0, 0, 0)
        job.note(.queued)
        try save(job)
        wake.yield()
        return job
    }
}

/// 16 hexadecimal digits that nothing else has.
func hexadecimalName() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
