package import LaresJSON

/// Attributes.
extension NGSIReader {
    /// The instances of an attribute: one, or an array of them.
    package func instances(_ name: String, _ value: JSON, depth: Int = 0) throws -> [NGSIAttribute] {
        guard depth <= Self.mostDepth else { throw NGSIError.bad("attributes of '\(name)' are nested more than \(Self.mostDepth) deep") }
        if !isSimplified, let elements = value.elements, !elements.isEmpty, elements.allSatisfy(isInstance) {
            guard elements.count <= Self.mostInstances else {
                throw NGSIError.bad("'\(name)' has more than \(Self.mostInstances) instances")
            }
            let instances = try elements.map { try attribute(name, $0, depth) }
            if purpose != .temporal, Set(instances.map(\.datasetId)).count < instances.count {
                throw NGSIError.bad("two instances of '\(name)' have the same datasetId, or none")
            }
            return instances
        }
        if purpose == .temporal, value == .array([]) { return [] }
        return [try attribute(name, value, depth)]
    }

    /// Whether an element of an array says what instances say.
    private func isInstance(_ json: JSON) -> Bool {
        guard let members = json.members else { return false }
        if let type = members["type"]?.text { return NGSIKind(rawValue: type) != nil }
        return NGSIKind.allCases.contains { members[$0.member] != nil }
    }

    /// One instance.
    package func attribute(_ name: String, _ json: JSON, _ depth: Int = 0) throws -> NGSIAttribute {
        if case .null = json { throw NGSIError.bad("'\(name)' is null: say \"\(JSON.ngsiNull)\" to take it away") }
        if json.isNGSINull {
            guard purpose == .change else { throw NGSIError.bad("'\(name)' is \(JSON.ngsiNull), which only a change may say") }
            return NGSIAttribute(nil, json)
        }
        if isSimplified { return try simplified(name, json) }
        guard let members = json.members else { return NGSIAttribute(.property, try checked(name, .property, json)) }
        let type = members["type"] ?? members["@type"]
        if let type, let kind = type.text.flatMap({ NGSIKind(rawValue: $0) }) { return try instance(name, kind, members, depth) }
        if NGSIGeometry.isGeometry(json) { return NGSIAttribute(.geo, try checked(name, .geo, json)) }
        if type != nil { throw NGSIError.bad("'\(name)' has a type that there isn't; it may be \(Self.kinds)") }
        if let kind = NGSIKind.allCases.first(where: { members[$0.member] != nil }) {
            let isGeometry = kind == .property && members["value"].map(NGSIGeometry.isGeometry) == true
            var instance = try instance(name, isGeometry ? .geo : kind, members, depth)
            if purpose == .change { instance.isKindGuessed = true }
            return instance
        }
        guard purpose == .change else { throw NGSIError.bad("'\(name)' has neither a type nor a value; its type may be \(Self.kinds)") }
        return try instance(name, nil, members, depth)
    }

    private static let kinds = NGSIKind.allCases.map(\.rawValue).joined(separator: ", ")

    /// A value in the simplified form: a geometry, or a property.
    private func simplified(_ name: String, _ json: JSON) throws -> NGSIAttribute {
        if let map = json["languageMap"], map.members != nil { return NGSIAttribute(.language, try checked(name, .language, map)) }
        if let vocab = json["vocab"], json.members?.count == 1 { return NGSIAttribute(.vocab, try checked(name, .vocab, vocab)) }
        if let value = json["json"], json.members?.count == 1 { return NGSIAttribute(.json, value) }
        let kind: NGSIKind = NGSIGeometry.isGeometry(json) ? .geo : .property
        var attribute = NGSIAttribute(kind, try checked(name, kind, json))
        attribute.isKindGuessed = true
        return attribute
    }

    private func instance(_ name: String, _ kind: NGSIKind?, _ members: JSON.Members, _ depth: Int) throws -> NGSIAttribute {
        let value = try kind.flatMap { kind in try members[kind.member].map { try checked(name, kind, $0) } }
        if value == nil, purpose != .change, let kind { throw NGSIError.bad("'\(name)' is a \(kind.rawValue) without '\(kind.member)'") }
        try checkMembers(name, kind, members)
        var attribute = NGSIAttribute(kind, value)
        attribute.datasetId = try text(name, members, "datasetId")
        if attribute.datasetId == "@none" { attribute.datasetId = nil }
        if let datasetId = attribute.datasetId, !datasetId.isURI { throw NGSIError.bad("the datasetId of '\(name)' is no URI") }
        attribute.observedAt = try moment(name, members, "observedAt")
        attribute.expiresAt = try moment(name, members, "expiresAt")
        attribute.unitCode = try text(name, members, "unitCode")
        attribute.instanceId = purpose == .temporal ? try text(name, members, "instanceId") : nil
        attribute.valueType = try text(name, members, "valueType").map(context.expand)
        if let type = members["objectType"] {
            guard let names = type.texts else { throw NGSIError.bad("the objectType of '\(name)' must be a name, or an array of names") }
            attribute.objectType = names.map(context.expand)
        }
        let reserved = Self.members.union([kind?.member].compactMap { $0 })
        for (inner, value) in members where !reserved.contains(inner) {
            let iri = try expanded(inner)
            guard attribute.attributes[iri] == nil else { throw NGSIError.bad("'\(name).\(inner)' stands there twice") }
            attribute.attributes[iri] = try instances("\(name).\(inner)", value, depth: depth + 1)
        }
        return attribute
    }

    /// Members that go with other kinds, or only with answers.
    private func checkMembers(_ name: String, _ kind: NGSIKind?, _ members: JSON.Members) throws {
        for other in NGSIKind.allCases where members[other.previousMember] != nil {
            throw NGSIError.bad("'\(name).\(other.previousMember)' is only told in notifications")
        }
        guard let kind else { return }
        for other in NGSIKind.allCases where other.member != kind.member && members[other.member] != nil {
            throw NGSIError.bad("'\(name)' is a \(kind.rawValue): it has no '\(other.member)'")
        }
        if members["unitCode"] != nil, kind != .property, kind != .list {
            throw NGSIError.bad("'\(name)' is a \(kind.rawValue): it has no unit")
        }
        guard kind != .geo, depthZero(name) else { return }
        if ["location", "observationSpace", "operationSpace"].contains(name) {
            throw NGSIError.bad("'\(name)' is a GeoProperty, not a \(kind.rawValue)")
        }
    }

    private func depthZero(_ name: String) -> Bool { !name.contains(".") }

    /// Whether null, or what stands for nothing, is inside of a value.
    private func hasNothing(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .string: purpose != .change && value.isNGSINull
        case .array(let elements): elements.contains { hasNothing($0) }
        case .object(let members): members.contains { hasNothing($0.value) }
        default: false
        }
    }

    /// Members of an attribute that aren't attributes themselves.
    private static let members: Set<String> = [
        "type", "@type", "observedAt", "unitCode", "datasetId", "createdAt", "modifiedAt", "deletedAt", "instanceId", "objectType",
        "valueType", "lang", "expiresAt",
    ]

    private func text(_ name: String, _ members: JSON.Members, _ member: String) throws -> String? {
        guard let value = members[member] else { return nil }
        guard let text = value.text else { throw NGSIError.bad("'\(name).\(member)' must be a string, not \(value.kind)") }
        return text
    }

    private func moment(_ name: String, _ members: JSON.Members, _ member: String) throws -> String? {
        guard let text = try text(name, members, member) else { return nil }
        if purpose == .change, text == JSON.ngsiNull { return text }
        guard text.hasSuffix("Z"), NGSITime.micros(text) != nil else {
            throw NGSIError.bad("'\(name).\(member)' must be a moment in UTC such as 2026-11-28T07:30:00Z, not '\(text.prefix(60))'")
        }
        return text
    }

    /// A value that its kind may have.
    private func checked(_ name: String, _ kind: NGSIKind, _ value: JSON) throws -> JSON {
        if case .null = value { throw NGSIError.bad("'\(name)' is null: say \"\(JSON.ngsiNull)\" to take it away") }
        if value.isNGSINull, purpose == .change { return value }
        switch kind {
        case .property:
            if hasNothing(value) {
                throw NGSIError.bad("'\(name)' has null or \(JSON.ngsiNull) in its value: a JsonProperty may have null")
            }
        case .json:
            guard value.members != nil || value.elements != nil else {
                throw NGSIError.bad("the json of '\(name)' must be an object or an array")
            }
        case .geo:
            var geometry = value
            if let text = value.text, let json = try? JSON(parsing: Array(text.utf8), maximumDepth: 12) { geometry = json }
            if geometry["type"]?.text == "GeometryCollection" { throw NGSIError.bad("'\(name)' can't be a GeometryCollection") }
            _ = try NGSIGeometry(geoJSON: geometry, name: name)
            return geometry
        case .relationship: try checkObjects(name, value)
        case .language: try checkMap(name, value)
        case .vocab:
            guard let names = value.texts else { throw NGSIError.bad("the vocab of '\(name)' must be a string, or an array of strings") }
            return value.text != nil ? .string(context.expand(names[0])) : .array(names.map { .string(context.expand($0)) })
        case .list:
            guard value.elements != nil else { throw NGSIError.bad("the valueList of '\(name)' must be an array") }
        case .listRelationship:
            guard let elements = value.elements else { throw NGSIError.bad("the objectList of '\(name)' must be an array") }
            for element in elements { try checkObjects(name, element["object"] ?? element) }
            return .array(elements.map { $0.text == nil ? $0 : ["object": $0] })
        }
        return value
    }

    private func checkObjects(_ name: String, _ value: JSON) throws {
        guard let objects = value.texts, !objects.isEmpty, objects.allSatisfy({ $0.isURI && (purpose == .change || $0 != JSON.ngsiNull) })
        else {
            throw NGSIError.bad("the object of '\(name)' must be a URI, or an array of URIs")
        }
    }

    private func checkMap(_ name: String, _ value: JSON) throws {
        guard let map = value.members else { throw NGSIError.bad("the languageMap of '\(name)' must be an object") }
        for (language, text) in map {
            guard text.texts != nil, !language.isEmpty, purpose == .change || !text.isNGSINull else {
                throw NGSIError.bad("the languageMap of '\(name)' must have strings, or arrays of strings, by language")
            }
        }
    }
}
