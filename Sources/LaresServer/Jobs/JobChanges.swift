import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing
import Logging

/// What administrators do with trainings, the same for the API and the console; the audit log says who did it.
struct JobChanges: Sendable {
    let jobs: TrainingJobs
    let history: HistoryData
    let audit: AuditLog?
    let caller: Caller
    let logger: Logger

    /// The most bytes that rows of the home's history may have.
    static let mostHistory = 256 << 20

    /// Takes a job in.
    ///
    /// - Throws: ``APIError`` (403) for files of this machine that a caller from elsewhere names; what `TrainingJobs.submit` throws.
    func submit(_ recipe: JSON, data: JobData, limits: JSON? = nil) async throws -> Job {
        var data = data
        if data == .named, let question = try TrainingRecipe(recipe).question {
            let set = try await history.keep(question, in: jobs.data, by: caller.name, limit: Self.mostHistory)
            note(.dataAdded, set.name)
            data = .kept(set.id)
        }
        guard caller.isLocal || (data != .named && recipe["split"]?["test_file"] == nil) else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "files of the server's machine are not read for callers from elsewhere: send the data as \"data\", or with POST "
                    + "/lares/v1/data", param: "data")
        }
        let job = try await jobs.submit(recipe, data: data, limits: limits, by: caller.name)
        note(.jobStarted, job.id)
        return job
    }

    /// Cancels a job; one that is over is removed.
    func cancel(_ id: String) async throws -> Job {
        let job = try await jobs.cancel(id)
        note(.jobCancelled, job.id)
        return job
    }

    /// Lets a job that failed or was cancelled go on from its last checkpoint.
    func resume(_ id: String, limits: JSON? = nil) async throws -> Job {
        let job = try await jobs.resume(id, limits: limits)
        note(.jobResumed, job.id)
        return job
    }

    /// Takes in the file that a request carries.
    ///
    /// - Throws: ``APIError``; `JobError` with code `tooLarge` or `badData`; `PullError` for a disk that can't be written.
    func addData(
        _ request: Request, named name: String, as kind: DataSummary.Kind? = nil, limit: Int
    ) async throws -> DataSet {
        var reception = try DataReception(request, named: name, as: kind, to: jobs.data, by: caller.name, limit: limit)
        let set = try await reception.receive(request)
        note(.dataAdded, set.name)
        return set
    }

    func removeData(_ id: String) throws -> DataSet {
        let set = try jobs.data.remove(id)
        note(.dataRemoved, set.name)
        return set
    }

    func note(_ act: AuditAct, _ subject: String) { audit.note(act, subject, by: caller, logger) }
}
