import Foundation
public import LaresJSON
import LaresNeural
import LaresTensor

extension TrainingJobs {
    /// Jobs that may wait.
    public static let longestLine = 100

    /// Takes a job in.
    /// - Parameters:
    ///   - recipe: The recipe; its data's name is a label only when `data` is there.
    ///   - data: The data itself; nil: the recipe names a file of this machine by its full path.
    ///   - limits: What it may use, as ``TrainingLimits`` reads it; nil: the usual.
    /// - Throws: ``JobError``, ``ServingError`` with code `noSpace` when the disk is full, errors of the file system. Nothing is kept then.
    public func submit(_ recipe: JSON, data: [UInt8]?, limits: JSON? = nil) throws -> Job {
        do { try Self.check(try Recipe(recipe), hasData: data != nil) } catch let error as RecipeError {
            throw JobError(.badRecipe, error.message)
        }
        let limits = try Self.limits(limits, usual: TrainingLimits())
        guard try store.queuedCount() < Self.longestLine else { throw Self.full }
        let id = String(UInt64.random(in: .min ... .max), radix: 16), name = String(repeating: "0", count: 16 - id.count) + id
        let job = Job(id: name, state: .queued, created: Date(), attempts: 0, limits: limits, recipe: recipe, progress: nil, card: nil)
        let folder = try folder(name)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try needSpace(data?.count ?? 0, at: folder, for: "a job's data")
            try WholeFile.write([recipe.data], to: folder + "/recipe.json")
            if let data { try WholeFile.write([data], to: folder + "/data") }
            try store.insert(job)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw ServingError(full: error) ?? error
        }
        wake.yield()
        return job
    }

    private static func limits(_ json: JSON?, usual: TrainingLimits) throws -> TrainingLimits {
        do { return try json.map { try TrainingLimits($0, usual: usual) } ?? usual } catch {
            throw JobError(.badLimits, "\(error)")
        }
    }

    private static let full = JobError(.queueFull, "\(longestLine) jobs wait already: cancel one, or ask again later")

    private static func check(_ recipe: Recipe, hasData: Bool) throws {
        if let name = recipe.name {
            do { try ModelName.check(name) } catch { throw JobError(.badRecipe, "the recipe's name: \(error)") }
        }
        guard hasData || recipe.dataFile.hasPrefix("/") else {
            throw JobError(.badRecipe, "'data.file' must be a full path, or the data must come with the request")
        }
        guard recipe.testFile?.hasPrefix("/") ?? true else { throw JobError(.badRecipe, "'split.test_file' must be a full path") }
    }

    /// Cancels a job; one that is over is removed with its folder. Throws ``JobError``.
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
        guard job.state == .failed || job.state == .cancelled else {
            throw JobError(.notResumable, "job '\(id)' is \(job.state.rawValue): only one that failed or was cancelled can be resumed")
        }
        guard try store.queuedCount() < Self.longestLine else { throw Self.full }
        job.limits = try Self.limits(limits, usual: job.limits)
        (job.state, job.ended, job.message, job.attempts, job.spent) = (.queued, nil, nil, 0, 0)
        try save(job)
        wake.yield()
        return job
    }
}
