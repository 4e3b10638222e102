internal import Dispatch
internal import Foundation
internal import GRDB
internal import LaresStore

/// What an ingest keeps over restarts, in `ingest.db`: its tenants, and the units of series.
final class IngestStore: Sendable {
    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "lares.ingest")

    /// - Throws: ``TelemetryError``.
    init(home: LaresHome) throws {
        do { pool = try Self.schema.open(at: home.file("ingest.db")) } catch { throw TelemetryError(error) }
    }

    private static let schema = StoreSchema(
        name: "ingest",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE tenants (
                            name TEXT PRIMARY KEY,
                            series INTEGER NOT NULL,
                            points INTEGER,
                            bytes INTEGER,
                            keys TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE units (
                            thing TEXT NOT NULL,
                            property TEXT NOT NULL,
                            unit TEXT NOT NULL,
                            PRIMARY KEY (thing, property)
                        ) STRICT, WITHOUT ROWID;
                        """)
            }
        ])

    func tenants() async throws -> [Tenant] {
        try await queue.answer { [pool] in
            try pool.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM tenants").compactMap { row in
                    var quota = Tenant.Quota()
                    (quota.series, quota.pointsPerSecond, quota.bytesPerSecond) = (row["series"], row["points"], row["bytes"])
                    let keys: String = row["keys"]
                    guard var tenant = Tenant(row["name"], quota: quota) else { return nil }
                    tenant.keys = Set(keys.split(separator: "\n").map(String.init))
                    return tenant
                }
            }
        }
    }

    func put(_ tenant: Tenant) async throws {
        try await queue.answer { [pool] in
            try pool.write {
                try $0.execute(
                    sql: "INSERT OR REPLACE INTO tenants (name, series, points, bytes, keys) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        tenant.name, tenant.quota.series, tenant.quota.pointsPerSecond, tenant.quota.bytesPerSecond,
                        tenant.keys.sorted().joined(separator: "\n"),
                    ])
            }
        }
    }

    func removeTenant(_ name: String) async throws {
        try await queue.answer { [pool] in try pool.write { try $0.execute(sql: "DELETE FROM tenants WHERE name = ?", arguments: [name]) } }
    }

    func units() async throws -> [SeriesKey: Unit] {
        try await queue.answer { [pool] in
            try pool.read { database in
                var units: [SeriesKey: Unit] = [:]
                let rows = try Row.fetchCursor(database, sql: "SELECT thing, property, unit FROM units")
                while let row = try rows.next() { units[SeriesKey(thing: row["thing"], property: row["property"])] = Unit(row["unit"]) }
                return units
            }
        }
    }

    func put(_ units: [SeriesKey: Unit]) async throws {
        guard !units.isEmpty else { return }
        try await queue.answer { [pool] in
            try pool.write { database in
                for (key, unit) in units {
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO units (thing, property, unit) VALUES (?, ?, ?)",
                        arguments: [key.thing, key.property, unit.description])
                }
            }
        }
    }
}
