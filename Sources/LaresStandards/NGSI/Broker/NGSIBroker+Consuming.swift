import GRDB

/// Asking for entities (clause 5.7).
extension NGSIBroker {
    /// One entity.
    ///
    /// - Throws: ``NGSIError`` with `resourceNotFound`; an error of the database.
    public func entity(_ id: String, tenant: String) throws -> NGSIEntity {
        let now = clock()
        guard let found = try store.pool.read({ try NGSIStore.find(id, tenant, $0) }), !found.entity.isOver(now) else {
            throw Self.unknown(id)
        }
        return found.entity.current(now)
    }

    /// Entities that are meant, and how many there are.
    public func query(
        _ selection: NGSIEntitySelection, limit: Int, offset: Int, counts: Bool, tenant: String
    ) throws -> (entities: [NGSIEntity], count: Int) {
        let now = clock()
        return try store.pool.read {
            try NGSIStore.query(selection, tenant, limit: limit, offset: offset, counts: counts, $0, at: now)
        }
    }

    /// The entities that relationships of others lead to, so many levels deep, by their ids; 1,000 at most.
    public func linked(from entities: [NGSIEntity], levels: Int, contained: Set<String> = [], tenant: String) throws -> [String: NGSIEntity]
    {
        try store.pool.read { database in
            var (found, front) = ([String: NGSIEntity](), entities)
            for _ in 0..<max(0, min(levels, 10)) {
                var next: [NGSIEntity] = []
                for id in front.flatMap(\.linkedIDs) where found[id] == nil && !contained.contains(id) {
                    guard found.count < 1_000, let entity = try NGSIStore.find(id, tenant, database)?.entity else { continue }
                    found[id] = entity
                    next.append(entity)
                }
                front = next
            }
            return found
        }
    }

    /// The types there are, with the names of the attributes that entities of each have (clause 5.7.5).
    public func types(tenant: String) throws -> [(type: String, attributes: [String])] {
        let rows = try store.pool.read {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT DISTINCT t.type AS type, a.attribute AS attribute FROM entity_types t LEFT JOIN entity_attributes a ON a.entity = t.entity
                    WHERE t.tenant = ? ORDER BY t.type, a.attribute
                    """, arguments: [tenant])
        }
        var types: [(type: String, attributes: [String])] = []
        for row in rows {
            let type: String = row["type"]
            if types.last?.type != type { types.append((type, [])) }
            if let name: String = row["attribute"] { types[types.count - 1].attributes.append(name) }
        }
        return types
    }

    /// The attributes there are, with the types of the entities that have them (clause 5.7.8).
    public func attributes(tenant: String) throws -> [(attribute: String, types: [String])] {
        let rows = try store.pool.read {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT DISTINCT a.attribute AS attribute, t.type AS type FROM entity_attributes a JOIN entity_types t ON a.entity = t.entity
                    WHERE a.tenant = ? ORDER BY a.attribute, t.type
                    """, arguments: [tenant])
        }
        var names: [(attribute: String, types: [String])] = []
        for row in rows {
            let name: String = row["attribute"]
            if names.last?.attribute != name { names.append((name, [])) }
            names[names.count - 1].types.append(row["type"])
        }
        return names
    }

    /// How many entities have a type, and of which kinds their attributes are; nil: none have it.
    public func type(_ type: String, tenant: String) throws -> (count: Int, attributes: [(name: String, kinds: [String])])? {
        try store.pool.read { database in
            let count = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM entity_types WHERE tenant = ? AND type = ?", arguments: [tenant, type])
            guard let count, count > 0 else { return nil }
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT a.attribute AS attribute, a.kind AS kind FROM entity_types t JOIN entity_attributes a ON a.entity = t.entity
                    WHERE t.tenant = ? AND t.type = ? ORDER BY 1, 2
                    """, arguments: [tenant, type])
            var names: [(name: String, kinds: [String])] = []
            for row in rows {
                let name: String = row["attribute"]
                if names.last?.name != name { names.append((name, [])) }
                names[names.count - 1].kinds.append(row["kind"])
            }
            return (count, names)
        }
    }

    /// How many entities have an attribute, of which kinds it is and of which types they are; nil: none have it.
    public func attribute(_ name: String, tenant: String) throws -> (count: Int, kinds: [String], types: [String])? {
        try store.pool.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT entity, kind FROM entity_attributes WHERE tenant = ? AND attribute = ?", arguments: [tenant, name])
            guard !rows.isEmpty else { return nil }
            let types = try String.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT t.type FROM entity_attributes a JOIN entity_types t ON t.entity = a.entity
                    WHERE a.tenant = ? AND a.attribute = ? ORDER BY 1
                    """, arguments: [tenant, name])
            return (Set(rows.map { $0["entity"] as Int64 }).count, Set(rows.map { $0["kind"] as String }).sorted(), types)
        }
    }
}

extension NGSIEntity {
    /// What its relationships lead to.
    var linkedIDs: [String] {
        attributes.groups.flatMap { $0.instances.filter { $0.kind == .relationship }.flatMap { $0.value?.texts ?? [] } }
    }
}
