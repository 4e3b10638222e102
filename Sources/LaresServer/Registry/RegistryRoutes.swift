import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresNeural
import LaresPlaces
import LaresServing

/// `/lares/v1/registry`: versions of trained networks, aliases, promotion and trials.
struct RegistryRoutes {
    let networks: NetworkServing?
    let audit: AuditLog?
    let bodyBudget: BodyBudget
    var city = CityServices()

    var routes: [APIRoute] {
        let all = "/lares/v1/registry/models", one = all + "/{model}"
        return [
            APIRoute(method: .get, path: all, handler: list),
            APIRoute(method: .get, path: one, handler: show),
            APIRoute(method: .delete, path: one, handler: remove),
            APIRoute(method: .post, path: one + "/versions", handler: publish),
            APIRoute(method: .delete, path: one + "/versions/{version}", handler: removeVersion),
            APIRoute(method: .put, path: one + "/aliases/{alias}", handler: setAlias),
            APIRoute(method: .delete, path: one + "/aliases/{alias}", handler: removeAlias),
            APIRoute(method: .post, path: one + "/promote", handler: promote),
            APIRoute(method: .post, path: one + "/rollback", handler: rollBack),
            APIRoute(method: .put, path: one + "/trial", handler: tryOut),
            APIRoute(method: .delete, path: one + "/trial", handler: endTrial),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let networks = try requireNetworks()
        return .json(["models": .array(try networks.models().map { $0.json(networks.trial(of: $0.name)) })])
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let networks = try requireNetworks(), name = V2Place(context).model
        return try await Self.telling { try await shown(name, networks) }
    }

    func publish(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let fields = try await fields(request, "path", "card", "job", "data_sha256", "signature")
        // Whoever is elsewhere names no files of this machine: errors would already tell which there are.
        guard context.caller.isLocal else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "files of the server's machine are not published from elsewhere: run `lares registry publish` there", param: "path")
        }
        let path = try fields.requiredString("path")
        let (card, told) = try Self.card(fields.value("card"))
        let lineage = Lineage(job: try fields.string("job"), dataHash: try fields.string("data_sha256") ?? told.dataHash)
        let signature = fields.value("signature")
        var response = try await changing(context) { changes, name in
            let declared = try signature.map { try NetworkSignature.declared($0) }
            let version = try await offTheThreads {
                try changes.networks.registry.publish(
                    (path as NSString).expandingTildeInPath, as: name, card: card, lineage: lineage, declared: declared)
            }
            changes.changed(name, .versionPublished, "\(name) \(version.number)")
        }
        response.status = .created
        return response
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response { try await removing(nil, context) }

    func removeVersion(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await removing(V2Place(context).version ?? "", context)
    }

    private func removing(_ version: String?, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let changes = try changes(context), name = V2Place(context).model
        return try await Self.telling {
            let freed = try changes.remove(name, version: version)
            return .json(["removed": .string(version.map { "\(name) \($0)" } ?? name), "bytes_freed": .int(freed)])
        }
    }

    func setAlias(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let fields = try await fields(request, "version", "new_signature")
        let version = try fields.reference("version", isRequired: true) ?? "", newSignature = try fields.bool("new_signature") ?? false
        return try await changing(context) { changes, name in
            try changes.setAlias(Self.alias(context), of: name, to: version, newSignature: newSignature)
        }
    }

    func removeAlias(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return try await changing(context) { changes, name in try changes.removeAlias(Self.alias(context), of: name) }
    }

    private static func alias(_ context: LaresContext) -> String { context.parameter("alias") ?? "" }

    /// The new version is in memory before it is the one that requests get.
    func promote(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let fields = try await fields(request, "version", "new_signature")
        let reference = try fields.reference("version", isRequired: false), newSignature = try fields.bool("new_signature") ?? false
        return try await changing(context) { changes, name in
            try await changes.promote(name, to: reference, newSignature: newSignature)
        }
    }

    func rollBack(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return try await changing(context) { changes, name in try changes.rollBack(name) }
    }

    func tryOut(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let fields = try await fields(request, "kind", "version", "percent", "error_share", "least", "new_signature")
        guard let kind = Rollout.Kind(rawValue: try fields.string("kind") ?? Rollout.Kind.canary.rawValue) else {
            throw APIError.invalid("'kind' must be 'canary' or 'shadow'", param: "kind")
        }
        let version = try fields.reference("version", isRequired: false) ?? RegisteredModel.candidate
        let percent = try fields.int("percent", in: 1...100) ?? (kind == .canary ? 10 : 100)
        let share = try fields.double("error_share", in: 0...1) ?? 0.05
        let least = try fields.int("least", in: 1...1_000_000) ?? 20
        let newSignature = try fields.bool("new_signature") ?? false
        return try await changing(context) { changes, name in
            try changes.tryOut(
                version, of: name, kind, percent: percent, errorShare: share, least: least, newSignature: newSignature)
        }
    }

    func endTrial(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return try await changing(context) { changes, name in try changes.endTrial(of: name) }
    }
}
