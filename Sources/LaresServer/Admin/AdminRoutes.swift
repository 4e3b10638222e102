import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing
import Logging

/// Lares' own API, `/lares/v1`: what it holds, and adding and removing models and keys.
struct AdminRoutes {
    let client: any ModelClient
    let store: ModelStore?
    let keys: KeyStore?
    let audit: AuditLog?
    let version: String
    let bodyBudget: BodyBudget

    /// The addresses; those of a store or of keys that are not there answer that they are not.
    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/status", handler: status),
            APIRoute(method: .get, path: "/lares/v1/models", handler: models),
            APIRoute(method: .post, path: "/lares/v1/models", handler: pull),
            APIRoute(method: .delete, path: "/lares/v1/models/{model}", handler: remove),
            APIRoute(method: .get, path: "/lares/v1/keys", handler: listKeys),
            APIRoute(method: .post, path: "/lares/v1/keys", handler: makeKey),
            APIRoute(method: .delete, path: "/lares/v1/keys/{key}", handler: revokeKey),
        ]
    }

    /// The bodies of these requests are small.
    private static let bodyLimit = 64 << 10

    /// Reads the members of a request's body, which may have these only.
    func fields(_ request: Request, _ known: String...) async throws -> Fields {
        let fields = try Fields(try await request.json(within: BodyLimits(each: Self.bodyLimit, budget: bodyBudget)).json)
        try fields.allow(only: known)
        return fields
    }

    /// Writes down who did what.
    func note(_ act: AuditAct, _ subject: String, _ context: LaresContext) { audit.note(act, subject, by: context.caller, context.logger) }

    func status(_ request: Request, _ context: LaresContext) async throws -> Response {
        let status = await client.status()
        return .json([
            "version": .string(version), "state": .string(status.state.rawValue), "memory_budget": .int(status.memoryBudget),
            "memory_used": .int(status.memoryUsed), "queued": .int(status.queued), "running": .int(status.running),
            "models": .array(status.models.map(\.json)),
        ])
    }

    func models(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["models": .array(try await client.models().map(\.laresJSON))])
    }

    func requireStore() throws -> ModelStore {
        guard let store else { throw Self.absent("a model store") }
        return store
    }

    func requireKeys() throws -> KeyStore {
        guard let keys else { throw Self.absent("a key store") }
        return keys
    }

    private static func absent(_ what: String) -> APIError {
        APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without \(what)")
    }
}

extension ServingStatus.Model {
    fileprivate var json: JSON {
        [
            "name": .string(name), "weight_bytes": .int(weightBytes), "cache_bytes": .int(cacheBytes), "used_pages": .int(usedPages),
            "total_pages": .int(totalPages), "queued": .int(queued), "running": .int(running),
            "tokens_per_second": tokensPerSecond.map { .double($0) } ?? .null,
        ]
    }
}
