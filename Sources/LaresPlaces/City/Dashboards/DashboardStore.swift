internal import GRDB
internal import LaresJSON
public import LaresStore

/// The dashboards that people made, in `dashboards.db`.
public struct DashboardStore: Sendable {
    private let pool: DatabasePool

    /// Those of a data directory.
    ///
    /// - Throws: An error of the database.
    public init(home: LaresHome) throws { pool = try Self.schema.open(at: home.file("dashboards.db")) }

    private static let schema = StoreSchema(
        name: "dashboards",
        steps: [{ try $0.execute(sql: "CREATE TABLE dashboards (number INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT") }])

    /// All of them, in the order in which they were made. One that can't be read is left out and stays where it is.
    public func all() throws -> [Dashboard] {
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT number, body FROM dashboards ORDER BY number").compactMap { Self.read($0) }
        }
    }

    /// One of them; nil: there is none of that number.
    public func dashboard(_ number: Int) throws -> Dashboard? { try pool.read { try Self.find(number, $0) } }

    /// Keeps a new one; gives its number, nil when there are as many as there may be.
    public func add(_ dashboard: Dashboard) throws -> Int? {
        try pool.write { database in
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM dashboards") ?? 0 < Dashboard.most else { return nil }
            try database.execute(sql: "INSERT INTO dashboards (body) VALUES (?)", arguments: [dashboard.json.serialized])
            return Int(database.lastInsertedRowID)
        }
    }

    /// Changes one as it is now, so that two who change it at the same time lose nothing of each other; gives what it became, nil when it isn't there.
    public func change(_ number: Int, _ body: (inout Dashboard) throws -> Void) throws -> Dashboard? {
        try pool.write { database in
            guard var dashboard = try Self.find(number, database) else { return nil }
            try body(&dashboard)
            try database.execute(
                sql: "UPDATE dashboards SET body = ? WHERE number = ?", arguments: [dashboard.json.serialized, number])
            return dashboard
        }
    }

    /// Removes one, and says whether it was there.
    public func remove(_ number: Int) throws -> Bool {
        try pool.write { database in
            try database.execute(sql: "DELETE FROM dashboards WHERE number = ?", arguments: [number])
            return database.changesCount > 0
        }
    }

    private static func find(_ number: Int, _ database: Database) throws -> Dashboard? {
        try Row.fetchOne(database, sql: "SELECT number, body FROM dashboards WHERE number = ?", arguments: [number]).flatMap { read($0) }
    }

    private static func read(_ row: Row) -> Dashboard? {
        (try? JSON(parsing: Array((row["body"] as String).utf8))).flatMap { Dashboard(kept: $0, number: row["number"]) }
    }
}
