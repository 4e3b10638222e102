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
        ])

    /// Adds a line.
    public func append(_ act: AuditAct, subject: String, by principal: Principal, detail: JSON? = nil, now: Date = Date()) throws {
        try pool.write {
            try $0.execute(
                sql: "INSERT INTO acts (time, actor, act, subject, detail) VALUES (?, ?, ?, ?, ?)",
                arguments: [now.timeIntervalSince1970, principal.name, act.description, subject, detail?.serialized])
        }
    }

    /// The latest lines, newest first.
    public func entries(limit: Int = 100) throws -> [AuditEntry] {
        try pool.read {
            try Row.fetchAll($0, sql: "SELECT * FROM acts ORDER BY number DESC LIMIT ?", arguments: [max(0, limit)]).map {
                AuditEntry(
                    number: $0["number"], time: Date(timeIntervalSince1970: $0["time"]), actor: $0["actor"], act: AuditAct($0["act"]),
                    subject: $0["subject"], detail: ($0["detail"] as String?).flatMap { try? JSON(parsing: Array($0.utf8)) })
            }
        }
    }
}
