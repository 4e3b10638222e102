internal import Dispatch
internal import Foundation
internal import GRDB
package import LaresStore

/// What an ingest keeps over restarts, in `ingest.db`: its tenants, and the units of series.
package final class IngestStore: Sendable {
    private let pool: DatabasePool
    private let queue = DispatchQueue(label: "lares.ingest")

    /// Opens the file of a data directory, which other programs may have open too.
    ///
    /// - Throws: ``TelemetryError``.
    package init(home: LaresHome) throws {
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

    /// All tenants, by name; this Lares itself is among them if it was given a quota.
    ///
    /// - Throws: ``TelemetryError``.
    package func tenants() async throws -> [Tenant] {
        try await queue.answer { [pool] in try pool.read { try Self.tenants($0) } }
    }

    private static func tenants(_ database: Database) throws -> [Tenant] {
        try Row.fetchAll(database, sql: "SELECT * FROM tenants ORDER BY name").compactMap { row in
            var quota = Tenant.Quota()
            (quota.series, quota.pointsPerSecond, quota.bytesPerSecond) = (row["series"], row["points"], row["bytes"])
            let keys: String = row["keys"]
            guard var tenant = Tenant(row["name"], quota: quota) else { return nil }
            tenant.keys = Set(keys.split(separator: "\n").map(String.init))
            return tenant
        }
    }

    /// Makes a tenant, or gives it another quota and other keys; whoever has the file open sees one change after the other.
    ///
    /// - Parameter most: So many tenants there may be, this Lares itself among them.
    /// - Throws: ``IngestError`` with `tooMany`, or `notAllowed` when one of the keys is another tenant's; ``TelemetryError``.
    package func put(_ tenant: Tenant, atMost most: Int) async throws {
        let refusal: IngestError? = try await queue.answer { [pool] in
            try pool.write { database in
                let others = try Self.tenants(database).filter { $0.name != tenant.name }
                let isNew = try Row.fetchOne(database, sql: "SELECT 1 FROM tenants WHERE name = ?", arguments: [tenant.name]) == nil
                let count = others.count { !$0.name.isEmpty } + 1
                guard !isNew || tenant.name.isEmpty || count < most else {
                    return IngestError(.tooMany, "there are \(count) tenants, as many as may be: remove one first")
                }
                if let other = others.first(where: { !$0.keys.isDisjoint(with: tenant.keys) }) {
                    return IngestError(.notAllowed, "a key of '\(other.name)' can't be another tenant's too: make one for each")
                }
                try database.execute(
                    sql: "INSERT OR REPLACE INTO tenants (name, series, points, bytes, keys) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        tenant.name, tenant.quota.series, tenant.quota.pointsPerSecond, tenant.quota.bytesPerSecond,
                        tenant.keys.sorted().joined(separator: "\n"),
                    ])
                return nil
            }
        }
        if let refusal { throw refusal }
    }

    /// Removes a tenant, and says whether it was there.
    ///
    /// - Throws: ``TelemetryError``.
    @discardableResult
    package func removeTenant(_ name: String) async throws -> Bool {
        try await queue.answer { [pool] in
            try pool.write { database in
                try database.execute(sql: "DELETE FROM tenants WHERE name = ?", arguments: [name])
                return database.changesCount > 0
            }
        }
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
