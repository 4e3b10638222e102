import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// `/lares/v1/floors`: what the floors of the building are called.
struct FloorRoutes {
    let services: HomeServices?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/floors", handler: list),
            APIRoute(method: .post, path: "/lares/v1/floors", handler: set),
            APIRoute(method: .delete, path: "/lares/v1/floors/{level}", handler: remove),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["floors": .array(try require().store.floors().map(\.json))])
    }

    /// `{"level": 1, "name": "Upstairs", "names": {"zh": "二楼"}}`: new, or in the place of the one with the number.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let store = try require().store
        let body = try await request.json(within: limits)
        do {
            let floor = try Floor(body.json)
            try store.save(floor)
            audit.note(.homeChanged, "floor/\(floor.level)", by: context.caller, context.logger)
            return .json(floor.json)
        } catch let error as JSONError {
            throw APIError.invalid(error.message)
        }
    }

    /// Forgets a name; rooms stay on the floor.
    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let store = try require().store, text = context.parameter("level") ?? ""
        guard let floor = try store.floors().first(where: { "\($0.level)" == text }) else {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "no floor '\(text.prefix(20))' has a name")
        }
        try store.remove(floor: floor.level)
        audit.note(.homeChanged, "floor/\(floor.level)", by: context.caller, context.logger)
        return .json(floor.json)
    }

    private func require() throws -> HomeServices {
        guard let services else { throw APIError.noHome }
        return services
    }
}
