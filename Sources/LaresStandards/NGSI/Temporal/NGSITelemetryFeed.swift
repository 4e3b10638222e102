import Foundation
import GRDB
import LaresJSON
public import LaresThings

/// Gives numbers of entities to the telemetry store, where histories, charts, watches and forecasters find them.
///
/// What the past of entities is kept as goes through `Ingest`, which judges it as points in bulk and keeps tenants apart: the attribute `level` of
/// `urn:ngsi-ld:Building:1` is the series `urn:ngsi-ld:Building:1/level`, of a tenant `@north/urn:ngsi-ld:Building:1/level`. The database says up to which
/// instance that is done; what is given twice counts once, since a series has one reading at a time.
public actor NGSITelemetryFeed {
    private let pool: DatabasePool
    private let ingest: Ingest
    /// Why the last try failed; nil: it didn't.
    public private(set) var trouble: String?
    /// So many lines are one piece of text, which is stored whole or not.
    private static let batch = 4_000
    private static let source = "ngsi-ld"

    /// What gives the numbers of a broker's entities to an ingest.
    public init(_ broker: NGSIBroker, to ingest: Ingest) { (pool, self.ingest) = (broker.store.pool, ingest) }

    /// Gives numbers as they come, until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            try? await tell()
            try? await Task.sleep(for: .seconds(trouble == nil ? 1 : 5))
        }
    }

    /// Gives all that wasn't given.
    ///
    /// - Throws: `TelemetryError` or `IngestError` when it isn't taken now; it is given again the next time.
    public func tell() async throws {
        do {
            while let (texts, last) = try await pool.read({ try Self.next($0) }) {
                for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
                    // Points of a tenant that collects nothing have no owner.
                    guard let tenant = try? await ingest.tenant(name) else { continue }
                    do {
                        var stream = try ingest.stream(.jsonl, precision: .milliseconds, for: tenant, source: Self.source)
                        try await stream.take(text)
                        _ = try await stream.finish()
                    } catch let error as IngestError where error.code == .overQuota {
                        // The others' numbers don't wait for it.
                        try await ingest.refuse(
                            [(text, Timestamp(.now))], .jsonl, precision: .milliseconds, of: tenant.name, source: Self.source,
                            PointFault(.overQuota, error.message))
                    }
                }
                // Numbers of those that were deleted meanwhile are given again.
                try await pool.write {
                    try $0.execute(
                        sql: """
                            INSERT OR REPLACE INTO told
                            SELECT 'telemetry', min(?, coalesce(max(number), 0)) FROM temporal_instances
                            """, arguments: [last])
                }
            }
            trouble = nil
        } catch {
            trouble = "\(error)"
            throw error
        }
    }

    /// What is next, as lines of each tenant, and up to which instance that goes; nil: nothing is.
    private static func next(_ database: Database) throws -> (texts: [String: [UInt8]], last: Int64)? {
        let told = try Int64.fetchOne(database, sql: "SELECT number FROM told WHERE name = 'telemetry'") ?? 0
        let newest = try Int64.fetchOne(database, sql: "SELECT max(number) FROM temporal_instances") ?? 0
        guard newest != told else { return nil }
        // The newest were deleted: their numbers are given again.
        guard newest > told else { return ([:], newest) }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT i.number, i.attribute, i.document, e.tenant, e.id FROM temporal_instances i
                JOIN temporal_entities e ON e.number = i.entity WHERE i.number > ? ORDER BY i.number LIMIT ?
                """, arguments: [told, batch])
        var (texts, last) = ([String: [UInt8]](), newest)
        while let row = try rows.next() {
            last = row["number"]
            guard let attribute = NGSIAttribute(kept: row["document"] as String),
                let line = line(row["id"], row["attribute"], attribute)
            else { continue }
            texts[row["tenant"], default: []] += Array(line.serialized.utf8) + [0x0A]
        }
        return (texts, last)
    }

    /// An instance as a point; nil where it is none: only the default instance of a property with a number is one.
    private static func line(_ id: String, _ name: String, _ attribute: NGSIAttribute) -> JSON? {
        guard attribute.kind == .property, attribute.datasetId == nil, attribute.deletedAt == nil, let value = attribute.value,
            let number = value.number, number.isFinite, let property = name.split(whereSeparator: { "/#".contains($0) }).last
        else { return nil }
        return [
            "thing": .string(id), "property": .string(String(property)), "value": value, "time": .int(attribute.moment / 1_000),
        ]
    }
}
