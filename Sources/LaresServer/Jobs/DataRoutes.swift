import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing

/// `/lares/v1/data`: data sets to train with, sent once and kept until they are removed.
struct DataRoutes {
    let jobs: TrainingJobs?
    let history: HistoryData
    let audit: AuditLog?
    /// The most bytes of one data set.
    let limit: Int

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/data", handler: list),
            APIRoute(method: .post, path: "/lares/v1/data", handler: add),
            APIRoute(method: .get, path: "/lares/v1/data/{data}", handler: show),
            APIRoute(method: .delete, path: "/lares/v1/data/{data}", handler: remove),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try changes(context)
        return .json(["data": .array(changes.jobs.data.all().map(\.json))])
    }

    /// A form with a file, or the file alone with `?name=…`, `?kind=text` for one that is no table; it is read through before it is kept.
    func add(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try changes(context)
        return try await telling {
            let query = request.queryFields
            let set = try await changes.addData(request, named: query.get("name") ?? "data", as: try kind(query), limit: limit)
            return .json(set.json, status: .created)
        }
    }

    private func kind(_ query: QueryFields) throws -> DataSummary.Kind? {
        guard let text = query.get("kind") else { return nil }
        guard let kind = DataSummary.Kind(rawValue: text) else { throw APIError.invalid("'kind' must be table or text", param: "kind") }
        return kind
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try changes(context)
        return try await telling { .json(try changes.jobs.data.find(id(context)).json) }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try changes(context)
        return try await telling {
            let set = try changes.removeData(id(context))
            return .json(["removed": .string(set.id), "bytes_freed": .int(set.bytes)])
        }
    }

    private func id(_ context: LaresContext) -> String { context.parameters.get("data") ?? "" }

    private func changes(_ context: LaresContext) throws -> JobChanges {
        try context.requireTrainer()
        guard let jobs else { throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without jobs") }
        return JobChanges(jobs: jobs, history: history, audit: audit, caller: context.caller, logger: context.logger)
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch { throw APIError(job: error) }
    }
}
