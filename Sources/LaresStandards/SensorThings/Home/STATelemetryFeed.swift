import GRDB
import LaresJSON
import LaresThings

/// Gives what was observed to the telemetry store, where histories, charts and forecasts find it.
///
/// It is judged as points in bulk are: a clock that is ahead, what is too old, a flag, one series too many. What can't be taken becomes a dead letter; the
/// Observation stays. The database says up to which observation that is done, so that nothing is left out when the program ends in between; what
/// is given twice counts once, since a series has one reading at a time.
actor STATelemetryFeed {
    private let pool: DatabasePool
    private let ingest: Ingest
    /// Streams whose series have their kind.
    private var prepared: Set<Int64> = []
    /// Why the last try failed; nil: it didn't.
    private(set) var trouble: String?
    /// So many lines are one piece of text, which is stored whole or not.
    private static let batch = 4_000

    init(_ pool: DatabasePool, _ ingest: Ingest) { (self.pool, self.ingest) = (pool, ingest) }

    /// The series of a stream: its thing's name is lasting, whatever the stream is called and wherever it is moved.
    static func key(_ stream: Int64) -> SeriesKey { SeriesKey(thing: "sensorthings/datastream-\(stream)", property: "result") }

    private struct Found: Sendable {
        let id: Int64
        let stream: Int64
        let kind: SeriesKind
        let unit: String?
        let time: Int64
        let value: DatabaseValue
        let quality: Quality?
    }

    /// Gives all that wasn't given.
    ///
    /// - Throws: `TelemetryError` or `IngestError` when it isn't taken now; it is given again the next time.
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
            "o.id, o.\"Datastream\", s.\"observationType\", json_extract(s.\"unitOfMeasurement\", '$.symbol'), o.\"phenomenonTime_start\", o.result, o.\"resultQuality\""
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
        return Found(
            id: row[0], stream: row[1], kind: kind, unit: symbol.flatMap { Unit($0).isUsual && kind != .state ? $0 : nil }, time: row[4],
            value: row[5], quality: quality(row[6]))
    }

    /// The flag that a `resultQuality` is: the word itself, or that in the member `code`, `value` or `quality` of an object or of its `DQ_Status`.
    private static func quality(_ text: String?) -> Quality? {
        guard let text, let json = try? JSON(parsing: Array(text.utf8)) else { return nil }
        let words: [JSON?] = [json, json["code"], json["value"], json["quality"], json["DQ_Status"]?["code"], json["DQ_Status"]?["value"]]
        return words.lazy.compactMap { $0?.text.flatMap { Quality(word: $0.lowercased()) } }.first
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
        let own = try await ingest.tenant("")
        for one in found where one.kind == .power && !prepared.contains(one.stream) {
            try await ingest.prepare(SeriesDeclaration(Self.key(one.stream), one.kind), of: own)
            prepared.insert(one.stream)
        }
        var text: [UInt8] = []
        for one in found {
            guard let line = Self.line(one) else { continue }
            text.append(contentsOf: line.serialized.utf8)
            text.append(0x0A)
        }
        guard !text.isEmpty else { return }
        var stream = try ingest.stream(.jsonl, precision: .milliseconds, for: own, source: "sensorthings")
        try await stream.take(text)
        _ = try await stream.finish()
    }

    /// An observation as a point; nil where its result is none.
    private static func line(_ found: Found) -> JSON? {
        guard let value = value(found.value, found.kind) else { return nil }
        let key = key(found.stream)
        var members: JSON.Members = [
            "thing": .string(key.thing), "property": .string(key.property), "value": value, "time": .int(Int(found.time)),
        ]
        if let unit = found.unit { members.append("unit", .string(unit)) }
        if let quality = found.quality { members.append("quality", .string("\(quality)")) }
        return .object(members)
    }

    private static func value(_ value: DatabaseValue, _ kind: SeriesKind) -> JSON? {
        switch value.storage {
        case .int64(let number): kind == .state ? .string(String(number)) : .int(Int(number))
        case .double(let number): kind == .state ? .string("\(number)") : .double(number)
        case .string(let text): kind == .state ? .string(text) : nil
        case .null, .blob: nil
        }
    }

    /// Forgets the histories of streams that are there no more.
    func forget(_ streams: [Int64]) async throws {
        for stream in streams {
            prepared.remove(stream)
            // Its flags too, what was observed as bad, and what was forecast.
            let there = try await ingest.store.series(of: Self.key(stream).thing)
            if !there.isEmpty { try await ingest.store.remove(there.map(\.id)) }
        }
    }
}
