import GRDB
import LaresStore

/// What `telemetry.db` holds: the series, and readings on their way to the files of their months.
///
/// New readings go into one of two tables in order of time. Whatever their series are, they land on the same few pages: 1,000 series in batches of
/// 1,000 go in twenty times as fast as in order of series. When a table is full the other takes its turn, while the first is sorted into the
/// months and emptied.
enum HotTables {
    static let schema = StoreSchema(
        name: "telemetry",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE series (
                            id INTEGER PRIMARY KEY AUTOINCREMENT,
                            thing TEXT NOT NULL,
                            property TEXT NOT NULL,
                            kind TEXT NOT NULL,
                            raw_days INTEGER,
                            five_minute_days INTEGER,
                            hour_days INTEGER,
                            raw_from INTEGER NOT NULL DEFAULT 0,
                            five_minutes_from INTEGER NOT NULL DEFAULT 0,
                            hours_from INTEGER NOT NULL DEFAULT 0,
                            removed INTEGER NOT NULL DEFAULT 0
                        ) STRICT;
                        CREATE UNIQUE INDEX series_by_key ON series (thing, property) WHERE removed = 0;
                        CREATE TABLE hot_0 (
                            time INTEGER NOT NULL,
                            series INTEGER NOT NULL,
                            value ANY NOT NULL,
                            PRIMARY KEY (time, series)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE hot_1 (
                            time INTEGER NOT NULL,
                            series INTEGER NOT NULL,
                            value ANY NOT NULL,
                            PRIMARY KEY (time, series)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE state (
                            name TEXT NOT NULL PRIMARY KEY,
                            value INTEGER NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        """)
            }
        ])

    static func insert(_ readings: [Reading], table: Int, _ database: Database) throws {
        let statement = try RawStatement(database, "INSERT OR REPLACE INTO hot_\(table) (time, series, value) VALUES (?, ?, ?)")
        for reading in readings {
            statement.bind(reading.time.milliseconds, 1)
            statement.bind(reading.series, 2)
            try statement.bind(reading.value, 3)
            try statement.run()
        }
    }

    static func load(table: Int, _ database: Database) throws -> HotReadings {
        var hot = HotReadings()
        try RawStatement(database, "SELECT time, series, value FROM hot_\(table) ORDER BY time, series").rows {
            hot.append(SeriesID(Int($0.integer(1))), $0.integer(0), $0.value(2))
        }
        return hot
    }

    static func empty(table: Int, _ database: Database) throws { try database.execute(sql: "DELETE FROM hot_\(table)") }
}

/// Numbers that the store remembers beside its readings.
enum StoreState: String {
    /// Which table takes new readings, 0 or 1.
    case filling
    /// When it was compacted last, in milliseconds since 1970.
    case compacted
    /// The time that a compaction after a jump of the clock believed it had.
    case jumped

    func value(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT value FROM state WHERE name = ?", arguments: [rawValue])
    }

    func set(_ value: Int64?, _ database: Database) throws {
        guard let value else {
            try database.execute(sql: "DELETE FROM state WHERE name = ?", arguments: [rawValue])
            return
        }
        try database.execute(sql: "INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)", arguments: [rawValue, value])
    }
}
