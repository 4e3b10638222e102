import GRDB

/// Series as `telemetry.db` keeps them.
enum SeriesRows {
    static func load(_ database: Database) throws -> [SeriesBook.Entry] {
        try Row.fetchAll(database, sql: "SELECT * FROM series WHERE removed = 0").map(entry)
    }

    private static func entry(_ row: Row) throws -> SeriesBook.Entry {
        guard let kind = SeriesKind(rawValue: row["kind"]) else {
            throw TelemetryError(.unreadable, "series \(row["id"] as Int) has a kind that this Lares does not know: run the newer Lares")
        }
        let series = Series(
            id: SeriesID(row["id"]), key: SeriesKey(thing: row["thing"], property: row["property"]), kind: kind,
            retention: Retention(rawDays: row["raw_days"], fiveMinuteDays: row["five_minute_days"], hourDays: row["hour_days"]))
        return SeriesBook.Entry(
            series: series, kept: KeptFrom(raw: row["raw_from"], fiveMinutes: row["five_minutes_from"], hours: row["hours_from"]))
    }

    static func id(of key: SeriesKey, _ database: Database) throws -> SeriesID? {
        try Int.fetchOne(
            database, sql: "SELECT id FROM series WHERE thing = ? AND property = ? AND removed = 0", arguments: [key.thing, key.property]
        ).map(SeriesID.init)
    }

    static func insert(_ declaration: SeriesDeclaration, _ retention: Retention, _ database: Database) throws -> SeriesID {
        try database.execute(
            sql: "INSERT INTO series (thing, property, kind, raw_days, five_minute_days, hour_days) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                declaration.key.thing, declaration.key.property, declaration.kind.rawValue, retention.rawDays, retention.fiveMinuteDays,
                retention.hourDays,
            ])
        return SeriesID(Int(database.lastInsertedRowID))
    }

    static func update(_ entry: SeriesBook.Entry, _ database: Database) throws {
        let retention = entry.series.retention
        try database.execute(
            sql: """
                UPDATE series SET kind = ?, raw_days = ?, five_minute_days = ?, hour_days = ?, raw_from = ?, five_minutes_from = ?, hours_from = ?
                WHERE id = ?
                """,
            arguments: [
                entry.series.kind.rawValue, retention.rawDays, retention.fiveMinuteDays, retention.hourDays, entry.kept.raw,
                entry.kept.fiveMinutes, entry.kept.hours, entry.series.id.number,
            ])
    }

    /// Series that were removed and whose readings are still somewhere.
    static func removed(_ database: Database) throws -> [SeriesID] {
        try Int.fetchAll(database, sql: "SELECT id FROM series WHERE removed = 1").map(SeriesID.init)
    }

    static func markRemoved(_ id: SeriesID, _ database: Database) throws {
        try database.execute(sql: "UPDATE series SET removed = 1 WHERE id = ?", arguments: [id.number])
    }

    static func delete(_ id: SeriesID, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM series WHERE id = ?", arguments: [id.number])
    }
}
