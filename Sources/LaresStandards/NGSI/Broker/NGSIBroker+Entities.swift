import GRDB
import LaresJSON

/// Providing entities (clause 5.6).
extension NGSIBroker {
    /// Makes an entity.
    ///
    /// - Throws: ``NGSIError`` with `alreadyExists`; an error of the database.
    public func create(_ entity: NGSIEntity, tenant: String) throws { try write(tenant, makesTenant: true) { try create(entity, &$0) } }

    func create(_ entity: NGSIEntity, _ transaction: inout NGSITransaction) throws {
        guard try transaction.find(entity.id) == nil else {
            throw NGSIError(.alreadyExists, "the entity '\(entity.id)' is there already: change it, or choose another id")
        }
        if let expiry = entity.expiresAt, (NGSITime.micros(expiry) ?? 0) <= transaction.now {
            throw NGSIError.bad("expiresAt lies in the past")
        }
        for group in entity.attributes.groups where group.instances.contains(where: { $0.isOver(transaction.now) }) {
            throw NGSIError.bad("the expiresAt of '\(group.name)' lies in the past")
        }
        var new = entity
        new.stamp(transaction.now)
        try transaction.insert(new)
    }

    /// Puts an entity in the place of the one there is.
    ///
    /// - Throws: ``NGSIError`` with `resourceNotFound`; an error of the database.
    public func replace(_ entity: NGSIEntity, types: NGSITypeSelection? = nil, tenant: String) throws {
        try write(tenant) { try replace(entity, types, &$0) }
    }

    func replace(_ entity: NGSIEntity, _ types: NGSITypeSelection? = nil, _ transaction: inout NGSITransaction) throws {
        let (number, old) = try require(entity.id, types, transaction)
        var new = entity
        if new.types.isEmpty { new.types = old.types }
        guard old.types.allSatisfy(new.types.contains) else {
            throw NGSIError.bad("an entity keeps its types: '\(entity.id)' would lose one")
        }
        new.stamp(transaction.now)
        new.createdAt = old.createdAt
        var changes: [NGSIChange] = []
        for group in new.attributes.groups {
            for instance in group.instances {
                let before = old.instance(group.name, instance.datasetId)
                changes.append(
                    NGSIChange(kind: before == nil ? .created : .updated, name: group.name, instance: instance, previous: before))
            }
        }
        for group in old.attributes.groups {
            for instance in group.instances where new.instance(group.name, instance.datasetId) == nil {
                changes.append(NGSIChange(kind: .deleted, name: group.name, instance: instance, previous: instance))
            }
        }
        try transaction.update(new, number, from: old, changes)
    }

    /// Changes what a fragment says.
    ///
    /// - Throws: ``NGSIError``: `resourceNotFound`, `badRequestData`; an error of the database.
    public func merge(
        _ fragment: NGSIEntity, types: NGSITypeSelection? = nil, observedAt: String? = nil, language: String? = nil, tenant: String
    ) throws { try write(tenant) { try merge(fragment, types, observedAt, language, &$0) } }

    func merge(
        _ fragment: NGSIEntity, _ types: NGSITypeSelection? = nil, _ observedAt: String? = nil, _ language: String? = nil,
        _ transaction: inout NGSITransaction
    ) throws {
        let (number, old) = try require(fragment.id, types, transaction)
        var new = old
        let changes = try new.merge(fragment, at: transaction.now, observedAt: observedAt, language: language)
        try transaction.update(new, number, from: old, changes)
    }

    /// Adds attributes, and puts them in place of others unless told not to.
    public func append(_ fragment: NGSIEntity, overwrites: Bool, types: NGSITypeSelection? = nil, tenant: String) throws -> NGSIUpdateResult
    {
        try write(tenant) { try append(fragment, overwrites, types, &$0) }
    }

    func append(
        _ fragment: NGSIEntity, _ overwrites: Bool, _ types: NGSITypeSelection? = nil, _ transaction: inout NGSITransaction
    ) throws -> NGSIUpdateResult {
        let (number, old) = try require(fragment.id, types, transaction)
        var new = old
        let (result, changes) = new.append(fragment, overwrites: overwrites, at: transaction.now)
        if new != old { try transaction.update(new, number, from: old, changes) }
        return result
    }

    /// Puts attributes in place of those there are.
    public func update(_ fragment: NGSIEntity, types: NGSITypeSelection? = nil, tenant: String) throws -> NGSIUpdateResult {
        try write(tenant) { transaction in
            let (number, old) = try require(fragment.id, types, transaction)
            var new = old
            let (result, changes) = new.update(fragment, at: transaction.now)
            if new != old { try transaction.update(new, number, from: old, changes) }
            return result
        }
    }

    /// Takes an entity away.
    public func delete(_ id: String, types: NGSITypeSelection? = nil, tenant: String) throws {
        try write(tenant) { try delete(id, types, &$0) }
    }

    func delete(_ id: String, _ types: NGSITypeSelection? = nil, _ transaction: inout NGSITransaction) throws {
        let (number, old) = try require(id, types, transaction)
        try transaction.delete(old, number)
    }

    /// Takes away everything that is meant (clause 5.6.21): whole entities, or some or all but some of their attributes.
    public func purge(_ selection: NGSIEntitySelection, drop: NGSIProjection?, keep: NGSIProjection?, tenant: String) throws {
        try write(tenant) { transaction in
            let found = try NGSIStore.query(selection, tenant, limit: 100_000, offset: 0, counts: false, transaction.database).entities
            for entity in found {
                guard drop != nil || keep != nil else {
                    try delete(entity.id, nil, &transaction)
                    continue
                }
                let (number, old) = try transaction.require(entity.id)
                var (new, changes) = (old, [NGSIChange]())
                for name in old.attributes.names where drop.map({ $0.members[name] != nil }) ?? (keep?.members[name] == nil) {
                    changes += new.remove(name, datasetId: nil, all: true, at: transaction.now)
                }
                if drop.map({ $0.members["scope"] != nil }) ?? (keep?.members["scope"] == nil) { new.scopes = nil }
                if new != old { try transaction.update(new, number, from: old, changes) }
            }
        }
    }

    /// Changes what a fragment says of one instance of an attribute (clause 5.6.4).
    public func change(_ id: String, _ name: String, _ fragment: NGSIAttribute, types: NGSITypeSelection? = nil, tenant: String) throws {
        try write(tenant) { transaction in
            let (number, old) = try require(id, types, transaction)
            guard let instance = old.instance(name, fragment.datasetId) else { throw Self.unknown(name, of: id, fragment.datasetId) }
            var new = old
            let changes: [NGSIChange]
            if fragment.isDeletion {
                changes = new.remove(name, datasetId: fragment.datasetId, at: transaction.now)
            } else {
                changes = [new.put(try instance.changed(fragment, name), name, at: transaction.now)]
                new.modifiedAt = transaction.now
            }
            try transaction.update(new, number, from: old, changes)
        }
    }

    /// Puts an attribute in the place of the one there is (clause 5.6.19).
    public func replace(_ id: String, _ name: String, _ instances: [NGSIAttribute], types: NGSITypeSelection? = nil, tenant: String) throws
    {
        try write(tenant) { transaction in
            let (number, old) = try require(id, types, transaction)
            var (new, changes) = (old, [NGSIChange]())
            for instance in instances {
                guard old.instance(name, instance.datasetId) != nil else { throw Self.unknown(name, of: id, instance.datasetId) }
                changes.append(new.put(instance, name, at: transaction.now))
            }
            new.modifiedAt = transaction.now
            try transaction.update(new, number, from: old, changes)
        }
    }

    /// Takes an attribute away: one dataset of it, or all.
    public func delete(_ id: String, _ name: String, datasetId: String?, all: Bool, types: NGSITypeSelection? = nil, tenant: String) throws
    {
        try write(tenant) { transaction in
            if try transaction.find(id) == nil, try bury(id, name, datasetId, all: all, transaction) { return }
            let (number, old) = try require(id, types, transaction)
            var new = old
            if name == NGSIWriter.scope {
                guard old.scopes != nil else { throw NGSIError.missing("the entity '\(id)' has no scope") }
                (new.scopes, new.modifiedAt) = (nil, transaction.now)
                try transaction.update(new, number, from: old, [])
                return
            }
            let changes = new.remove(name, datasetId: datasetId, all: all, at: transaction.now)
            if changes.isEmpty { throw Self.unknown(name, of: id, datasetId) }
            try transaction.update(new, number, from: old, changes)
        }
    }

    static func unknown(_ name: String, of id: String, _ datasetId: String?) -> NGSIError {
        NGSIError.missing(
            "the entity '\(id)' has no attribute '\(name.prefix(200))'"
                + (datasetId.map { " with the datasetId '\($0)'" } ?? " without a datasetId"))
    }

    private func require(_ id: String, _ types: NGSITypeSelection?, _ transaction: NGSITransaction) throws -> (
        number: Int64, entity: NGSIEntity
    ) {
        let found = try transaction.require(id)
        guard types?.matches(found.entity.types) != false else { throw Self.unknown(id) }
        return found
    }
}
