import GRDB
import LaresJSON
import LaresThings

/// Gives what was observed to the telemetry store, where histories, charts and forecasts find it.
///
/// The database says up to which observation that is done, so that nothing is left out when the program ends in between; what is given twice
/// counts once, since a series has one reading at a time.
actor STATelemetryFeed {
    private let pool: DatabasePool
    private let telemetry: any TelemetryStore
    private var series: [Int64: (id: SeriesID, kind: SeriesKind)] = [:]
    /// Why the last try failed; nil: it didn't.
    private(set) var trouble: String?
    private static let batch = 10_000

    init(_ pool: DatabasePool, _ telemetry: any TelemetryStore) { (self.pool, self.telemetry) = (pool, telemetry) }

    /// The series of a stream: its thing's name is lasting, whatever the stream is called and wherever it is moved.
    static func key(_ stream: Int64) -> SeriesKey { SeriesKey(thing: "sensorthings/datastream-\(stream)", property: "result") }

    private struct Found: Sendable {
        let id: Int64
        let stream: Int64
        let kind: SeriesKind
        let time: Int64
        let value: DatabaseValue
    }

    /// Gives all that wasn't given.
    ///
    /// - Throws: `TelemetryError` when the store doesn't take it; it is given again the next time.
    func tell() async throws {
        do {
            while true {
                let (found, last) = try await pool.read { try Self.next($0) }
                guard last != nil || !found.isEmpty else { break }
                try await append(found)
                let ids = found.map(\.id)
                try await pool.write { try Self.note(last, ids, $0) }
            }
            trouble = nil
        } catch {
            trouble = "\(error)"
            throw error
        }
    }

    /// What is next: observations behind the last that was told, or those that were changed; and up to which one that goes.
    private static func next(_ database: Database) throws -> ([Found], Int64?) {
        let told = try Int64.fetchOne(database, sql: "SELECT value FROM \"State\" WHERE name = 'told'") ?? 0
        let columns =
            "o.id, o.\"Datastream\", s.\"observationType\", json_extract(s.\"unitOfMeasurement\", '$.symbol'), o.\"phenomenonTime_start\", o.result"
        let join = "FROM \"Observation\" o JOIN \"Datastream\" s ON s.id = o.\"Datastream\""
        let changed = try Row.fetchAll(
            database, sql: "SELECT \(columns) \(join) WHERE o.id IN (SELECT id FROM \"Untold\") AND o.\"resultKind\" < 2")
        let last = try Int64.fetchOne(
            database, sql: "SELECT max(id) FROM (SELECT id FROM \"Observation\" WHERE id > ? ORDER BY id LIMIT ?)",
            arguments: [told, batch])
        guard let last else { return (changed.compactMap(found), nil) }
        let new = try Row.fetchAll(
            database, sql: "SELECT \(columns) \(join) WHERE o.id > ? AND o.id <= ? AND o.\"resultKind\" < 2 ORDER BY o.id",
            arguments: [told, last])
        return ((changed + new).compactMap(found), last)
    }

    private static func found(_ row: Row) -> Found? {
        let type: String = row[2], symbol: String? = row[3]
        let kind: SeriesKind = type.hasSuffix("OM_CategoryObservation") ? .state : symbol == "W" ? .power : .measurement
        return Found(id: row[0], stream: row[1], kind: kind, time: row[4], value: row[5])
    }

    private static func note(_ last: Int64?, _ ids: [Int64], _ database: Database) throws {
        if let last {
            try database.execute(
                sql: """
                    INSERT INTO "State" VALUES ('told', ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)
                    """, arguments: [last])
        }
        if try Int.fetchOne(database, sql: "SELECT 1 FROM \"Untold\" LIMIT 1") != nil {
            for id in ids { try database.execute(sql: "DELETE FROM \"Untold\" WHERE id = ?", arguments: [id]) }
            try database.execute(sql: "DELETE FROM \"Untold\" WHERE id NOT IN (SELECT id FROM \"Observation\" WHERE \"resultKind\" < 2)")
        }
    }

    private func append(_ found: [Found]) async throws {
        try await declare(found)
        let readings = found.compactMap { one -> Reading? in
            guard let series = series[one.stream], let value = Self.value(one.value, series.kind) else { return nil }
            let time = Timestamp(milliseconds: one.time)
            return time >= .earliest && time < .end ? Reading(series.id, at: time, value) : nil
        }
        if !readings.isEmpty { try await telemetry.append(readings) }
    }

    private func declare(_ found: [Found]) async throws {
        var new: [Int64: SeriesKind] = [:]
        for one in found where series[one.stream]?.kind != one.kind { new[one.stream] = one.kind }
        guard !new.isEmpty else { return }
        for (stream, kind) in new {
            do {
                let id = try await telemetry.declare([SeriesDeclaration(Self.key(stream), kind)])[0]
                series[stream] = (id, kind)
            } catch let error as TelemetryError where error.code == .tooManySeries || error.code == .wrongKind {
                // The observation is kept; it has no history.
                series[stream] = nil
            }
        }
    }

    private static func value(_ value: DatabaseValue, _ kind: SeriesKind) -> ReadingValue? {
        switch value.storage {
        case .int64(let number): kind == .state ? .state(String(number)) : .number(Double(number))
        case .double(let number): kind == .state ? .state("\(number)") : abs(number) <= 1e200 ? .number(number) : nil
        case .string(let text): kind == .state && text.utf8.count <= 4_000 ? .state(text) : nil
        case .null, .blob: nil
        }
    }

    /// Forgets the histories of streams that are there no more.
    func forget(_ streams: [Int64]) async throws {
        for stream in streams {
            series[stream] = nil
            let key = Self.key(stream)
            let there = try await telemetry.series(of: key.thing).filter { $0.key == key }
            if !there.isEmpty { try await telemetry.remove(there.map(\.id)) }
        }
    }
}
