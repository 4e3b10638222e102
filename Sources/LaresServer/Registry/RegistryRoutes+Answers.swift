import Dispatch
import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing
import Logging

extension RegistryRoutes {
    typealias Change = (act: AuditAct, subject: String)

    /// Changes a network, writes down who did it, and answers with the network as it is then.
    func changing(_ context: LaresContext, _ change: (NetworkServing, String) async throws -> Change) async throws -> Response {
        try await answering(context, change)
    }

    func answering(_ context: LaresContext, _ change: (NetworkServing, String) async throws -> Change?) async throws -> Response {
        let networks = try requireNetworks(), name = V2Place(context).model
        do {
            if let done = try await change(networks, name) {
                note(done.act, done.subject, context)
                networks.registryChanged(name)
            }
            return .json(try networks.registry.model(name).json(networks.trial(of: name)))
        } catch let error as PullError where error.code != .noSpace {
            throw APIError.invalid(error.message)
        } catch let error as RegistryError {
            throw APIError(error)
        } catch {
            throw APIError(error)
        }
    }

    func registry<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as RegistryError { throw APIError(error) }
    }

    func requireNetworks() throws -> NetworkServing {
        guard let networks else {
            throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without trained networks")
        }
        return networks
    }

    func note(_ act: AuditAct, _ subject: String, _ context: LaresContext) {
        do { try audit?.append(act, subject: subject, by: context.caller.principal) } catch {
            context.logger.error(
                "the audit log can't be written", metadata: ["act": "\(act)", "subject": "\(subject)", "error": "\(error)"])
        }
    }

    func fields(_ request: Request) async throws -> Fields {
        try Fields(try await request.json(within: BodyLimits(each: 256 << 10, budget: bodyBudget)).json)
    }

    static func card(_ json: JSON?) throws -> ModelCard {
        guard let json else { return ModelCard() }
        do { return try JSONDecoder().decode(ModelCard.self, from: Data(json.data)) } catch {
            throw APIError.invalid(
                "'card' must be an object of summary, data, metrics, code_version, licence and parents: \(error)", param: "card")
        }
    }

    /// Copying and trying a network takes a while and blocks.
    static func offTheThreads<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
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
