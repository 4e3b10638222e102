import GRDB
import LaresJSON

// Where things are and were (OGC 18-088, §8.2.2 and §8.2.3).
extension STAWriter {
    /// Links an entity to others by a table of pairs.
    mutating func pair(_ kind: STAKind, _ id: Int64, _ relation: STARelation, _ ids: [Int64]) throws {
        switch (kind, relation.name) {
        case (.thing, "Locations"): try move(id, to: ids)
        case (.location, "Things"): for thing in ids { try move(thing, to: [id]) }
        case (.historicalLocation, _): try remember(id, ids)
        default:
            guard case .pairs(let table, let own, let theirs) = relation.form else { return }
            let hasPlace = table == "MultiDatastreamObservedProperty"
            if kind == .multiDatastream { try database.execute(sql: "DELETE FROM \"\(table)\" WHERE \"\(own)\" = ?", arguments: [id]) }
            guard kind == .multiDatastream || !hasPlace else {
                throw SensorThingsError.bad("which properties a MultiDatastream observes is said where it is made, in their order")
            }
            for (place, other) in ids.enumerated() {
                let columns = hasPlace ? "\"\(own)\", \"\(theirs)\", place" : "\"\(own)\", \"\(theirs)\""
                let arguments: StatementArguments = hasPlace ? [id, other, place] : [id, other]
                let sql = "INSERT OR IGNORE INTO \"\(table)\" (\(columns)) VALUES (\(hasPlace ? "?, ?, ?" : "?, ?"))"
                try database.execute(sql: sql, arguments: arguments)
            }
        }
    }

    /// A thing is somewhere else: where it was stays in its history.
    mutating func move(_ thing: Int64, to locations: [Int64]) throws {
        try place(thing, locations)
        guard !locations.isEmpty else { return }
        try database.execute(sql: "INSERT INTO \"HistoricalLocation\" (time, \"Thing\") VALUES (?, ?)", arguments: [now, thing])
        let history = database.lastInsertedRowID
        note(.historicalLocation, history, isNew: true)
        for location in locations {
            try database.execute(sql: "INSERT OR IGNORE INTO \"HistoricalLocationLocation\" VALUES (?, ?)", arguments: [history, location])
        }
    }

    private func place(_ thing: Int64, _ locations: [Int64]) throws {
        try database.execute(sql: "DELETE FROM \"ThingLocation\" WHERE \"Thing\" = ?", arguments: [thing])
        for location in locations {
            try database.execute(sql: "INSERT OR IGNORE INTO \"ThingLocation\" VALUES (?, ?)", arguments: [thing, location])
        }
    }

    /// Where a thing was at some time; the latest is where it is.
    private func remember(_ history: Int64, _ locations: [Int64]) throws {
        try database.execute(sql: "DELETE FROM \"HistoricalLocationLocation\" WHERE \"HistoricalLocation\" = ?", arguments: [history])
        for location in locations {
            try database.execute(sql: "INSERT OR IGNORE INTO \"HistoricalLocationLocation\" VALUES (?, ?)", arguments: [history, location])
        }
        let latest = try Row.fetchOne(
            database,
            sql: """
                SELECT id, "Thing" FROM "HistoricalLocation" WHERE "Thing" = (SELECT "Thing" FROM "HistoricalLocation" WHERE id = ?)
                ORDER BY time DESC, id DESC LIMIT 1
                """, arguments: [history])
        if let latest, latest[0] == history { try place(latest[1], locations) }
    }

    /// What an observation is of when it doesn't say: the place of its thing, made once for each location.
    func generatedFeature(_ links: [String: Int64], _ body: STABody) throws -> Int64 {
        let table = links["Datastream"] == nil ? "MultiDatastream" : "Datastream"
        let row = try Row.fetchOne(
            try database.cachedStatement(
                sql: """
                    SELECT l.id, l.generated FROM "\(table)" s JOIN "ThingLocation" t ON t."Thing" = s."Thing" JOIN "Location" l
                    ON l.id = t."Location" WHERE s.id = ? ORDER BY l."encodingType" LIKE '%geo%json' DESC, l.id LIMIT 1
                    """), arguments: [links[table]])
        guard let row else {
            throw SensorThingsError.bad(
                "'\(body.name("FeatureOfInterest"))' is missing, and the Thing has no Location that it could be made of: give one of them")
        }
        if let known = row[1] as Int64? { return known }
        let location: Int64 = row[0]
        try database.execute(
            sql: """
                INSERT INTO "FeatureOfInterest" (name, description, "encodingType", feature)
                SELECT name, description, "encodingType", location FROM "Location" WHERE id = ?
                """, arguments: [location])
        let feature = database.lastInsertedRowID
        try database.execute(sql: "UPDATE \"Location\" SET generated = ? WHERE id = ?", arguments: [feature, location])
        return feature
    }
}
