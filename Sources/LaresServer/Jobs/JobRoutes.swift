import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing
import Logging

/// `/lares/v1/jobs`: trainings that the server runs beside its work.
struct JobRoutes {
    let jobs: TrainingJobs?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/jobs", handler: list),
            APIRoute(method: .post, path: "/lares/v1/jobs", handler: submit),
            APIRoute(method: .get, path: "/lares/v1/jobs/{job}", handler: show),
            APIRoute(method: .delete, path: "/lares/v1/jobs/{job}", handler: cancel),
            APIRoute(method: .post, path: "/lares/v1/jobs/{job}/resume", handler: resume),
            APIRoute(method: .get, path: "/lares/v1/jobs/{job}/events", handler: events),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["jobs": .array(try await require().jobs().map(\.json))])
    }

    /// `{"recipe": {…}, "data": "text of a CSV or JSONL file", "limits": {…}}`; without data the recipe names a file of this machine.
    func submit(_ request: Request, _ context: LaresContext) async throws -> Response {
        try requireAdministrator(context)
        let jobs = try require()
        let body = try await request.json(within: limits)
        let fields = try Fields(body.json)
        let recipe = try fields.required("recipe"), data = try fields.string("data")
        let namesFile = data == nil || recipe["split"]?["test_file"] != nil
        guard !namesFile || context.caller.isLocal else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "files of the server's machine are not read for callers from elsewhere: send the data as \"data\"", param: "data")
        }
        let job: Job
        do {
            job = try await jobs.submit(recipe, data: data.map { Array($0.utf8) }, limits: fields.value("limits"))
        } catch { throw APIError(job: error) }
        note(.jobStarted, job.id, context)
        return .json(job.json, status: .accepted)
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let jobs = try require()
        do { return .json(try await jobs.job(id(context)).json) } catch { throw APIError(job: error) }
    }

    /// Cancels a job; one that is over is removed.
    func cancel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try requireAdministrator(context)
        let jobs = try require()
        do {
            let job = try await jobs.cancel(id(context))
            note(.jobCancelled, job.id, context)
            return .json(job.json)
        } catch { throw APIError(job: error) }
    }

    /// Lets a job that failed or was cancelled go on from its last checkpoint; `{"limits": {…}}` changes what it may use.
    func resume(_ request: Request, _ context: LaresContext) async throws -> Response {
        try requireAdministrator(context)
        let jobs = try require()
        let hasBody = request.headers[.transferEncoding] != nil || (Int(request.headers[.contentLength] ?? "") ?? 0) > 0
        let limits = hasBody ? try Fields(try await request.json(within: limits).json).value("limits") : nil
        do {
            let job = try await jobs.resume(id(context), limits: limits)
            note(.jobStarted, job.id, context)
            return .json(job.json, status: .accepted)
        } catch { throw APIError(job: error) }
    }

    /// The job with every change, as server-sent events, until it is over.
    func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let updates: AsyncStream<Job>
        do { updates = try await require().updates(of: id(context)) } catch { throw APIError(job: error) }
        let presence = await context.channel.clientPresence()
        return .events { events in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (merged, continuation) = AsyncThrowingStream<Job, any Error>.makeStream(bufferingPolicy: .bufferingNewest(16))
                group.addTask {
                    for await job in updates { continuation.yield(job) }
                    continuation.finish()
                }
                group.addTask {
                    await presence.waitUntilGone()
                    continuation.finish(throwing: presence.departure)
                }
                defer { group.cancelAll() }
                for try await job in merged { try await events.send(job.json) }
            }
        }
    }

    private func id(_ context: LaresContext) -> String { context.parameters.get("job") ?? "" }

    private func require() throws -> TrainingJobs {
        guard let jobs else { throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without jobs") }
        return jobs
    }

    private func requireAdministrator(_ context: LaresContext) throws {
        guard context.caller.mayAdminister else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(context.caller.name)' may not start or cancel jobs: use one made with `lares keys add NAME --admin`")
        }
    }

    private func note(_ act: AuditAct, _ subject: String, _ context: LaresContext) {
        do { try audit?.append(act, subject: subject, by: context.caller.principal) } catch {
            context.logger.error("the audit log can't be written", metadata: ["act": "\(act)", "error": "\(error)"])
        }
    }
}

extension Job {
    /// The job as the API shows it.
    var json: JSON {
        [
            "id": .string(id), "state": .string(state.rawValue), "created": .int(Int(created.timeIntervalSince1970)),
            "ended": ended.map { .int(Int($0.timeIntervalSince1970)) } ?? nil, "attempts": .int(attempts), "progress": progress,
            "message": message.map { .string($0) } ?? nil, "limits": limits.json, "spent_seconds": .int(spent), "recipe": recipe,
            "card": card,
        ]
    }
}

extension APIError {
    fileprivate init(job error: any Error) {
        guard let error = error as? JobError else {
            self.init(error)
            return
        }
        switch error.code {
        case .notFound: self.init(.notFound, type: "invalid_request_error", code: "job_not_found", error.message)
        case .queueFull: self.init(.tooManyRequests, type: "rate_limit_error", code: "queue_full", error.message, retryAfter: 30)
        case .notResumable: self.init(.conflict, type: "invalid_request_error", code: "job_not_resumable", error.message)
        case .badLimits: self.init(.badRequest, type: "invalid_request_error", code: "bad_limits", error.message, param: "limits")
        default: self.init(.badRequest, type: "invalid_request_error", code: "bad_recipe", error.message, param: "recipe")
        }
    }
}
