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
    let history: HistoryData
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let one = "/lares/v1/jobs/{job}"
        return [
            APIRoute(method: .get, path: "/lares/v1/jobs", handler: list),
            APIRoute(method: .post, path: "/lares/v1/jobs", handler: submit),
            APIRoute(method: .get, path: one, handler: show),
            APIRoute(method: .delete, path: one, handler: cancel),
            APIRoute(method: .post, path: one + "/resume", handler: resume),
            APIRoute(method: .get, path: one + "/curve", handler: curve),
            APIRoute(method: .get, path: one + "/events", handler: events),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["jobs": .array(try await require().jobs().map(\.json))])
    }

    /// `{"recipe": {…}}` with `"data": "text of a CSV or JSONL file"`, or with `"data_id": "…"` of data that were sent before; with neither the
    /// recipe names a file of this machine, or says with `data.history` what of the home's history it learns from. `"limits": {…}` says what it may use.
    func submit(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try changes(context)
        let body = try await request.json(within: limits)
        let fields = try Fields(body.json)
        try fields.allow(only: ["recipe", "data", "data_id", "limits"])
        let recipe = try fields.required("recipe"), data = try fields.string("data"), kept = try fields.string("data_id")
        guard data == nil || kept == nil else { throw APIError.invalid("send 'data' or 'data_id', not both", param: "data_id") }
        let source = data.map { JobData.bytes(Array($0.utf8)) } ?? kept.map { .kept($0) } ?? .named
        return try await telling {
            .json(try await changes.submit(recipe, data: source, limits: fields.value("limits")).json, status: .accepted)
        }
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await telling { .json(try await require().job(id(context)).json) }
    }

    /// The losses of every epoch so far.
    func curve(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await telling { .json(try await require().job(id(context)).curve.json) }
    }

    /// Cancels a job; one that is over is removed.
    func cancel(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try changes(context)
        return try await telling { .json(try await changes.cancel(id(context)).json) }
    }

    /// Lets a job that failed or was cancelled go on from its last checkpoint; `{"limits": {…}}` changes what it may use.
    func resume(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try changes(context)
        let fields = request.announcesBody ? try Fields(try await request.json(within: limits).json) : nil
        try fields?.allow(only: ["limits"])
        let changed = fields?.value("limits")
        return try await telling { .json(try await changes.resume(id(context), limits: changed).json, status: .accepted) }
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

    private func changes(_ context: LaresContext) throws -> JobChanges {
        try context.requireTrainer()
        return JobChanges(jobs: try require(), history: history, audit: audit, caller: context.caller, logger: context.logger)
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch { throw APIError(job: error) }
    }
}

extension LaresContext {
    /// Who may start and cancel trainings, and send data for them.
    ///
    /// - Throws: ``APIError`` (403) for everybody else.
    func requireTrainer() throws {
        guard caller.mayAdminister else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(caller.name)' may not start or cancel jobs: use one made with `lares keys add NAME --admin`")
        }
    }
}

extension Job {
    /// The job as the API shows it.
    var json: JSON {
        [
            "id": .string(id), "state": .string(state.rawValue), "created": .int(Int(created.timeIntervalSince1970)),
            "ended": ended.map { .int(Int($0.timeIntervalSince1970)) } ?? .null, "by": by.map { .string($0) } ?? .null,
            "attempts": .int(attempts), "progress": progress, "message": message.map { .string($0) } ?? .null, "limits": limits.json,
            "spent_seconds": .int(spent), "recipe": recipe, "data_id": dataSet.map { .string($0) } ?? .null, "card": card,
            "log": .array(log.map(\.json)),
        ]
    }
}

extension APIError {
    /// How an error of jobs and their data looks to a client.
    init(job error: any Error) {
        guard let error = error as? JobError else {
            self.init(error)
            return
        }
        switch error.code {
        case .notFound: self.init(.notFound, type: "invalid_request_error", code: "job_not_found", error.message)
        case .noSuchData: self.init(.notFound, type: "invalid_request_error", code: "data_not_found", error.message, param: "data_id")
        case .queueFull: self.init(.tooManyRequests, type: "rate_limit_error", code: "queue_full", error.message, retryAfter: 30)
        case .notResumable: self.init(.conflict, type: "invalid_request_error", code: "job_not_resumable", error.message)
        case .tooLarge: self.init(.contentTooLarge, type: "invalid_request_error", code: "request_too_large", error.message)
        case .badData, .tooMany: self.init(.badRequest, type: "invalid_request_error", code: "bad_data", error.message, param: "data")
        case .badLimits: self.init(.badRequest, type: "invalid_request_error", code: "bad_limits", error.message, param: "limits")
        default: self.init(.badRequest, type: "invalid_request_error", code: "bad_recipe", error.message, param: "recipe")
        }
    }
}
