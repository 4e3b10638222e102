internal import Foundation
internal import GRDB
internal import LaresJSON
public import LaresThings

/// What watching keeps over restarts, in `places.db`: plans, what detectors learnt, alarms and incidents.
public struct AlarmStore: Sendable {
    private let pool: DatabasePool

    /// What was watched in a home.
    public init(_ home: HomeStore) { pool = home.pool }

    /// The plans, by their ids. One that can't be read is left out and stays where it is.
    func plans() throws -> [WatchPlan] {
        try pool.read { try Self.bodies("SELECT body FROM watches ORDER BY id", [], $0) }.compactMap { try? WatchPlan($0) }
    }

    func save(_ plan: WatchPlan) throws {
        try pool.write { try $0.execute(sql: "INSERT OR REPLACE INTO watches VALUES (?, ?)", arguments: [plan.id, plan.json.serialized]) }
    }

    /// Removes a plan with all that its detectors learnt.
    func remove(plan id: String) throws {
        try pool.write {
            try $0.execute(sql: "DELETE FROM watches WHERE id = ?", arguments: [id])
            try $0.execute(sql: "DELETE FROM watch_states WHERE watch = ?", arguments: [id])
        }
    }

    /// The states that were kept of a detector's version.
    func states(of watch: String) throws -> [SeriesKey: [UInt8]] {
        try pool.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT series, state FROM watch_states WHERE watch = ?", arguments: [watch])
            let states = rows.compactMap { row in
                SeriesKey(row["series"] as String).map { ($0, [UInt8](row["state"] as Data)) }
            }
            return Dictionary(states) { $1 }
        }
    }

    /// Forgets the states of a detector's version.
    func removeStates(of watch: String) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM watch_states WHERE watch = ?", arguments: [watch]) }
    }

    /// Gives each state that was kept, as long as it can be read.
    func states(_ body: (WatchEngine.Key, [UInt8]) -> Void) throws {
        try pool.read { database in
            let rows = try Row.fetchCursor(database, sql: "SELECT watch, series, state FROM watch_states")
            while let row = try rows.next() {
                guard let series = SeriesKey(row["series"] as String) else { continue }
                body(WatchEngine.Key(watch: row["watch"], series: series), [UInt8](row["state"] as Data))
            }
        }
    }

    func save(_ states: [(key: WatchEngine.Key, state: [UInt8])]) throws {
        guard !states.isEmpty else { return }
        try pool.write { database in
            let statement = try database.makeStatement(sql: "INSERT OR REPLACE INTO watch_states VALUES (?, ?, ?)")
            for (key, state) in states { try statement.execute(arguments: [key.watch, key.series.description, Data(state)]) }
        }
    }

    /// Alarms and incidents as they are now, all or none.
    func save(_ alarms: [Alarm], _ incidents: [Incident], rules: AlarmRules) throws {
        guard !alarms.isEmpty || !incidents.isEmpty else { return }
        try pool.write { database in
            for alarm in alarms {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO alarms VALUES (?, ?, ?, ?)",
                    arguments: [
                        alarm.number, alarm.raisedAt.timeIntervalSince1970, alarm.clearedAt?.timeIntervalSince1970, alarm.json.serialized,
                    ])
            }
            for incident in incidents {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO incidents VALUES (?, ?, ?, ?)",
                    arguments: [
                        incident.number, incident.startedAt.timeIntervalSince1970, incident.endedAt?.timeIntervalSince1970,
                        incident.json.serialized,
                    ])
            }
            for table in ["alarms", "incidents"] { try Self.trim(table, to: rules.records, database) }
        }
    }

    /// What may matter again: what isn't over, and what was over after a date. With it the greatest numbers that were given.
    func recent(since date: Date) throws -> (alarms: [Alarm], incidents: [Incident], last: (alarm: Int, incident: Int)) {
        try pool.read { database in
            let (rest, since): (String, StatementArguments) = ("WHERE ended IS NULL OR ended >= ?", [date.timeIntervalSince1970])
            let alarms = try Self.bodies("SELECT body FROM alarms \(rest)", since, database).compactMap { Alarm(kept: $0) }
            let incidents = try Self.bodies("SELECT body FROM incidents \(rest)", since, database).compactMap { Incident(kept: $0) }
            let last = try ["alarms", "incidents"].map { try Int.fetchOne(database, sql: "SELECT max(number) FROM \($0)") ?? 0 }
            return (alarms, incidents, (last[0], last[1]))
        }
    }

    /// The latest alarms, newest first.
    func alarms(limit: Int, before number: Int = .max) throws -> [Alarm] {
        try list("alarms", limit, number).compactMap { Alarm(kept: $0) }
    }

    /// The latest incidents, newest first.
    func incidents(limit: Int, before number: Int = .max) throws -> [Incident] {
        try list("incidents", limit, number).compactMap { Incident(kept: $0) }
    }

    func incident(_ number: Int) throws -> Incident? {
        try pool.read { try Self.bodies("SELECT body FROM incidents WHERE number = ?", [number], $0) }.first.flatMap { Incident(kept: $0) }
    }

    func alarm(_ number: Int) throws -> Alarm? {
        try pool.read { try Self.bodies("SELECT body FROM alarms WHERE number = ?", [number], $0) }.first.flatMap { Alarm(kept: $0) }
    }

    private func list(_ table: String, _ limit: Int, _ number: Int) throws -> [JSON] {
        try pool.read {
            try Self.bodies("SELECT body FROM \(table) WHERE number < ? ORDER BY number DESC LIMIT ?", [number, max(0, limit)], $0)
        }
    }

    private static func bodies(_ sql: String, _ arguments: StatementArguments, _ database: Database) throws -> [JSON] {
        try String.fetchAll(database, sql: sql, arguments: arguments).compactMap { try? JSON(parsing: Array($0.utf8)) }
    }

    /// Forgets the oldest of those that are over.
    private static func trim(_ table: String, to count: Int, _ database: Database) throws {
        try database.execute(
            sql: """
                DELETE FROM \(table) WHERE ended IS NOT NULL AND number <= (
                    SELECT number FROM \(table) WHERE ended IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET ?)
                """, arguments: [count])
    }
}
