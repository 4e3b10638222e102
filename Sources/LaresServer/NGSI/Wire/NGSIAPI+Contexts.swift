import LaresJSON
import LaresStandards

/// `/jsonldContexts` (clauses 6.29 and 6.30).
extension NGSIAPI {
    func contexts(_ call: NGSICall) async throws -> NGSIResponse {
        switch (call.request.method, call.parts.count) {
        case ("POST", 1): return try await addContext(call)
        case ("GET", 1): return try listContexts(call)
        case ("GET", 2): return try serveContext(call)
        case ("DELETE", 2):
            try call.allow("reload")
            try await broker.contexts.delete(call.parts[1], reload: try call.flag("reload"), tenant: call.tenant)
            return .noContent
        case (_, 3...): throw NGSIError.nothing(at: call)
        default: throw NGSIError.method(call)
        }
    }

    private func addContext(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("")
        let json = try call.json()
        guard let inner = json["@context"] else { throw NGSIError(.invalidRequest, "the body has no '@context'") }
        try checkContext(inner)
        try broker.make(tenant: call.tenant)
        let id = try broker.contexts.keep(["@context": inner], .hosted, tenant: call.tenant)
        return .created(NGSIContexts.path + id)
    }

    /// What other servers keep is looked up when it is used.
    private func checkContext(_ json: JSON, depth: Int = 0) throws {
        switch json {
        case .string(let text) where text.isURI: return
        case .object: return
        case .array(let elements) where depth < 8:
            for element in elements { try checkContext(element, depth: depth + 1) }
        default: throw NGSIError(.badRequestData, "an @context is a URI, an object of terms, or an array of them")
        }
    }

    private func listContexts(_ call: NGSICall) throws -> NGSIResponse {
        try call.allow("details kind")
        let details = try call.flag("details")
        let kind = try call["kind"].map { text in
            guard let kind = NGSIContexts.Kept.Kind(rawValue: text) else {
                throw NGSIError(.badRequestData, "'kind' may be \(NGSIContexts.Kept.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        let all = try broker.contexts.list(kind, tenant: call.tenant)
        return .json(.array(all.map { details ? .object(described($0, call)) : .string(address($0, call)) }))
    }

    private func serveContext(_ call: NGSICall) throws -> NGSIResponse {
        try call.allow("details")
        let details = try call.flag("details")
        guard let kept = try broker.contexts.find(call.parts[1], tenant: call.tenant) else {
            throw NGSIError(.resourceNotFound, "there is no @context '\(call.parts[1].prefix(200))'")
        }
        if details { return .json(.object(described(kept, call))) }
        guard kept.kind != .cached else {
            throw NGSIError(.operationNotSupported, "'\(kept.address.prefix(200))' is kept for use here only: fetch it from its own server")
        }
        return .json(kept.body)
    }

    private func address(_ kept: NGSIContexts.Kept, _ call: NGSICall) -> String {
        kept.kind == .cached ? kept.address : call.host + kept.address
    }

    private func described(_ kept: NGSIContexts.Kept, _ call: NGSICall) -> JSON.Members {
        var members: JSON.Members = [
            "URL": .string(address(kept, call)), "localId": .string(kept.id), "kind": .string(kept.kind.rawValue),
            "createdAt": .string(NGSITime.text(kept.createdAt)),
        ]
        if let used = kept.usedAt { members["lastUsage"] = .string(NGSITime.text(used)) }
        return members
    }
}
