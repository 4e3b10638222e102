public import Foundation
package import GRDB
internal import LaresJSON
public import LaresThings

/// Rules, what was going on in them, and what they told people, in `places.db`.
public struct RuleStore: Sendable {
    private let pool: DatabasePool

    /// A rule as it is kept.
    public struct Kept: Hashable, Sendable {
        /// The rule.
        public let rule: Rule
        /// Whether a person who may said that it may do what is dangerous.
        public let isTrusted: Bool
    }

    /// The rules of a home.
    public init(_ home: HomeStore) { pool = home.pool }

    /// All rules, in the order in which they were made. One that this Lares can't read is left out and stays where it is.
    public func rules() throws -> [Kept] { try pool.read(Self.rules) }

    package static func rules(in database: Database) throws -> [Kept] {
        try Row.fetchAll(database, sql: "SELECT rule, trusted FROM rules ORDER BY number").compactMap { row in
            (try? Rule(parsing: Array((row["rule"] as String).utf8))).map { Kept(rule: $0, isTrusted: row["trusted"]) }
        }
    }

    /// Keeps a rule, new or changed.
    public func save(_ rule: Rule, isTrusted: Bool) throws {
        try pool.write { try Self.save(rule, isTrusted: isTrusted, in: $0) }
    }

    package static func save(_ rule: Rule, isTrusted: Bool, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO rules (id, rule, trusted) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, trusted = excluded.trusted
                """, arguments: [rule.id.description, rule.json.serialized, isTrusted])
    }

    /// Forgets a rule.
    public func remove(_ id: RuleID) throws {
        try pool.write { database in
            try database.execute(sql: "DELETE FROM rules WHERE id = ?", arguments: [id.description])
            try database.execute(sql: "DELETE FROM settings WHERE name = ?", arguments: [Self.traces(id)])
        }
    }

    /// What was going on when it was last kept.
    public func memory() throws -> RuleMemory? {
        let text = try pool.read { try HomeStore.setting("rules", in: $0) }
        guard let text, let json = try? JSON(parsing: Array(text.utf8)) else { return nil }
        return try? RuleMemory(json)
    }

    /// Keeps what is going on.
    public func save(_ memory: RuleMemory) throws {
        try pool.write { try HomeStore.set("rules", to: memory.json.serialized, in: $0) }
    }

    /// What rules did and why, when it was last kept; what can't be read is left out.
    public func traces(of id: RuleID) throws -> [RuleTrace] {
        let text = try pool.read { try HomeStore.setting(Self.traces(id), in: $0) }
        let json = text.flatMap { try? JSON(parsing: Array($0.utf8)) }
        return (json?.elements ?? []).compactMap { json in (try? JSONFields(json)).flatMap { try? RuleTrace($0, of: id) } }
    }

    /// Keeps what rules did and why.
    public func save(_ traces: [RuleID: [RuleTrace]]) throws {
        guard !traces.isEmpty else { return }
        try pool.write { database in
            for (id, traces) in traces {
                try HomeStore.set(Self.traces(id), to: JSON.array(traces.map(\.kept)).serialized, in: database)
            }
        }
    }

    private static func traces(_ id: RuleID) -> String { "traces/\(id)" }

    /// The last notices, newest first.
    public func notices(limit: Int = 100) throws -> [Notice] {
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM notices ORDER BY number DESC LIMIT ?", arguments: [max(0, limit)]).map { row in
                Notice(
                    date: Date(timeIntervalSince1970: row["time"]), text: row["text"], title: row["title"], recipient: row["recipient"],
                    rule: row["rule"])
            }
        }
    }

    /// Keeps a notice; of more than 1,000 the oldest are forgotten.
    public func add(_ notice: Notice) throws { try pool.write { try Self.insert(notice, into: $0) } }

    static func insert(_ notice: Notice, into database: Database) throws {
        try database.execute(
            sql: "INSERT INTO notices (time, title, text, recipient, rule) VALUES (?, ?, ?, ?, ?)",
            arguments: [notice.date.timeIntervalSince1970, notice.title, notice.text, notice.recipient, notice.rule])
        try database.execute(sql: "DELETE FROM notices WHERE number <= (SELECT max(number) FROM notices) - 1000")
    }
}

/// Something that people were told.
public struct Notice: Hashable, Sendable {
    /// When.
    public let date: Date
    /// What.
    public let text: String
    /// In a few words.
    public let title: String?
    /// Whom; nil: everyone.
    public let recipient: String?
    /// The rule that told it.
    public let rule: String

    /// A notice.
    public init(date: Date, text: String, title: String?, recipient: String?, rule: String) {
        (self.date, self.text, self.title, self.recipient, self.rule) = (date, text, title, recipient, rule)
    }
}
