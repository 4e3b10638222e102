internal import Foundation
internal import GRDB
internal import LaresStore

/// The rows of `deadletters.db`.
enum LetterRows {
    static let schema = StoreSchema(
        name: "dead letter",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE letters (
                            id INTEGER PRIMARY KEY AUTOINCREMENT,
                            time INTEGER NOT NULL,
                            tenant TEXT NOT NULL,
                            source TEXT NOT NULL,
                            format TEXT NOT NULL,
                            precision TEXT NOT NULL,
                            heading BLOB,
                            reason TEXT NOT NULL,
                            message TEXT NOT NULL,
                            lines INTEGER NOT NULL,
                            tries INTEGER NOT NULL,
                            cost INTEGER NOT NULL,
                            bytes BLOB NOT NULL
                        ) STRICT;
                        CREATE INDEX letters_by_tenant ON letters (tenant, id, cost, lines);
                        CREATE INDEX letters_by_time ON letters (time);
                        """)
            },
            {
                try $0.execute(
                    sql: """
                        ALTER TABLE letters ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0;
                        CREATE INDEX letters_wanted ON letters (id) WHERE wanted = 1;
                        """)
            },
        ])

    static func costs(_ database: Database) throws -> [String: Int] {
        let rows = try Row.fetchAll(database, sql: "SELECT tenant, SUM(cost) AS cost FROM letters GROUP BY tenant")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["tenant"], $0["cost"]) })
    }

    static func insert(_ letter: DeadLetter, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO letters (time, tenant, source, format, precision, heading, reason, message, lines, tries, cost, bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                letter.time.milliseconds, letter.tenant, letter.source, letter.format.rawValue, letter.precision.rawValue,
                letter.heading.map { Data($0) }, letter.fault.code.description, letter.fault.message, letter.lines, letter.tries,
                letter.cost, Data(letter.bytes),
            ])
    }

    /// Removes the oldest letter, and gives its lines.
    static func removeOldest(of tenant: String?, _ costs: inout [String: Int], _ database: Database) throws -> Int {
        let sql = "SELECT id, tenant, cost, lines FROM letters WHERE ? IS NULL OR tenant = ? ORDER BY id LIMIT 1"
        guard let row = try Row.fetchOne(database, sql: sql, arguments: [tenant, tenant]) else {
            // Nothing is left to be removed, whatever was counted.
            if let tenant { costs[tenant] = nil } else { costs = [:] }
            return 0
        }
        let (id, owner, cost, lines): (Int64, String, Int, Int) = (row["id"], row["tenant"], row["cost"], row["lines"])
        try database.execute(sql: "DELETE FROM letters WHERE id = ?", arguments: [id])
        costs[owner, default: 0] -= cost
        return lines
    }

    private static let matching =
        "(:tenant IS NULL OR tenant = :tenant) AND (:reason IS NULL OR reason = :reason) AND (:before IS NULL OR id < :before)"

    private static func arguments(_ filter: DeadLetters.Filter) -> StatementArguments {
        ["tenant": filter.tenant, "reason": filter.reason, "before": filter.before]
    }

    static func list(_ filter: DeadLetters.Filter, limit: Int, _ database: Database) throws -> [DeadLetter] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM letters WHERE \(matching) ORDER BY id DESC LIMIT \(limit)", arguments: arguments(filter)
        ).map(letter)
    }

    static func letter(_ id: Int64, _ database: Database) throws -> DeadLetter? {
        try Row.fetchOne(database, sql: "SELECT * FROM letters WHERE id = ?", arguments: [id]).map(letter)
    }

    /// Of a line that was too long there is nothing to be tried.
    static func want(_ filter: DeadLetters.Filter, _ database: Database) throws -> Int {
        try database.execute(
            sql: "UPDATE letters SET wanted = 1 WHERE \(matching) AND reason <> '\(PointFault.Code.lineTooLong)'",
            arguments: arguments(filter))
        return database.changesCount
    }

    static func want(_ id: Int64, _ isWanted: Bool, _ database: Database) throws {
        try database.execute(sql: "UPDATE letters SET wanted = ? WHERE id = ?", arguments: [isWanted ? 1 : 0, id])
    }

    static func wanted(limit: Int, _ database: Database) throws -> [DeadLetter] {
        try Row.fetchAll(database, sql: "SELECT * FROM letters WHERE wanted = 1 ORDER BY id LIMIT \(limit)").map(letter)
    }

    static func remove(_ filter: DeadLetters.Filter, _ database: Database) throws -> Int {
        try database.execute(sql: "DELETE FROM letters WHERE \(matching)", arguments: arguments(filter))
        return database.changesCount
    }

    static func remove(_ id: Int64, _ database: Database) throws -> Int {
        try database.execute(sql: "DELETE FROM letters WHERE id = ?", arguments: [id])
        return database.changesCount
    }

    static func remove(before time: Int64, _ database: Database) throws -> Int {
        try database.execute(sql: "DELETE FROM letters WHERE time < ?", arguments: [time])
        return database.changesCount
    }

    static func size(_ tenant: String?, _ database: Database) throws -> DeadLetters.Size {
        let sql = """
            SELECT COUNT(*) AS letters, COALESCE(SUM(lines), 0) AS lines, COALESCE(SUM(cost), 0) AS bytes
            FROM letters WHERE ? IS NULL OR tenant = ?
            """
        guard let row = try Row.fetchOne(database, sql: sql, arguments: [tenant, tenant]) else { return DeadLetters.Size() }
        return DeadLetters.Size(letters: row["letters"], lines: row["lines"], bytes: row["bytes"])
    }

    private static func letter(_ row: Row) -> DeadLetter {
        let (heading, bytes): (Data?, Data) = (row["heading"], row["bytes"])
        var letter = DeadLetter(
            time: Timestamp(milliseconds: row["time"]), tenant: row["tenant"], source: row["source"],
            format: PointFormat(rawValue: row["format"]) ?? .line, precision: TimePrecision(rawValue: row["precision"]) ?? .nanoseconds,
            heading: heading.map { [UInt8]($0) }, fault: PointFault(PointFault.Code(stored: row["reason"]), row["message"]),
            lines: row["lines"], tries: row["tries"], bytes: [UInt8](bytes))
        letter.id = row["id"]
        return letter
    }
}
