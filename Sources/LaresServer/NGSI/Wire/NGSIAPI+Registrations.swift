import LaresJSON
import LaresStandards

/// `/csourceRegistrations` (clauses 6.8 and 6.9): kept and answered; requests go on to them elsewhere (`NGSIAPI+Sources`).
extension NGSIAPI {
    func registrations(_ call: NGSICall) async throws -> NGSIResponse {
        switch (call.request.method, call.parts.count) {
        case ("POST", 1):
            try call.allow("")
            let body = try await call.body()
            let id = try broker.register(try kept(body), body.context, tenant: call.tenant)
            return .created("/ngsi-ld/v1/csourceRegistrations/\(id)")
        case ("GET", 1): return try await queryRegistrations(call)
        case ("GET", 2):
            try call.allow("sysAttrs")
            let id = try call.uri(1, "registration"), type = try call.accepted(), context = try await call.context()
            return try call.answer(try await shown(try broker.registration(id, tenant: call.tenant), call, context), context, type)
        case ("PATCH", 2):
            try call.allow("")
            let id = try call.uri(1, "registration"), body = try await call.body(isPatch: true)
            try broker.update(registration: id, changed(body), body.context, tenant: call.tenant)
            return .noContent
        case ("DELETE", 2):
            try call.allow("")
            try broker.unregister(try call.uri(1, "registration"), tenant: call.tenant)
            return .noContent
        case (_, 3...): throw NGSIError.nothing(at: call)
        default: throw NGSIError.method(call)
        }
    }

    /// A change names things by their IRIs: the registration keeps its own context.
    private func changed(_ body: NGSICall.Body) -> JSON {
        NGSINames.renamed(.object(body.json.members?.without(["@context"]) ?? [:]), body.context.expand)
    }

    private func kept(_ body: NGSICall.Body) throws -> JSON {
        guard case .object(var members) = body.json else { throw NGSIError(.badRequestData, "a registration must be an object") }
        if let source = body.source, members["@context"] == nil { members["@context"] = source }
        return .object(members)
    }

    private func queryRegistrations(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow(Self.queryParameters + " timerel timeAt endTimeAt timeproperty lastN")
        let type = try call.accepted(), context = try await call.context()
        guard
            call["type"] != nil || call["attrs"] != nil || call["id"] != nil || call["idPattern"] != nil || call["csf"] != nil
                || call["q"] != nil
                || call["georel"] != nil
        else { throw NGSIError(.badRequestData, "a query of registrations says type, attrs, id or csf") }
        let search = try NGSISearch(call, context, isFree: true)
        let counts = try call.flag("count")
        let limit = try call.number("limit", 0...broker.mostInPage) ?? broker.page
        let offset = try call.number("offset", 0...1_000_000_000) ?? 0
        let time = try NGSITemporalQuery(
            relation: call["timerel"], timeAt: call["timeAt"], endTimeAt: call["endTimeAt"], property: call["timeproperty"], lastN: nil,
            methods: nil,
            period: nil)
        let all = try broker.registrations(
            search.selection, during: time, csf: try call["csf"].map { try NGSIQuery($0, context) }, tenant: call.tenant)
        var objects: [JSON.Members] = []
        for found in all.dropFirst(offset).prefix(limit) { objects.append(try await shown(found, call, context)) }
        return call.page(try call.answer(objects, context, type), limit: limit, offset: offset, count: all.count, counts: counts)
    }

    private func shown(_ document: JSON, _ call: NGSICall, _ context: LDContext) async throws -> JSON.Members {
        let own = try await broker.contexts.resolve(document["@context"], tenant: call.tenant)
        guard case .object(let kept) = document else { return [:] }
        let hasTimes =
            try call.flag("sysAttrs")
            || call.options(["sysAttrs", "keyValues", "concise", "simplified", "normalized"]).contains("sysAttrs")
        var members = JSON.Members()
        for (name, value) in kept where name != "@context" && (hasTimes || name != "createdAt" && name != "modifiedAt") {
            members.append(name, NGSINames.renamed(name, value) { context.compact(own.expand($0)) })
        }
        return members
    }
}
