import LaresJSON
import LaresStandards

/// `/entities` (clauses 6.4 to 6.7).
extension NGSIAPI {
    func entities(_ call: NGSICall) async throws -> NGSIResponse {
        switch (call.request.method, call.parts.count) {
        case ("POST", 1): return try await create(call)
        case ("GET", 1): return try await query(call)
        case ("DELETE", 1): return try await purge(call)
        case ("GET", 2): return try await retrieve(call)
        case ("PUT", 2): return try await replace(call)
        case ("PATCH", 2): return try await merge(call)
        case ("DELETE", 2):
            try call.allow("type")
            try broker.delete(try call.uri(1, "entity"), types: try await types(call), tenant: call.tenant)
            return .noContent
        case ("PUT", 1), ("PATCH", 1): throw NGSIError(.badRequestData, "the id of the entity is missing in the address")
        case (_, 3...4) where call.parts[2] != "attrs": throw NGSIError.nothing(at: call)
        case ("POST", 3): return try await append(call)
        case ("PATCH", 3): return try await update(call)
        case ("PATCH", 4): return try await change(call)
        case ("PUT", 4): return try await replaceAttribute(call)
        case ("DELETE", 4): return try await deleteAttribute(call)
        case (_, 5...): throw NGSIError.nothing(at: call)
        default: throw NGSIError.method(call)
        }
    }

    /// The types that the entity must have, where a request says so.
    private func types(_ call: NGSICall) async throws -> NGSITypeSelection? {
        guard let text = call["type"] else { return nil }
        return try NGSITypeSelection(text, try await call.context())
    }

    private func types(_ call: NGSICall, _ body: NGSICall.Body) throws -> NGSITypeSelection? {
        try call["type"].map { try NGSITypeSelection($0, body.context) }
    }

    private func reader(_ call: NGSICall, _ body: NGSICall.Body, _ purpose: NGSIReader.Purpose) throws -> NGSIReader {
        let words = try call.options(["keyValues", "simplified", "concise", "normalized", "noOverwrite", "sysAttrs"])
        return NGSIReader(body.context, purpose, isSimplified: words.contains("keyValues") || words.contains("simplified"))
    }

    private func create(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("")
        let body = try await call.body()
        let entity = try reader(call, body, .whole).entity(body.json)
        if view?.has(entity.id) == true { throw NGSIError(.alreadyExists, "'\(entity.id)' is the name of a thing of the home") }
        try broker.create(entity, tenant: call.tenant)
        return .created("/ngsi-ld/v1/entities/\(entity.id)")
    }

    private func replace(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type")
        let id = try call.uri(1, "entity"), body = try await call.body()
        let entity = try reader(call, body, .whole).fragment(try same(id, body.json), id: id)
        try broker.replace(entity, types: try types(call, body), tenant: call.tenant)
        return .noContent
    }

    private func merge(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type observedAt lang")
        let id = try call.uri(1, "entity"), body = try await call.body(isPatch: true)
        let fragment = try reader(call, body, .change).fragment(try same(id, body.json), id: id)
        if let view, view.has(id) {
            let result = try await view.change(fragment)
            return updated(result)
        }
        if let moment = call["observedAt"], NGSITime.micros(moment) == nil {
            throw NGSIError(.badRequestData, "observedAt must be a moment in UTC")
        }
        try broker.merge(
            fragment, types: try types(call, body), observedAt: call["observedAt"], language: call["lang"], tenant: call.tenant)
        return .noContent
    }

    /// The body of a request about an entity: if it names one, it is the one of the address.
    private func same(_ id: String, _ json: JSON) throws -> JSON {
        if let named = json["id"]?.text, named != id {
            throw NGSIError(.badRequestData, "the body is about '\(named.prefix(200))', the address about '\(id.prefix(200))'")
        }
        return json
    }

    private func append(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type")
        let id = try call.uri(1, "entity"), body = try await call.body()
        let fragment = try reader(call, body, .change).fragment(try filled(body.json), id: id)
        let overwrites = try !call.options(["keyValues", "simplified", "concise", "normalized", "noOverwrite"]).contains("noOverwrite")
        let result = try broker.append(fragment, overwrites: overwrites, types: try types(call, body), tenant: call.tenant)
        return updated(result)
    }

    private func update(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type")
        let id = try call.uri(1, "entity"), body = try await call.body(isPatch: true)
        let fragment = try reader(call, body, .change).fragment(try filled(body.json), id: id)
        if let view, view.has(id) { return updated(try await view.change(fragment)) }
        return updated(try broker.update(fragment, types: try types(call, body), tenant: call.tenant))
    }

    /// A body that says something beside its context.
    private func filled(_ json: JSON) throws -> JSON {
        guard case .object(let members) = json, members.contains(where: { $0.key != "@context" }) else {
            throw NGSIError(.badRequestData, "the body says nothing of the entity")
        }
        return json
    }

    private func updated(_ result: NGSIUpdateResult) -> NGSIResponse {
        if result.notUpdated.isEmpty { return .noContent }
        return .json(
            [
                "updated": .array(result.updated.map { .string($0) }),
                "notUpdated": .array(
                    result.notUpdated.map { ["attributeName": .string($0.name), "reason": .string($0.reason)] }),
            ], 207)
    }

    private func change(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type")
        let id = try call.uri(1, "entity"), body = try await call.body(isPatch: true)
        let name = try NGSIReader(body.context, .change).expanded(call.parts[3])
        guard name != NGSIWriter.scope else { throw NGSIError(.badRequestData, "the scope isn't changed in parts: PATCH the entity") }
        let fragment = try reader(call, body, .change).attribute(call.parts[3], try filled(body.json).withoutContext)
        if let view, view.has(id) {
            var entity = NGSIEntity(id: id, types: [])
            entity.attributes[name] = [fragment]
            return updated(try await view.change(entity))
        }
        try broker.change(id, name, fragment, types: try types(call, body), tenant: call.tenant)
        return .noContent
    }

    private func replaceAttribute(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type")
        let id = try call.uri(1, "entity"), body = try await call.body()
        let name = try NGSIReader(body.context, .whole).expanded(call.parts[3])
        guard name != NGSIWriter.scope else { throw NGSIError(.badRequestData, "the scope isn't an attribute: PATCH or PUT the entity") }
        let instances = try reader(call, body, .whole).instances(call.parts[3], try filled(body.json).withoutContext)
        try broker.replace(id, name, instances, types: try types(call, body), tenant: call.tenant)
        return .noContent
    }

    private func deleteAttribute(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type datasetId deleteAll")
        let id = try call.uri(1, "entity"), context = try await call.context()
        guard !call.parts[3].isEmpty, call.parts[3].isNGSIName else {
            throw NGSIError(.badRequestData, "'\(call.parts[3].prefix(100))' is no name of an attribute")
        }
        if let dataset = call["datasetId"], !dataset.isURI { throw NGSIError(.badRequestData, "datasetId must be a URI") }
        try broker.delete(
            id, context.expand(call.parts[3]), datasetId: call["datasetId"], all: try call.flag("deleteAll"), types: try await types(call),
            tenant: call.tenant)
        return .noContent
    }
}
