public import Foundation
import GRDB
public import LaresStore

/// Something done to the place itself.
public struct AuditAct: Sendable, Hashable, CustomStringConvertible {
    /// The act as it is stored: "key.made".
    public let description: String

    /// An act of a later version, as it was stored.
    public init(_ description: String) { self.description = description }

    /// A key was made.
    public static let keyMade = AuditAct("key.made")
    /// A key was revoked.
    public static let keyRevoked = AuditAct("key.revoked")
    /// A model was downloaded.
    public static let modelPulled = AuditAct("model.pulled")
    /// A model was taken from a file.
    public static let modelImported = AuditAct("model.imported")
    /// A model was removed.
    public static let modelRemoved = AuditAct("model.removed")
    /// A version of a network was published.
    public static let versionPublished = AuditAct("version.published")
    /// A version went into production.
    public static let versionPromoted = AuditAct("version.promoted")
    /// The version before went into production again.
    public static let versionRolledBack = AuditAct("version.rolledBack")
    /// A version is tried beside production.
    public static let trialBegun = AuditAct("trial.begun")
    /// A trial was ended.
    public static let trialEnded = AuditAct("trial.ended")
    /// A version, or a network with all its versions, was removed.
    public static let versionRemoved = AuditAct("version.removed")
    /// A name was pointed at a model.
    public static let aliasSet = AuditAct("alias.set")
    /// A training was asked for.
    public static let jobStarted = AuditAct("job.started")
    /// A training that had failed or been cancelled was asked to go on.
    public static let jobResumed = AuditAct("job.resumed")
    /// A training was cancelled, or removed.
    public static let jobCancelled = AuditAct("job.cancelled")
    /// Data to learn from were sent.
    public static let dataAdded = AuditAct("data.added")
    /// Data to learn from were removed.
    public static let dataRemoved = AuditAct("data.removed")
    /// A thing was asked to do something.
    public static let thingSet = AuditAct("thing.set")
    /// A rule was put in place, changed, or switched on or off.
    public static let ruleSet = AuditAct("rule.set")
    /// A rule was taken away.
    public static let ruleRemoved = AuditAct("rule.removed")
    /// An account of a device was made at the broker.
    public static let accountMade = AuditAct("account.made")
    /// An account of a device was removed from the broker.
    public static let accountRemoved = AuditAct("account.removed")
    /// A model or a network was taken into memory by hand.
    public static let modelLoaded = AuditAct("model.loaded")
    /// A model or a network was taken out of memory.
    public static let modelUnloaded = AuditAct("model.unloaded")
}

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
            }
        ])

    /// Adds a line.
    public func append(_ act: AuditAct, subject: String, by principal: Principal, now: Date = Date()) throws {
        try pool.write {
            try $0.execute(
                sql: "INSERT INTO acts (time, actor, act, subject) VALUES (?, ?, ?, ?)",
                arguments: [now.timeIntervalSince1970, principal.name, act.description, subject])
        }
    }

    /// The latest lines, newest first.
    public func entries(limit: Int = 100) throws -> [AuditEntry] {
        try pool.read {
            try Row.fetchAll($0, sql: "SELECT * FROM acts ORDER BY number DESC LIMIT ?", arguments: [max(0, limit)]).map {
                AuditEntry(
                    number: $0["number"], time: Date(timeIntervalSince1970: $0["time"]), actor: $0["actor"], act: AuditAct($0["act"]),
                    subject: $0["subject"])
            }
        }
    }
}
