public import GRDB

/// The shape of one database, as the steps that lead to it.
///
///     let schema = StoreSchema(name: "notes", steps: [
///         { try $0.execute(sql: "CREATE TABLE notes (text TEXT NOT NULL) STRICT") },
///     ])
///
/// The schema version is the number of steps taken; SQLite keeps it in `user_version`. A released step never changes: a new one is added.
public struct StoreSchema: Sendable {
    /// What the database holds, for messages.
    public let name: String
    /// One step for each version, each run in a transaction of its own.
    public let steps: [@Sendable (Database) throws -> Void]

    /// A schema.
    public init(name: String, steps: [@Sendable (Database) throws -> Void]) {
        self.name = name
        self.steps = steps
    }

    /// The version that this program writes.
    public var version: Int { steps.count }

    /// Opens the database at `path`, creates it when it is missing, and brings it to this schema.
    ///
    /// Write-ahead log, foreign keys, full synchronisation, and five seconds of patience with another process that writes.
    ///
    /// - Throws: ``StoreError``: `newerSchema` when a newer Lares wrote it, `unreadable`, `notWritable`, `migrationFailed`.
    public func open(at path: String) throws -> DatabasePool {
        try makeFile(path)
        let pool: DatabasePool
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
        } catch {
            let message = "'\(path)' can't be opened as a database: \(error); restore it from a backup or move it away"
            throw StoreError(error, at: path, .unreadable, message)
        }
        try migrate(pool, path)
        return pool
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return configuration
    }

    private func migrate(_ pool: DatabasePool, _ path: String) throws {
        do {
            try pool.barrierWriteWithoutTransaction { database in
                while true {
                    var isDone = false
                    try database.inTransaction(.immediate) {
                        isDone = try takeStep(database, path)
                        return .commit
                    }
                    if isDone { return }
                }
            }
        } catch let error as StoreError {
            throw error
        } catch {
            let message = "the \(name) database '\(path)' can't be brought to version \(version): \(error)"
            throw StoreError(error, at: path, .migrationFailed, message)
        }
    }

    /// Takes the next step, and says whether none was left.
    private func takeStep(_ database: Database, _ path: String) throws -> Bool {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found >= 0, found <= version else {
            throw StoreError(
                .newerSchema,
                "the \(name) database '\(path)' has version \(found), this Lares knows up to \(version): run the newer Lares, or restore a backup"
            )
        }
        guard found < version else { return true }
        try steps[found](database)
        try database.execute(sql: "PRAGMA user_version = \(found + 1)")
        return false
    }
}
