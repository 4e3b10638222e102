import Dispatch
import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing
import Logging

extension RegistryRoutes {
    /// Changes a network, and answers with the network as it is then.
    func changing(_ context: LaresContext, _ change: (NetworkChanges, String) async throws -> Void) async throws -> Response {
        let changes = try changes(context), name = V2Place(context).model
        return try await Self.telling {
            try await change(changes, name)
            return try await shown(name, changes.networks)
        }
    }

    func changes(_ context: LaresContext) throws -> NetworkChanges {
        NetworkChanges(networks: try requireNetworks(), audit: audit, caller: context.caller, logger: context.logger)
    }

    /// The network; a forecaster or detector with how its versions do as they are served.
    func shown(_ name: String, _ networks: NetworkServing) async throws -> Response {
        let model = try networks.registry.model(name), json = model.json(networks.trial(of: name))
        guard case .object(var members) = json, [.forecaster, .detector].contains(model.kind) else { return .json(json) }
        members["live"] = await city.standing(of: model)
        return .json(.object(members))
    }

    /// Answers, or tells what went wrong as the API does.
    static func telling(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as PullError where error.code != .noSpace {
            throw APIError.invalid(error.message)
        } catch let error as RegistryError {
            throw APIError(error)
        } catch {
            throw APIError(error)
        }
    }

    func requireNetworks() throws -> NetworkServing {
        guard let networks else {
            throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without trained networks")
        }
        return networks
    }

    /// The members of a body, which may have these only.
    func fields(_ request: Request, _ known: String...) async throws -> Fields {
        let fields = try Fields(try await request.json(within: BodyLimits(each: 256 << 10, budget: bodyBudget)).json)
        try fields.allow(only: known)
        return fields
    }

    /// The card of a body, with what it tells of where the version came from.
    static func card(_ json: JSON?) throws -> (card: ModelCard, lineage: Lineage) {
        guard let json else { return (ModelCard(), Lineage()) }
        do { return try ModelCard.reading(json) } catch { throw APIError.invalid(error.message, param: "card") }
    }
}

/// Runs what takes a while and blocks on a thread of its own.
func offTheThreads<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

extension Fields {
    /// A version as people name it: a number, or a text that is one or an alias.
    fileprivate func reference(_ key: String) throws -> String? {
        if case .int(let number)? = value(key) { return String(number) }
        return try string(key)
    }

    func reference(_ key: String, isRequired: Bool) throws -> String? {
        if isRequired { _ = try required(key) }
        return try reference(key)
    }
}
