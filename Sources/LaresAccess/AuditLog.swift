public import Foundation
import GRDB
public import LaresJSON
public import LaresStore

/// One line of the log.
public struct AuditEntry: Sendable, Hashable {
    /// Its place in the log, from 1.
    public let number: Int
    /// When it happened.
    public let time: Date
    /// Who did it.
    public let actor: String
    /// What was done.
    public let act: AuditAct
    /// To what: a key's or model's name.
    public let subject: String
    /// How it came about, for deeds: `{"path": "api", "hazards": ["opens"], "cause": "rule:night"}`; nil for other acts.
    public let detail: JSON?
}

/// What was done to the place, by whom, in `audit.db`. The database itself refuses to change or delete a line.
public final class AuditLog: Sendable {
    private let pool: DatabasePool

    /// Opens the log of a data directory.
    ///
    /// - Throws: `StoreError`.
    public init(home: LaresHome) throws {
        pool = try Self.schema.open(at: home.file("audit.db"))
    }

    private static let schema = StoreSchema(
        name: "audit",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE acts (
                            number INTEGER PRIMARY KEY AUTOINCREMENT,
                            time REAL NOT NULL,
                            actor TEXT NOT NULL,
                            act TEXT NOT NULL,
                            subject TEXT NOT NULL
                        ) STRICT;
                        CREATE TRIGGER acts_stay BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
                        CREATE TRIGGER acts_are_final BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
                        """)
            },
            { try $0.execute(sql: "ALTER TABLE acts ADD COLUMN detail TEXT") },
            // Those of one actor or act are found without reading all lines, of which there are years.
            { try $0.execute(sql: "CREATE INDEX by_actor ON acts (actor, number); CREATE INDEX by_act ON acts (act, number);") },
        ])

    /// Adds a line.
    public func append(_ act: AuditAct, subject: String, by principal: Principal, detail: JSON? = nil, now: Date = Date()) throws {
        try pool.write {
            let insert = try $0.cachedStatement(sql: "INSERT INTO acts (time, actor, act, subject, detail) VALUES (?, ?, ?, ?, ?)")
            try insert.execute(
                arguments: [now.timeIntervalSince1970, principal.name, act.description, subject, detail?.serialized])
        }
    }

    /// The latest lines, newest first.
    ///
    /// - Parameters:
    ///   - limit: So many at most.
    ///   - number: Only lines before this one: the page after one that ended there.
    ///   - actor: Only what this one did; nil: anybody.
    ///   - act: Only such acts; nil: any.
    public func entries(limit: Int = 100, before number: Int? = nil, by actor: String? = nil, act: AuditAct? = nil) throws -> [AuditEntry] {
        var (conditions, arguments) = ([String](), StatementArguments())
        if let number { (conditions, arguments) = (conditions + ["number < ?"], arguments + [number]) }
        if let actor { (conditions, arguments) = (conditions + ["actor = ?"], arguments + [actor]) }
        if let act { (conditions, arguments) = (conditions + ["act = ?"], arguments + [act.description]) }
        let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let sql = "SELECT * FROM acts\(filter) ORDER BY number DESC LIMIT ?"
        return try pool.read { [arguments = arguments + [max(0, limit)]] in
            try Row.fetchAll($0, sql: sql, arguments: arguments).map {
                AuditEntry(
                    number: $0["number"], time: Date(timeIntervalSince1970: $0["time"]), actor: $0["actor"], act: AuditAct($0["act"]),
                    subject: $0["subject"], detail: ($0["detail"] as String?).flatMap { try? JSON(parsing: Array($0.utf8)) })
            }
        }
    }

    /// The acts that there are, in the order of their names.
    public func acts() throws -> [AuditAct] { try names("act").map { AuditAct($0) } }

    /// Those who did something, in the order of their names; the first so many.
    public func actors(limit: Int = 200) throws -> [String] { Array(try names("actor", limit).prefix(max(0, limit))) }

    /// The values of a column; the index leads from one to the next, past all lines between.
    private func names(_ column: String, _ limit: Int = 1_000) throws -> [String] {
        try pool.read {
            try String.fetchAll(
                $0,
                sql: """
                    WITH RECURSIVE found(name) AS (SELECT min(\(column)) FROM acts
                        UNION ALL SELECT (SELECT min(\(column)) FROM acts WHERE \(column) > found.name) FROM found WHERE found.name IS NOT NULL)
                    SELECT name FROM found WHERE name IS NOT NULL LIMIT ?
                    """, arguments: [limit])
        }
    }
}
