import LaresJSON
public import LaresStandards

/// The NGSI-LD API v1.8 (ETSI GS CIM 009 clause 6) as a function of requests; it needs no server.
public struct NGSIAPI: Sendable {
    let broker: NGSIBroker
    /// What a part of the home answers first: things that are seen as entities; nil: there are none.
    let view: (any NGSIView)?
    /// What asks registered context sources; nil: none are.
    let asker: (any NGSIAsker)?

    /// - Parameters:
    ///   - broker: The entities.
    ///   - view: What else is seen as entities.
    ///   - asker: What asks registered context sources; nil: none are.
    public init(_ broker: NGSIBroker, view: (any NGSIView)? = nil, asker: (any NGSIAsker)? = nil) {
        (self.broker, self.view, self.asker) = (broker, view, asker)
    }

    /// What the answer to a request is; errors are answers, too.
    public func answer(_ request: NGSIRequest) async -> NGSIResponse {
        // Decided before anything else, and without a body (clause 6.3.4).
        if request.lacksLength { return NGSIResponse(411) }
        var response: NGSIResponse
        do {
            let call = try NGSICall(request, broker)
            try await checkTenant(call)
            response = try await dispatch(call)
        } catch let error as NGSIError {
            response = .problem(error)
            if error.code == .methodNotAllowed { response.headers.append(("Allow", "GET, POST, PATCH, PUT, DELETE")) }
        } catch is CancellationError {
            response = .problem(NGSIError(.internalError, "the request was given up"))
        } catch {
            response = .problem(NGSIError(.internalError, "the database failed: \(type(of: error)); the log has the details"))
        }
        if let tenant = request.header("ngsild-tenant") { response.headers.append(("NGSILD-Tenant", tenant)) }
        return response
    }

    /// Only what makes something may name a tenant that there isn't (clause 5.5.10).
    private func checkTenant(_ call: NGSICall) async throws {
        guard !call.tenant.isEmpty else { return }
        let makes =
            call.request.method == "POST" && !call.parts.contains("query") && !(call.parts.contains("attrs")) || call.parts.first == "info"
            || call.parts.first == "jsonldContexts"
        if makes { return }
        guard try broker.has(tenant: call.tenant) else { throw NGSIError(.noSuchTenant, "there is no tenant '\(call.tenant)'") }
    }

    private func dispatch(_ call: NGSICall) async throws -> NGSIResponse {
        switch call.parts.first {
        case "entities": try await sending(call) { try await entities($0) }
        case "entityOperations": try await batches(call)
        case "types": try await types(call)
        case "attributes": try await attributes(call)
        case "subscriptions": try await subscriptions(call, .entities)
        case "csourceSubscriptions": try await subscriptions(call, .sources)
        case "csourceRegistrations": try await registrations(call)
        case "temporal": try await temporal(call)
        case "jsonldContexts": try await contexts(call)
        case "info": try identity(call)
        default: throw NGSIError.nothing(at: call)
        }
    }
}

/// Entities that are kept somewhere else, such as the things of the home.
public protocol NGSIView: Sendable {
    /// Whether an id is one of its entities'.
    func has(_ id: String) -> Bool
    /// One entity; nil: there is none, or the caller may not see it.
    func entity(_ id: String) async -> NGSIEntity?
    /// All entities that the caller may see.
    func entities() async -> [NGSIEntity]
    /// Changes attributes, which are commands.
    ///
    /// - Throws: ``NGSIError``.
    func change(_ fragment: NGSIEntity) async throws -> NGSIUpdateResult
}

extension NGSIError {
    static func nothing(at call: NGSICall) -> NGSIError {
        NGSIError(.resourceNotFound, "there is nothing at '\(call.request.path.prefix(200))'")
    }

    static func method(_ call: NGSICall) -> NGSIError {
        NGSIError(.methodNotAllowed, "'\(call.request.path.prefix(200))' doesn't take \(call.request.method.prefix(20))")
    }
}
