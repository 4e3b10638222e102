import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing

/// `/lares/v1/registry`: versions of trained networks, aliases, promotion and trials.
struct RegistryRoutes {
    let networks: NetworkServing?
    let audit: AuditLog?
    let bodyBudget: BodyBudget

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
        try await answering(context) { _, _ in nil }
    }

    func publish(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let fields = try await fields(request)
        // Whoever is elsewhere names no files of this machine: errors would already tell which there are.
        guard context.caller.isLocal else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "files of the server's machine are not published from elsewhere: run `lares registry publish` there", param: "path")
        }
        let path = try fields.requiredString("path")
        let card = try Self.card(fields.value("card"))
        let lineage = Lineage(job: try fields.string("job"), dataHash: try fields.string("data_sha256"))
        var response = try await changing(context) { networks, name in
            let version = try await Self.offTheThreads {
                try networks.registry.publish((path as NSString).expandingTildeInPath, as: name, card: card, lineage: lineage)
            }
            return (.versionPublished, "\(name) \(version.number)")
        }
        response.status = .created
        return response
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let networks = try requireNetworks(), name = V2Place(context).model
        let freed = try registry { try networks.registry.remove(name) }
        networks.registryChanged(name)
        note(.versionRemoved, name, context)
        return .json(["removed": .string(name), "bytes_freed": .int(freed)])
    }

    func removeVersion(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let networks = try requireNetworks(), place = V2Place(context)
        let freed = try registry { try networks.registry.remove(place.model, version: place.version ?? "") }
        networks.registryChanged(place.model)
        note(.versionRemoved, "\(place.model) \(place.version ?? "")", context)
        return .json(["removed": .string("\(place.model) \(place.version ?? "")"), "bytes_freed": .int(freed)])
    }

    func setAlias(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let version = try (await fields(request)).reference("version", isRequired: true) ?? ""
        let alias = context.parameter("alias") ?? ""
        return try await changing(context) { networks, name in
            try networks.registry.setAlias(alias, of: name, to: version)
            return (.aliasSet, "\(name) \(alias)")
        }
    }

    func removeAlias(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let alias = context.parameter("alias") ?? ""
        return try await changing(context) { networks, name in
            try networks.registry.removeAlias(alias, of: name)
            return (.aliasSet, "\(name) \(alias)")
        }
    }

    /// The new version is in memory before it is the one that requests get.
    func promote(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let reference = try (await fields(request)).reference("version", isRequired: false)
        return try await changing(context) { networks, name in
            try await networks.makeReady(name, version: reference ?? RegisteredModel.candidate)
            let number = try networks.registry.promote(name, to: reference)
            return (.versionPromoted, "\(name) \(number)")
        }
    }

    func rollBack(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return try await changing(context) { networks, name in
            (.versionRolledBack, "\(name) \(try networks.registry.rollBack(name))")
        }
    }

    func tryOut(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let fields = try await fields(request)
        guard let kind = Rollout.Kind(rawValue: try fields.string("kind") ?? Rollout.Kind.canary.rawValue) else {
            throw APIError.invalid("'kind' must be 'canary' or 'shadow'", param: "kind")
        }
        let version = try fields.reference("version", isRequired: false) ?? RegisteredModel.candidate
        let percent = try fields.int("percent", in: 1...100) ?? (kind == .canary ? 10 : 100)
        let share = try fields.double("error_share", in: 0...1) ?? 0.05
        let least = try fields.int("least", in: 1...1_000_000) ?? 20
        return try await changing(context) { networks, name in
            try networks.registry.tryOut(version, of: name, kind, percent: percent, errorShare: share, least: least)
            return (.trialBegun, "\(name) \(version)")
        }
    }

    func endTrial(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return try await changing(context) { networks, name in
            try networks.registry.endTrial(of: name)
            return (.trialEnded, name)
        }
    }
}
