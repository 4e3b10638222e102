import LaresJSON

/// The ways in which entities change; each says what changed.
extension NGSIEntity {
    /// Marks everything as made now.
    mutating func stamp(_ now: Int) {
        (createdAt, modifiedAt) = (now, now)
        for at in attributes.groups.indices {
            for instance in attributes.groups[at].instances.indices { attributes.groups[at].instances[instance].stamp(created: now, now) }
        }
    }

    /// Puts instances in place of those of the same name and dataset, or beside the others (clause 5.6.3).
    mutating func append(_ fragment: NGSIEntity, overwrites: Bool, at now: Int) -> (NGSIUpdateResult, [NGSIChange]) {
        var (result, changes) = (NGSIUpdateResult(), [NGSIChange]())
        for group in fragment.attributes.groups {
            var isTaken = true
            for instance in group.instances {
                if instance.isDeletion {
                    changes += remove(group.name, datasetId: instance.datasetId, at: now)
                } else if !overwrites, self.instance(group.name, instance.datasetId) != nil {
                    isTaken = false
                } else {
                    changes.append(put(instance, group.name, at: now))
                }
            }
            if isTaken {
                result.updated.append(group.name)
            } else {
                result.notUpdated.append((group.name, "the attribute is there already, and isn't to be overwritten"))
            }
        }
        add(types: fragment.types)
        if let scopes = fragment.scopes {
            self.scopes = overwrites ? scopes : (self.scopes ?? []) + scopes.filter { self.scopes?.contains($0) != true }
            result.updated.append(NGSIWriter.scope)
        }
        touch(changes, fragment, now)
        return (result, changes)
    }

    /// Puts instances in place of those there are, or beside them; a scope only in the place of one (clause 5.6.2).
    mutating func update(_ fragment: NGSIEntity, at now: Int) -> (NGSIUpdateResult, [NGSIChange]) {
        var (result, changes) = (NGSIUpdateResult(), [NGSIChange]())
        for group in fragment.attributes.groups {
            for instance in group.instances {
                if instance.isDeletion {
                    changes += remove(group.name, datasetId: instance.datasetId, at: now)
                } else {
                    changes.append(put(instance, group.name, at: now))
                }
            }
            result.updated.append(group.name)
        }
        add(types: fragment.types)
        if let scopes = fragment.scopes {
            if self.scopes == nil {
                result.notUpdated.append((NGSIWriter.scope, "the entity has no scope"))
            } else {
                self.scopes = scopes
                result.updated.append(NGSIWriter.scope)
            }
        }
        touch(changes, fragment, now)
        return (result, changes)
    }

    /// Changes what a fragment says and leaves the rest (RFC 7396, clause 5.6.17).
    mutating func merge(_ fragment: NGSIEntity, at now: Int, observedAt: String? = nil, language: String? = nil) throws -> [NGSIChange] {
        var changes: [NGSIChange] = []
        for group in fragment.attributes.groups {
            for instance in group.instances {
                guard !instance.isDeletion else {
                    changes += remove(group.name, datasetId: instance.datasetId, at: now)
                    continue
                }
                let old = self.instance(group.name, instance.datasetId)
                var new = try old.map { try $0.merged(instance, group.name, language) } ?? instance.withoutNulls
                if instance.observedAt == nil, let observedAt, old?.observedAt != nil || old == nil { new.observedAt = observedAt }
                guard new.kind != nil, new.value != nil else {
                    throw NGSIError.bad("'\(group.name)' isn't there yet, and the change has no value for it")
                }
                changes.append(put(new, group.name, at: now))
            }
        }
        add(types: fragment.types)
        if let scopes = fragment.scopes { self.scopes = scopes.isEmpty ? nil : scopes }
        if let expiry = fragment.expiresAt { expiresAt = expiry }
        touch(changes, fragment, now)
        return changes
    }

    /// Takes an attribute away: one dataset of it, or all.
    mutating func remove(_ name: String, datasetId: String?, all: Bool = false, at now: Int) -> [NGSIChange] {
        guard let instances = attributes[name] else { return [] }
        let gone = all ? instances : instances.filter { $0.datasetId == datasetId }
        attributes[name] = instances.filter { instance in !gone.contains { $0.datasetId == instance.datasetId } }
        if !gone.isEmpty { modifiedAt = now }
        return gone.map { NGSIChange(kind: .deleted, name: name, instance: $0, previous: $0) }
    }

    /// One instance of an attribute.
    func instance(_ name: String, _ datasetId: String?) -> NGSIAttribute? { attributes[name]?.first { $0.datasetId == datasetId } }

    mutating func put(_ instance: NGSIAttribute, _ name: String, at now: Int) -> NGSIChange {
        var instances = attributes[name] ?? []
        let at = instances.firstIndex { $0.datasetId == instance.datasetId }
        let old = at.map { instances[$0] }
        var new = instance.withoutNulls
        new.isKindGuessed = false
        new.stamp(created: old?.createdAt ?? now, now)
        if let at { instances[at] = new } else { instances.append(new) }
        attributes[name] = instances
        return NGSIChange(kind: old == nil ? .created : .updated, name: name, instance: new, previous: old)
    }

    private mutating func add(types: [String]) { self.types += types.filter { !self.types.contains($0) } }

    private mutating func touch(_ changes: [NGSIChange], _ fragment: NGSIEntity, _ now: Int) {
        if !changes.isEmpty || fragment.scopes != nil || !fragment.types.isEmpty { modifiedAt = now }
    }
}

extension NGSIAttribute {
    mutating func stamp(created: Int, _ now: Int) {
        (createdAt, modifiedAt) = (created, now)
        for at in attributes.groups.indices {
            for instance in attributes.groups[at].instances.indices {
                attributes.groups[at].instances[instance].stamp(created: created, now)
            }
        }
    }

    /// Without what a change took away before it was there.
    var withoutNulls: NGSIAttribute {
        var copy = self
        if copy.unitCode == JSON.ngsiNull { copy.unitCode = nil }
        if copy.observedAt == JSON.ngsiNull { copy.observedAt = nil }
        if copy.expiresAt == JSON.ngsiNull { copy.expiresAt = nil }
        for group in attributes.groups { copy.attributes[group.name] = group.instances.filter { !$0.isDeletion }.map(\.withoutNulls) }
        if let value, kind == .language || kind == .property || kind == .json { copy.value = value.withoutNGSINulls }
        return copy
    }

    /// The instance with what a change says of it: members that it says, the rest as it was (clause 5.6.4).
    ///
    /// - Throws: ``NGSIError`` when the change makes it another kind.
    func changed(_ change: NGSIAttribute, _ name: String, keepsAttributes: Bool = true) throws -> NGSIAttribute {
        var new = self
        if let kind = change.kind, kind != self.kind, !(change.isKindGuessed && change.value.map(fits) == true) {
            throw NGSIError.bad("'\(name)' is a \(self.kind?.rawValue ?? "property"): it doesn't become a \(kind.rawValue)")
        }
        if let value = change.value { new.value = value }
        if let moment = change.observedAt { new.observedAt = moment == JSON.ngsiNull ? nil : moment }
        if let moment = change.expiresAt { new.expiresAt = moment == JSON.ngsiNull ? nil : moment }
        if let unit = change.unitCode { new.unitCode = unit == JSON.ngsiNull ? nil : unit }
        if !change.objectType.isEmpty { new.objectType = change.objectType }
        if let type = change.valueType { new.valueType = type }
        for group in change.attributes.groups {
            new.attributes[group.name] = group.instances.filter { !$0.isDeletion }
        }
        return new
    }

    /// Whether a value given without a type may be one of this kind.
    private func fits(_ value: JSON) -> Bool {
        switch kind {
        case .relationship: value.texts?.allSatisfy(\.isURI) == true
        case .language: value.members != nil || value.text != nil
        case .list, .listRelationship: value.elements != nil
        case .vocab: value.texts != nil
        case .json, .property: true
        case .geo, nil: false
        }
    }

    /// As ``changed(_:_:keepsAttributes:)``, but values and attributes are merged, too (clause 5.6.17).
    func merged(_ change: NGSIAttribute, _ name: String, _ language: String?) throws -> NGSIAttribute {
        var new = try changed(change, name)
        if let value = change.value, let old = self.value {
            switch (kind, value) {
            case (.language, .string), (.language, .array): new.value = JSON.object([language ?? "@none": value]).merged(into: old)
            case (.language, _), (.property, .object), (.json, .object): new.value = value.merged(into: old)
            default: break
            }
        }
        new.attributes = attributes
        for group in change.attributes.groups {
            for instance in group.instances {
                var instances = new.attributes[group.name] ?? []
                let at = instances.firstIndex { $0.datasetId == instance.datasetId }
                if instance.isDeletion {
                    if let at { instances.remove(at: at) }
                } else if let at {
                    instances[at] = try instances[at].merged(instance, group.name, language)
                } else {
                    instances.append(instance.withoutNulls)
                }
                new.attributes[group.name] = instances
            }
        }
        return new
    }
}

extension JSON {
    /// Members of this put over those of another, deep; what says nothing is taken away.
    func merged(into old: JSON) -> JSON {
        guard case .object(let mine) = self, case .object(let theirs) = old else { return withoutNGSINulls }
        var result = JSON.Members()
        for (key, value) in theirs {
            guard let change = mine[key] else {
                result.append(key, value)
                continue
            }
            if !change.isNGSINull { result.append(key, change.merged(into: value)) }
        }
        for (key, value) in mine where theirs[key] == nil && !value.isNGSINull { result.append(key, value.withoutNGSINulls) }
        return .object(result)
    }

    var withoutNGSINulls: JSON {
        guard case .object(let members) = self else { return self }
        var kept = JSON.Members()
        for (key, value) in members where !value.isNGSINull { kept.append(key, value.withoutNGSINulls) }
        return .object(kept)
    }
}
