import LaresJSON

/// The form that the database keeps: short names of members, expanded names of everything else.
extension NGSIEntity {
    var kept: JSON {
        var members: JSON.Members = ["id": .string(id), "t": .array(types.map { .string($0) })]
        members["s"] = scopes.map { .array($0.map { .string($0) }) }
        members["c"] = .int(createdAt)
        members["m"] = .int(modifiedAt)
        members["x"] = deletedAt.map { .int($0) }
        members["e"] = expiresAt.map { .string($0) }
        members["a"] = attributes.kept
        return .object(members)
    }

    /// Nil for what this Lares can't read.
    init?(kept json: JSON) {
        guard let id = json["id"]?.text, let types = json["t"]?.texts, let attributes = json["a"].flatMap({ NGSIAttributes(kept: $0) })
        else {
            return nil
        }
        self.init(id: id, types: types)
        scopes = json["s"]?.texts
        createdAt = json["c"]?.whole ?? 0
        modifiedAt = json["m"]?.whole ?? 0
        deletedAt = json["x"]?.whole
        expiresAt = json["e"]?.text
        self.attributes = attributes
    }

    init?(kept text: String) {
        guard let json = try? JSON(parsing: Array(text.utf8)) else { return nil }
        self.init(kept: json)
    }
}

extension NGSIAttributes {
    var kept: JSON {
        var members = JSON.Members()
        for group in groups { members.append(group.name, .array(group.instances.map(\.kept))) }
        return .object(members)
    }

    init?(kept json: JSON) {
        guard let members = json.members else { return nil }
        for (name, instances) in members {
            groups.append(Group(name: name, instances: (instances.elements ?? []).compactMap { NGSIAttribute(kept: $0) }))
        }
    }
}

extension NGSIAttribute {
    var kept: JSON {
        var members = JSON.Members()
        if let kind { members.append("k", .string(kind.rawValue)) }
        if let value { members.append("v", value) }
        if let datasetId { members.append("d", .string(datasetId)) }
        if let observedAt { members.append("o", .string(observedAt)) }
        if let unitCode { members.append("u", .string(unitCode)) }
        if let expiresAt { members.append("e", .string(expiresAt)) }
        if !objectType.isEmpty { members.append("ot", .array(objectType.map { .string($0) })) }
        if let valueType { members.append("vt", .string(valueType)) }
        members.append("c", .int(createdAt))
        members.append("m", .int(modifiedAt))
        if let deletedAt { members.append("x", .int(deletedAt)) }
        if let instanceId { members.append("i", .string(instanceId)) }
        if !attributes.isEmpty { members.append("a", attributes.kept) }
        return .object(members)
    }

    init?(kept json: JSON) {
        guard json.members != nil else { return nil }
        self.init(json["k"]?.text.flatMap { NGSIKind(rawValue: $0) }, json["v"])
        datasetId = json["d"]?.text
        observedAt = json["o"]?.text
        unitCode = json["u"]?.text
        expiresAt = json["e"]?.text
        objectType = json["ot"]?.texts ?? []
        valueType = json["vt"]?.text
        createdAt = json["c"]?.whole ?? 0
        modifiedAt = json["m"]?.whole ?? 0
        deletedAt = json["x"]?.whole
        instanceId = json["i"]?.text
        attributes = json["a"].flatMap { NGSIAttributes(kept: $0) } ?? NGSIAttributes()
    }

    init?(kept text: String) {
        guard let json = try? JSON(parsing: Array(text.utf8)) else { return nil }
        self.init(kept: json)
    }
}
