import Foundation
import HTTPTypes
import Hummingbird
import LaresJSON
import LaresPlaces
import LaresServing

/// KServe V2, the Open Inference Protocol over HTTP, with Triton's repository, statistics, configuration and binary extensions.
struct V2Routes {
    let networks: NetworkServing?
    let client: any ModelClient
    let activity: Activity
    let limits: BodyLimits
    /// The name of the server in its metadata: some clients look for a certain one.
    let name: String
    let version: String
    /// Told what networks answer, where one of its rules looks out for that.
    var automations: Automations?

    var routes: [APIRoute] {
        let places = ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"]
        return [
            APIRoute(method: .get, path: "/v2", handler: server),
            APIRoute(method: .get, path: "/v2/health/live", handler: live, isBrief: true),
            APIRoute(method: .get, path: "/v2/health/ready", handler: serverReady, isBrief: true),
            APIRoute(method: .get, path: "/v2/models/stats", handler: allStats),
            APIRoute(method: .post, path: "/v2/repository/index", handler: index),
            APIRoute(method: .post, path: "/v2/repository/models/{model}/load", handler: load),
            APIRoute(method: .post, path: "/v2/repository/models/{model}/unload", handler: unload),
        ]
            + places.flatMap { place in
                [
                    APIRoute(method: .get, path: place, handler: metadata),
                    APIRoute(method: .get, path: place + "/ready", handler: ready, isBrief: true),
                    APIRoute(method: .get, path: place + "/config", handler: config),
                    APIRoute(method: .get, path: place + "/stats", handler: stats),
                    APIRoute(method: .post, path: place + "/infer", handler: infer, isBrief: true),
                ]
            }
    }

    func requireNetworks() throws -> NetworkServing {
        guard let networks else {
            throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without trained networks")
        }
        return networks
    }

    func server(_ request: Request, _ context: LaresContext) async throws -> Response {
        let extensions = [
            "model_repository", "binary_tensor_data", "statistics", "model_configuration", "model_repository(unload_dependents)",
        ]
        return .json(["name": .string(name), "version": .string(version), "extensions": .array(extensions.map { .string($0) })])
    }

    func live(_ request: Request, _ context: LaresContext) async throws -> Response { .json(["live": true]) }

    func serverReady(_ request: Request, _ context: LaresContext) async throws -> Response {
        let state = activity.isDraining ? .draining : await client.status().state
        return .json(["live": true, "ready": .bool(state == .ready)], status: state == .ready ? .ok : .serviceUnavailable)
    }

    func infer(_ request: Request, _ context: LaresContext) async throws -> Response {
        let networks = try requireNetworks()
        let lease = try activity.begin()
        defer { lease.end() }
        let place = V2Place(context)
        let body = try await request.v2Body(within: limits)
        defer { body.share.end() }
        return try await place.naming { () async throws in
            let asked =
                body.headerLength == 0
                ? try V2Request(raw: body.bytes, networks.version(of: place.model, place.version).signature)
                : try await V2Request.reading(body)
            let question = InferenceRequest(
                model: place.model, version: place.version,
                inputs: asked.inputs.map { InferenceInput(name: $0.name, datatype: $0.datatype, value: $0.value) })
            // A small question to a network is one piece of work that can't be given up: looking after its client would only cost time.
            let isBrief = try body.bytes.count <= BodyBudget.free && networks.model(place.model).kind != .translator
            let answer =
                isBrief
                ? try await networks.infer(question)
                : try await whilePresent(await context.channel.clientPresence()) { try await networks.infer(question) }
            if let automations, automations.listens(to: place.model) {
                await automations.take(
                    .answered(model: place.model, answer: answer.plain, isDoubted: context.caller.isDoubted))
            }
            return try asked.response(answer)
        }
    }

    func metadata(_ request: Request, _ context: LaresContext) async throws -> Response {
        let place = V2Place(context)
        return try await place.naming { () async throws in
            let networks = try requireNetworks()
            let version = try networks.version(of: place.model, place.version)
            return .json(version.metadata(of: try networks.model(place.model)))
        }
    }

    func ready(_ request: Request, _ context: LaresContext) async throws -> Response {
        let place = V2Place(context)
        return try await place.naming { () async throws in
            try await requireNetworks().makeReady(place.model, version: place.version)
            return .json(["name": .string(place.model), "ready": true])
        }
    }

    func config(_ request: Request, _ context: LaresContext) async throws -> Response {
        let place = V2Place(context)
        return try await place.naming { () async throws in
            let networks = try requireNetworks()
            try await networks.makeReady(place.model, version: place.version)
            let version = try networks.version(of: place.model, place.version)
            let joins = networks.joinsRows(version) ?? false
            return .json(version.configuration(joins ? networks.limits(of: place.model) : nil))
        }
    }

    func stats(_ request: Request, _ context: LaresContext) async throws -> Response {
        let place = V2Place(context)
        return try await place.naming { () async throws in
            let networks = try requireNetworks()
            let version = try networks.version(of: place.model, place.version)
            let known = networks.statistics(of: place.model).first { $0.version == version.number }
            return .json(["model_stats": [(known?.statistics ?? InferenceStatistics()).json(place.model, version.number)]])
        }
    }

    func allStats(_ request: Request, _ context: LaresContext) async throws -> Response {
        let all = try requireNetworks().statistics()
        return .json(["model_stats": .array(all.map { $0.statistics.json($0.model, $0.version) })])
    }
}

/// The network and version that an address names.
struct V2Place: Sendable {
    let model: String
    let version: String?

    init(_ context: LaresContext) {
        model = context.parameter("model") ?? ""
        version = context.parameter("version")
    }

    /// Runs an operation whose errors name the network as the clients expect it.
    func naming<Value>(_ operation: () async throws -> Value) async throws -> Value {
        do { return try await operation() } catch let error as RegistryError {
            throw APIError(
                error, prefix: error.code == .modelNotFound ? "Request for unknown model: '\(model.prefix(100))' is not found: " : "")
        } catch let error as ClientGone {
            throw error
        } catch {
            throw APIError(error)
        }
    }
}

extension APIError {
    /// How an error of the registry looks to a client.
    init(_ error: RegistryError) { self.init(error, prefix: "") }

    init(_ error: RegistryError, prefix: String) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .modelNotFound, .versionNotFound: .notFound
            case .inUse, .nothingBefore, .otherSignature: .conflict
            default: .badRequest
            }
        self.init(status, type: "invalid_request_error", code: error.code.description, prefix + error.message)
    }

    /// The error as the protocol writes it.
    var v2Response: Response {
        var response = Response.json(["error": .string(message)], status: status)
        for name in [HTTPField.Name.retryAfter, .allow, .wwwAuthenticate] { response.headers[name] = self.response.headers[name] }
        return response
    }
}
