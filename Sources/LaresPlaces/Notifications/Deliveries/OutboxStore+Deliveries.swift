internal import Foundation
internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Deliveries and their way.
extension OutboxStore {
    /// Adds deliveries, and gives up what the queue has no room for.
    static func add(_ deliveries: [Delivery], limits: OutboxLimits, at now: Date, to database: Database) throws {
        for delivery in deliveries { try insert(delivery, database) }
        let waiting = try Int.fetchOne(database, sql: "SELECT count(*) FROM deliveries WHERE state = 'queued'") ?? 0
        let excess = max(0, waiting - limits.waiting)
        for var old in try self.deliveries(database, "WHERE state = 'queued' ORDER BY urgent, number LIMIT ?", [excess]) {
            old.giveUp("more than \(limits.waiting) were waiting", at: now)
            try update(old, database)
        }
        try database.execute(
            sql: """
                DELETE FROM deliveries WHERE ended IS NOT NULL AND number <= (
                    SELECT number FROM deliveries WHERE ended IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET ?)
                """, arguments: [limits.records])
    }

    /// The last deliveries, newest first.
    func deliveries(limit: Int) throws -> [Delivery] {
        try pool.read { try Self.deliveries($0, "ORDER BY number DESC LIMIT ?", [max(0, limit)]) }
    }

    /// What nobody knows the end of, because the process ended in the middle, is sent again.
    func resume(at now: Date) throws {
        try pool.write { database in
            for var delivery in try Self.deliveries(database, "WHERE state = 'sending'", []) {
                delivery.resume(at: now)
                try Self.update(delivery, database)
            }
        }
    }

    /// Begins what is due: of each target that isn't busy one, what is urgent first. It is on the disk before it is sent.
    func begin(at now: Date, most: Int) throws -> [Delivery] {
        try pool.write { database in
            let busy = try Set(String.fetchAll(database, sql: "SELECT target FROM deliveries WHERE state = 'sending'"))
            var (targets, begun) = (busy, [Delivery]())
            let due = try Self.deliveries(
                database, "WHERE state = 'queued' AND due <= ? ORDER BY urgent DESC, due, number", [now.timeIntervalSince1970])
            for var delivery in due where targets.count < most && targets.insert(delivery.target).inserted {
                delivery.begin()
                try Self.update(delivery, database)
                begun.append(delivery)
            }
            return begun
        }
    }

    /// When the next delivery is due whose target isn't busy; nil: there is none.
    func nextDate() throws -> Date? {
        let time = try pool.read {
            try Double.fetchOne(
                $0,
                sql: """
                    SELECT min(due) FROM deliveries
                    WHERE state = 'queued' AND target NOT IN (SELECT target FROM deliveries WHERE state = 'sending')
                    """)
        }
        return time.map { Date(timeIntervalSince1970: $0) }
    }

    /// Keeps how a delivery stands.
    func save(_ delivery: Delivery) throws { try pool.write { try Self.update(delivery, $0) } }

    static func update(_ delivery: Delivery, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE deliveries SET state = ?, due = ?, attempts = ?, ended = ?, reason = ? WHERE number = ?",
            arguments: [
                delivery.state.rawValue, delivery.dueAt.timeIntervalSince1970, delivery.attempts,
                delivery.endedAt?.timeIntervalSince1970, delivery.reason, delivery.number,
            ])
    }

    private static func insert(_ delivery: Delivery, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO deliveries (target, recipient, key, content, urgent, created, expires, state, due, attempts)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                delivery.target, delivery.recipient, delivery.key, delivery.content.kept.serialized, delivery.isUrgent,
                delivery.createdAt.timeIntervalSince1970, delivery.expiresAt.timeIntervalSince1970, delivery.state.rawValue,
                delivery.dueAt.timeIntervalSince1970, delivery.attempts,
            ])
    }

    static func deliveries(_ database: Database, _ rest: String, _ arguments: StatementArguments) throws -> [Delivery] {
        try Row.fetchAll(database, sql: "SELECT * FROM deliveries " + rest, arguments: arguments).compactMap { Delivery($0) }
    }
}

extension Delivery {
    /// Nil for a row that this Lares can't read.
    fileprivate init?(_ row: Row) {
        guard let state = State(rawValue: row["state"]), let json = try? JSON(parsing: Array((row["content"] as String).utf8)),
            let content = Content(kept: json)
        else { return nil }
        let ended: Double? = row["ended"]
        self.init(
            number: row["number"], target: row["target"], recipient: row["recipient"], key: row["key"], content: content,
            isUrgent: row["urgent"], createdAt: Date(timeIntervalSince1970: row["created"]),
            expiresAt: Date(timeIntervalSince1970: row["expires"]), state: state, dueAt: Date(timeIntervalSince1970: row["due"]),
            attempts: row["attempts"], endedAt: ended.map { Date(timeIntervalSince1970: $0) }, reason: row["reason"])
    }
}
