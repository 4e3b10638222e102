import LaresJSON
import LaresStandards

/// `/types`, `/attributes` and `/info/sourceIdentity` (clauses 6.25 to 6.28 and 6.33).
extension NGSIAPI {
    func types(_ call: NGSICall) async throws -> NGSIResponse {
        guard call.request.method == "GET" else { throw NGSIError.method(call) }
        try call.allow(call.parts.count == 1 ? "details" : "")
        let type = try call.accepted(), context = try await call.context()
        if call.parts.count == 1 { return try allTypes(call, context, type) }
        guard call.parts.count == 2 else { throw NGSIError.nothing(at: call) }
        let iri = context.expand(call.parts[1])
        guard let found = try broker.type(iri, tenant: call.tenant) else {
            throw NGSIError(.resourceNotFound, "there is no entity of the type '\(call.parts[1].prefix(200))'")
        }
        let details = found.attributes.map { attribute -> JSON in
            [
                "id": .string(attribute.name), "type": "Attribute", "attributeName": .string(context.compact(attribute.name)),
                "attributeTypes": .array(attribute.kinds.map { .string($0) }),
            ]
        }
        return try call.answer(
            [
                "id": .string(iri), "type": "EntityTypeInfo", "typeName": .string(context.compact(iri)), "entityCount": .int(found.count),
                "attributeDetails": .array(details),
            ], context, type)
    }

    private func allTypes(_ call: NGSICall, _ context: LDContext, _ type: NGSICall.ContentType) throws -> NGSIResponse {
        let found = try broker.types(tenant: call.tenant)
        guard try call.flag("details") else {
            return try call.answer(
                [
                    "id": .string("urn:ngsi-ld:EntityTypeList:\(found.count)"), "type": "EntityTypeList",
                    "typeList": .array(found.map { .string(context.compact($0.type)) }),
                ], context, type)
        }
        return try call.answer(
            found.map { entry -> JSON.Members in
                [
                    "id": .string(entry.type), "type": "EntityType", "typeName": .string(context.compact(entry.type)),
                    "attributeNames": .array(entry.attributes.map { .string(context.compact($0)) }),
                ]
            }, context, type)
    }

    func attributes(_ call: NGSICall) async throws -> NGSIResponse {
        guard call.request.method == "GET" else { throw NGSIError.method(call) }
        try call.allow(call.parts.count == 1 ? "details" : "")
        let type = try call.accepted(), context = try await call.context()
        if call.parts.count == 1 { return try allAttributes(call, context, type) }
        guard call.parts.count == 2 else { throw NGSIError.nothing(at: call) }
        let iri = context.expand(call.parts[1])
        guard let found = try broker.attribute(iri, tenant: call.tenant) else {
            throw NGSIError(.resourceNotFound, "no entity has the attribute '\(call.parts[1].prefix(200))'")
        }
        return try call.answer(
            [
                "id": .string(iri), "type": "Attribute", "attributeName": .string(context.compact(iri)),
                "attributeCount": .int(found.count),
                "attributeTypes": .array(found.kinds.map { .string($0) }),
                "typeNames": .array(found.types.map { .string(context.compact($0)) }),
            ], context, type)
    }

    private func allAttributes(_ call: NGSICall, _ context: LDContext, _ type: NGSICall.ContentType) throws -> NGSIResponse {
        let found = try broker.attributes(tenant: call.tenant)
        guard try call.flag("details") else {
            return try call.answer(
                [
                    "id": .string("urn:ngsi-ld:AttributeList:\(found.count)"), "type": "AttributeList",
                    "attributeList": .array(found.map { .string(context.compact($0.attribute)) }),
                ], context, type)
        }
        return try call.answer(
            found.map { entry -> JSON.Members in
                [
                    "id": .string(entry.attribute), "type": "Attribute", "attributeName": .string(context.compact(entry.attribute)),
                    "typeNames": .array(entry.types.map { .string(context.compact($0)) }),
                ]
            }, context, type)
    }

    /// Who answers here, for others that keep it from asking itself.
    func identity(_ call: NGSICall) throws -> NGSIResponse {
        guard call.parts == ["info", "sourceIdentity"] else { throw NGSIError.nothing(at: call) }
        guard call.request.method == "GET" else { throw NGSIError.method(call) }
        let alias = broker.alias + (call.tenant.isEmpty ? "" : "-" + call.tenant)
        return try call.answer(
            [
                "id": .string("urn:ngsi-ld:ContextSourceIdentity:" + alias), "type": "ContextSourceIdentity",
                "contextSourceAlias": .string(alias),
                "contextSourceUptime": .string("PT\(broker.uptime)S"), "contextSourceTimeAt": .string(NGSITime.text(broker.now)),
            ], .core, try call.accepted())
    }
}
