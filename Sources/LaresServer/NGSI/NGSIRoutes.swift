import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresStandards
import LaresThings
import NIOCore

/// `/ngsi-ld/v1`: entities of the city and the home for clients of NGSI-LD (ETSI GS CIM 009 v1.8).
struct NGSIRoutes {
    let broker: NGSIBroker?
    let services: HomeServices?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits
    var forecasting: Forecasting?

    /// The addresses, each with its methods.
    static let paths: [(path: String, methods: [HTTPRequest.Method])] = [
        ("entities", [.get, .post, .delete]), ("entities/{id}", [.get, .put, .patch, .delete]), ("entities/{id}/attrs", [.post, .patch]),
        ("entities/{id}/attrs/{attribute}", [.put, .patch, .delete]), ("entityOperations/{operation}", [.post]),
        ("types", [.get]), ("types/{type}", [.get]), ("attributes", [.get]), ("attributes/{attribute}", [.get]),
        ("subscriptions", [.get, .post]), ("subscriptions/{id}", [.get, .patch, .delete]),
        ("csourceRegistrations", [.get, .post]), ("csourceRegistrations/{id}", [.get, .patch, .delete]),
        ("csourceSubscriptions", [.get, .post]), ("csourceSubscriptions/{id}", [.get, .patch, .delete]),
        ("temporal/entities", [.get, .post]), ("temporal/entities/{id}", [.get, .delete]), ("temporal/entities/{id}/attrs", [.post]),
        ("temporal/entities/{id}/attrs/{attribute}", [.delete]),
        ("temporal/entities/{id}/attrs/{attribute}/{instance}", [.patch, .delete]),
        ("temporal/entityOperations/query", [.post]), ("jsonldContexts", [.get, .post]), ("jsonldContexts/{id}", [.get, .delete]),
        ("info/sourceIdentity", [.get]),
    ]

    var routes: [APIRoute] {
        Self.paths.flatMap { path, methods in methods.map { APIRoute(method: $0, path: "/ngsi-ld/v1/" + path, handler: answer) } }
    }

    func answer(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let broker else {
            throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without the city's entities")
        }
        try check(request, context)
        let share = limits.budget.share()
        let view = services.map { services in
            NGSIThings(
                sight: HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api),
                changes: ThingChanges(
                    home: services.home, guardian: guardian, audit: audit, caller: context.caller, path: .api, logger: context.logger),
                forecasting: forecasting)
        }
        var headers = request.headers.map { (name: $0.name.rawName.lowercased(), value: $0.value) }
        if let host = request.head.authority { headers.append(("host", host)) }
        let asked = NGSIRequest(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", headers: headers,
            body: try await request.bytes(upTo: limits.each, share: share))
        let answer = await NGSIAPI(broker, view: view, asker: NGSIWebAsker()).answer(asked)
        if Self.changes(request), answer.status < 400 {
            // What changes a thing of the home is in the log by itself, as a deed that was permitted or refused.
            let path = (request.uri.path.removingPercentEncoding ?? request.uri.path).dropFirst("/ngsi-ld/v1/".utf8.count)
            audit.note(
                AuditAct("entities.changed"), "\(request.method.rawValue) \(path.prefix(300))", by: context.caller, context.logger)
        }
        return Response(answer)
    }

    /// Whether a request changes what is kept.
    private static func changes(_ request: Request) -> Bool { request.method != .get && !request.uri.path.hasSuffix("/query") }

    /// The parts of a request's address behind `/ngsi-ld/v1`, decoded one by one: a slash within one divides nothing.
    private static func parts(_ request: Request) -> [String] {
        request.uri.path.split(separator: "/").dropFirst(2).map { $0.removingPercentEncoding ?? String($0) }
    }

    /// Subscriptions and registrations: they hold keys of other servers (`receiverInfo`, `contextSourceInfo`, passwords of brokers).
    private static func holdsKeys(_ parts: [String]) -> Bool {
        ["subscriptions", "csourceRegistrations", "csourceSubscriptions"].contains(parts.first)
    }

    /// Whether an entity is what a thing of the home is seen as, so that the home's policy judges a change of it.
    private func isThing(_ parts: [String]) -> Bool {
        services != nil && parts.count > 1 && parts[0] == "entities" && NGSIThings.thing(parts[1]) != nil
    }

    /// Who may have things do something may read; who may administer may change what is kept, and read what holds keys. What changes a thing of
    /// the home is judged by the home's policy.
    private func check(_ request: Request, _ context: LaresContext) throws {
        try context.requireResident()
        let isReading = !Self.changes(request), parts = Self.parts(request)
        let isThing = request.method == .patch && isThing(parts)
        if Self.holdsKeys(parts) || (!isReading && !isThing) { try context.requireAdministrator() }
    }
}

extension Response {
    fileprivate init(_ answer: NGSIResponse) {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        self.init(status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
