import GRDB
import LaresJSON

// Changing and deleting.
extension STAWriter {
    /// Changes what is given of an entity (PATCH), or all of it (PUT).
    mutating func change(_ kind: STAKind, _ id: Int64, _ json: JSON, isWhole: Bool) throws {
        try requireOurs(kind, id)
        let body = try STABody(kind, json, at: "")
        let links = try changedLinks(kind, body)
        let names = isWhole ? kind.properties.filter { !$0.isComputed }.map(\.name) : body.given
        var values = try body.values(isWhole ? .all : .given)
        if isWhole { values = Self.without(computed: kind, values) }
        if !isWhole { for name in names where body.json(name) == .null { try requireOptional(kind, name) } }
        let columns = kind.properties.filter { names.contains($0.name) }.flatMap(\.columns)
        if !columns.isEmpty {
            let sql = "UPDATE \"\(kind.single)\" SET " + columns.map { "\"\($0)\" = ?" }.joined(separator: ", ") + " WHERE id = ?"
            try database.execute(sql: sql, arguments: StatementArguments(values + [id.databaseValue]))
        }
        for (relation, ids) in links { try link(kind, id, relation, ids) }
        note(kind, id, isNew: false, names + links.map(\.0.name))
        guard kind == .observation else { return }
        try database.execute(sql: "INSERT OR IGNORE INTO \"Untold\" VALUES (?)", arguments: [id])
        for stream in try streams(of: id) { try measure(stream.table, stream.id) }
    }

    private static func without(computed kind: STAKind, _ values: [DatabaseValue]) -> [DatabaseValue] {
        var at = 0
        return kind.properties.flatMap { property -> [DatabaseValue] in
            defer { at += property.columns.count }
            return property.isComputed ? [] : Array(values[at..<(at + property.columns.count)])
        }
    }

    private func requireOptional(_ kind: STAKind, _ name: String) throws {
        guard kind.property(name)?.isRequired != true || kind.property(name)?.form == .result else {
            throw SensorThingsError.bad("'\(name)' can't be null: \(kind.set) need it")
        }
    }

    /// Links in a change name entities that are there; what stands there whole is refused (OGC 18-088, §10.3.1).
    private func changedLinks(_ kind: STAKind, _ body: STABody) throws -> [(STARelation, [Int64])] {
        try kind.relations.compactMap { relation in
            guard let json = body.links[relation.name] else { return nil }
            let all = relation.isMany ? try STABody.list(json, at: relation.name) : [json]
            let ids = try all.map { json in
                guard let id = try STABody.reference(json, at: relation.name) else {
                    throw SensorThingsError.bad(
                        "'\(relation.name)' may only name entities that are there, by {\"@iot.id\": …}, in a change")
                }
                return try linkable(relation.target, id, at: relation.name)
            }
            return (relation, ids)
        }
    }

    private mutating func link(_ kind: STAKind, _ id: Int64, _ relation: STARelation, _ ids: [Int64]) throws {
        switch relation.form {
        case .one(let column, _): if let other = ids.first { try relink(kind, id, column, other) }
        case .many(let column): for other in ids { try relink(relation.target, other, column, id) }
        case .pairs: try pair(kind, id, relation, ids)
        }
    }

    /// - Throws: ``SensorThingsError``: 404 when there is none, 403 when it belongs to the home.
    func requireOurs(_ kind: STAKind, _ id: Int64) throws {
        let sql = "SELECT \(kind.isMirrored ? "address IS NOT NULL" : "0") FROM \"\(kind.single)\" WHERE id = ?"
        guard let isHome = try Bool.fetchOne(try database.cachedStatement(sql: sql), arguments: [id]) else {
            if kind == .observation, id >> STAHomeReadings.timeBits > 0 { throw SensorThingsError.ofTheHome(kind, id) }
            throw SensorThingsError.missing("there is no \(kind.set)(\(id))")
        }
        guard !isHome else { throw SensorThingsError.ofTheHome(kind, id) }
    }

    /// Deletes an entity and what can't be without it (OGC 18-088, table 25).
    mutating func delete(_ kind: STAKind, _ id: Int64) throws {
        try requireOurs(kind, id)
        if [.thing, .sensor, .observedProperty].contains(kind) {
            guard
                try Int.fetchOne(
                    database, sql: "SELECT 1 FROM \"Datastream\" WHERE \"\(kind.single)\" = ? AND address IS NOT NULL", arguments: [id])
                    == nil
            else { throw SensorThingsError.ofTheHome(kind, id) }
            removedStreams += try Int64.fetchAll(
                database, sql: "SELECT id FROM \"Datastream\" WHERE \"\(kind.single)\" = ?", arguments: [id])
        }
        if kind == .datastream { removedStreams.append(id) }
        if kind == .location {
            try database.execute(
                sql: """
                    DELETE FROM "HistoricalLocation" WHERE id IN
                    (SELECT "HistoricalLocation" FROM "HistoricalLocationLocation" WHERE "Location" = ?)
                    """, arguments: [id])
        }
        if kind == .observedProperty {
            try database.execute(
                sql: """
                    DELETE FROM "MultiDatastream" WHERE id IN
                    (SELECT "MultiDatastream" FROM "MultiDatastreamObservedProperty" WHERE "ObservedProperty" = ?)
                    """, arguments: [id])
        }
        let streams = kind == .observation ? try streams(of: id).filter(\.isAtEnd) : []
        try database.execute(sql: "DELETE FROM \"\(kind.single)\" WHERE id = ?", arguments: [id])
        for stream in streams { try measure(stream.table, stream.id) }
    }

    /// The stream of an observation, and whether the observation lies at an end of its time.
    private func streams(of observation: Int64) throws -> [(table: String, id: Int64, isAtEnd: Bool)] {
        try ["Datastream", "MultiDatastream"].compactMap { table in
            let sql = """
                SELECT s.id, o."phenomenonTime_start" <= s."phenomenonTime_start" OR o."phenomenonTime_end" >= s."phenomenonTime_end"
                OR coalesce(o."resultTime" <= s."resultTime_start" OR o."resultTime" >= s."resultTime_end", 0)
                FROM "Observation" o JOIN "\(table)" s ON s.id = o."\(table)" WHERE o.id = ?
                """
            guard let row = try Row.fetchOne(database, sql: sql, arguments: [observation]) else { return nil }
            return (table, row[0], row[1])
        }
    }

    /// Looks again over which time a stream has observations.
    private func measure(_ table: String, _ stream: Int64) throws {
        try database.execute(
            sql: """
                UPDATE "\(table)" SET
                ("phenomenonTime_start", "phenomenonTime_end", "resultTime_start", "resultTime_end") =
                (SELECT min("phenomenonTime_start"), max("phenomenonTime_end"), min("resultTime"), max("resultTime")
                FROM "Observation" WHERE "\(table)" = ?1) WHERE id = ?1
                """, arguments: [stream])
    }
}
