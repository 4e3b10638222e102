import LaresJSON

/// Attributes.
extension NGSIWriter {
    /// One instance in the form that was asked for.
    func json(of instance: NGSIAttribute, named name: String) -> JSON {
        if form == .simplified { return simplified(instance, name) }
        let shown = translated(instance)
        var members = JSON.Members()
        if form == .normalised, let kind = shown.attribute.kind { members.append("type", .string(kind.rawValue)) }
        if let kind = shown.attribute.kind, let value = shown.attribute.value { members.append(kind.member, written(value, kind)) }
        if let language = shown.language { members.append("lang", .string(language)) }
        if let inner = inner(instance, name) { members.append("entity", inner) }
        describe(instance, into: &members)
        for change in previous where change.name == name && change.instance.datasetId == instance.datasetId {
            guard let old = change.previous, let kind = old.kind, let value = old.value else { continue }
            members.append(kind.previousMember, written(value, kind))
        }
        for group in instance.attributes.groups {
            var writer = self
            (writer.pick, writer.omit, writer.attributes, writer.datasets, writer.previous) = (nil, nil, nil, nil, [])
            let values = group.instances.map { writer.json(of: $0, named: group.name) }
            members.append(context.compact(group.name), values.count == 1 ? values[0] : .array(values))
        }
        return form == .concise ? concise(members, shown.attribute) : .object(members)
    }

    /// What an instance says beside its value.
    func describe(_ instance: NGSIAttribute, into members: inout JSON.Members) {
        if !instance.objectType.isEmpty { members.append("objectType", .oneOrMore(instance.objectType.map(context.compact))) }
        if let type = instance.valueType { members.append("valueType", .string(context.compact(type))) }
        if let unit = instance.unitCode { members.append("unitCode", .string(unit)) }
        if let moment = instance.observedAt { members.append("observedAt", .string(moment)) }
        if let moment = instance.expiresAt { members.append("expiresAt", .string(moment)) }
        if let dataset = instance.datasetId { members.append("datasetId", .string(dataset)) }
        if let id = instance.instanceId { members.append("instanceId", .string(id)) }
        if hasSystemAttributes {
            members.append("createdAt", .string(NGSITime.text(instance.createdAt)))
            members.append("modifiedAt", .string(NGSITime.text(instance.modifiedAt)))
        }
        if let deleted = instance.deletedAt { members.append("deletedAt", .string(NGSITime.text(deleted))) }
    }

    /// A property or geometry alone stands for itself, unless it reads as something else then.
    private func concise(_ members: JSON.Members, _ instance: NGSIAttribute) -> JSON {
        guard members.count == 1, let value = members["value"] else { return .object(members) }
        switch (instance.kind, value) {
        case (.geo, _): return value
        case (.property, .object): return .object(members)
        case (.property, .array(let elements)) where elements.contains(where: { $0.members != nil }): return .object(members)
        case (.property, _): return value
        default: return .object(members)
        }
    }

    private func simplified(_ instance: NGSIAttribute, _ name: String) -> JSON {
        let shown = translated(instance).attribute
        guard let kind = shown.kind, let value = shown.value else { return .null }
        switch kind {
        case .property, .geo: return value
        case .relationship: return inner(instance, name) ?? value
        case .language: return ["languageMap": value]
        case .json: return ["json": value]
        case .vocab: return ["vocab": written(value, kind)]
        case .list: return value
        case .listRelationship: return .array((value.elements ?? []).map { $0["object"] ?? $0 })
        }
    }

    /// A value as it is written: words of vocabularies are compacted.
    func written(_ value: JSON, _ kind: NGSIKind) -> JSON {
        guard kind == .vocab else { return value }
        switch value {
        case .string(let iri): return .string(context.compact(iri))
        case .array(let elements): return .array(elements.map { $0.text.map { .string(context.compact($0)) } ?? $0 })
        default: return value
        }
    }

    /// A map of languages reduced to the one wanted.
    private func translated(_ instance: NGSIAttribute) -> (attribute: NGSIAttribute, language: String?) {
        guard let languages, instance.kind == .language, let map = instance.value?.members, let hit = languages.choose(map) else {
            return (instance, nil)
        }
        var changed = instance
        (changed.kind, changed.value) = (.property, hit.text)
        return (changed, hit.language == "@none" ? nil : hit.language)
    }

    /// The entity, or entities, that a relationship leads to.
    private func inner(_ instance: NGSIAttribute, _ name: String) -> JSON? {
        guard joinLevel > 0, instance.kind == .relationship, let objects = instance.value?.texts else { return nil }
        var writer = self
        writer.joinLevel -= 1
        writer.attributes = nil
        let inside = { (projection: NGSIProjection?) in projection?.members[name].flatMap { $0.isEmpty ? nil : $0 } }
        (writer.pick, writer.omit) = (inside(pick), inside(omit))
        let entities = objects.compactMap { linked[$0] }.filter { _ in takesRoom() }.map { JSON.object(writer.members($0)) }
        if entities.isEmpty { return nil }
        return instance.value?.text != nil ? entities[0] : .array(entities)
    }
}
