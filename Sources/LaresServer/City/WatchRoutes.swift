import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces

/// `/lares/v1/watches`: which series are watched, and how.
struct WatchRoutes {
    let watching: Watching?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let watches = "/lares/v1/watches", watch = watches + "/{watch}"
        return [
            APIRoute(method: .get, path: watches, handler: list),
            APIRoute(method: .post, path: watches, handler: set),
            APIRoute(method: .get, path: watch, handler: show),
            APIRoute(method: .delete, path: watch, handler: remove),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let watching = try require(context)
        return .json(["watches": .array(await watching.plans.map(\.json)), "series": .int(await watching.seriesCount)])
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let watching = try require(context), id = context.parameter("watch") ?? ""
        guard let plan = await watching.plans.first(where: { $0.id == id }) else {
            throw APIError(alarm: AlarmError(.unknown, "there is no watch '\(id)'"))
        }
        return .json(plan.json)
    }

    /// Makes a watch or changes it. What is watched in another way than before is learnt anew.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        let watching = try require(context), body = try await request.json(within: limits).json
        return try await telling {
            let plan = try WatchPlan(body)
            try await watching.set(plan)
            note(plan.id, context)
            return .json(plan.json, status: .created)
        }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        let watching = try require(context), id = context.parameter("watch") ?? ""
        return try await telling {
            try await watching.remove(plan: id)
            note(id, context)
            return .json(["removed": .string(id)])
        }
    }

    private func require(_ context: LaresContext) throws -> Watching {
        try context.requireAdministrator()
        guard let watching else { throw APIError.noHome }
        return watching
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as AlarmError { throw APIError(alarm: error) }
    }

    private func note(_ id: String, _ context: LaresContext) { audit.note(.homeChanged, "watch/" + id, by: context.caller, context.logger) }
}
