import GRDB
import LaresJSON

/// Instances of temporal entities as the database has them, as many as are meant and no more.
struct NGSITemporalRows {
    let database: Database
    let query: NGSITemporalQuery
    /// Instances that are meant, "@none" for default ones; nil: all.
    let datasets: Set<String>?

    /// The attributes of an entity: a step in the index for each, however many instances they have.
    func names(of entity: Int64) throws -> [String] {
        let next = try database.cachedStatement(sql: "SELECT min(attribute) FROM temporal_instances WHERE entity = ? AND attribute > ?")
        var names: [String] = []
        while let name = try String.fetchOne(next, arguments: [entity, names.last ?? ""]) { names.append(name) }
        return names
    }

    /// Whether some instance of an attribute is meant.
    func has(_ name: String, of entity: Int64) throws -> Bool {
        let (condition, arguments) = condition(entity, name)
        return try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM temporal_instances WHERE \(condition))", arguments: arguments) ?? false
    }

    /// Instances of an attribute in order of time: from the latest where only the last are meant.
    ///
    /// - Parameters:
    ///   - most: How many; fewer where only the last are meant.
    ///   - edge: The last moment in that order that is read; nil: up to the end.
    func instances(_ name: String, of entity: Int64, most: Int, upTo edge: Int? = nil) throws -> [NGSIAttribute] {
        var (condition, arguments) = condition(entity, name)
        if let edge {
            condition += query.isBackwards ? " AND \(moment) >= ?" : " AND \(moment) <= ?"
            arguments += [edge]
        }
        arguments += [min(query.lastN ?? most, most)]
        let order = query.isBackwards ? "DESC" : "ASC"
        let sql = "SELECT document FROM temporal_instances WHERE \(condition) ORDER BY \(moment) \(order), number \(order) LIMIT ?"
        return try String.fetchAll(database, sql: sql, arguments: arguments).compactMap { NGSIAttribute(kept: $0) }
    }

    /// Where the moment of an instance stands that counts.
    private var moment: String {
        switch query.property {
        case .observedAt: "observed"
        case .createdAt: "created"
        case .modifiedAt: "modified"
        case .deletedAt: "json_extract(document, '$.x')"
        }
    }

    private func condition(_ entity: Int64, _ name: String) -> (String, StatementArguments) {
        var parts = ["entity = ? AND attribute = ? AND \(moment) IS NOT NULL"]
        var arguments: StatementArguments = [entity, name]
        let isAfter = query.relation == .after || query.relation == .between
        if isAfter, let first = query.timeAt {
            parts.append("\(moment) >= ?")
            arguments += [first]
        }
        if let end = query.relation == .before ? query.timeAt : query.relation == .between ? query.endTimeAt : nil {
            parts.append("\(moment) < ?")
            arguments += [end]
        }
        if let datasets {
            parts.append("coalesce(dataset, '@none') IN (SELECT value FROM json_each(?))")
            arguments += [JSON.array(datasets.map { .string($0) }).serialized]
        }
        return (parts.joined(separator: " AND "), arguments)
    }
}

/// Whether entities are meant by what they were, looking at so many instances in all.
struct NGSITemporalMatching {
    let rows: NGSITemporalRows
    let selection: NGSIEntitySelection
    private let kinds: NGSIEntitySelection
    private var left = 1_000_000

    init(_ rows: NGSITemporalRows, _ selection: NGSIEntitySelection) {
        var kinds = selection
        (kinds.query, kinds.place, kinds.attributes, kinds.datasets) = (nil, nil, [], nil)
        (self.rows, self.selection, self.kinds) = (rows, selection, kinds)
    }

    /// - Throws: ``NGSIError`` with `tooManyResults`: then it isn't known.
    mutating func matches(_ entity: NGSIEntity, _ number: Int64) throws -> Bool {
        guard kinds.matches(entity) else { return false }
        let names = try rows.names(of: number)
        guard selection.query != nil || selection.place != nil else {
            // What an entity had at all is answered by the index.
            let hasScope = selection.attributes.contains(NGSIWriter.scope) && entity.scopes?.isEmpty == false
            let wanted = selection.attributes.isEmpty || hasScope ? names : names.filter(selection.attributes.contains)
            return try wanted.contains { try rows.has($0, of: number) }
        }
        var whole = entity
        for name in names {
            let instances = try rows.instances(name, of: number, most: left + 1)
            left -= instances.count
            guard left >= 0 else {
                throw NGSIError(.tooManyResults, "the query looks at more than a million instances: ask for a shorter time, or for types")
            }
            if !instances.isEmpty { whole.attributes.groups.append(.init(name: name, instances: instances)) }
        }
        return !whole.attributes.isEmpty && selection.matches(whole)
    }
}
