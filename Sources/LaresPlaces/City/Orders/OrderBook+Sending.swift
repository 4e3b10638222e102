internal import Foundation
internal import GRDB
public import LaresJSON
internal import LaresThings

extension OrderBook {
    /// What came of an order that was sent.
    public enum Outcome: Sendable, Hashable {
        /// The other side took it.
        case acknowledged
        /// What it was to do was seen.
        case effective(JSON)
        /// It wasn't taken, and why.
        case failed(String)
    }

    /// Begins to send an order, which is on the disk before this returns. At most once, whatever happens.
    ///
    /// - Returns: The order that is to go out now; nil: it isn't to be sent, since it was before, its time is over, or somebody else has the actuator.
    public func beginSending(_ id: String) throws -> Order? {
        let now = clock.now
        let order: Order? = try pool.write { database in
            guard var order = try Self.find(id, database), order.state == .ordered else { return nil }
            if order.expiresAt <= now {
                (order.state, order.reason) = (.expired, "its time was over before it was sent")
            } else if let reason = try refusal(of: order.issuer, for: order.actuator, at: now, database) {
                (order.state, order.reason) = (.refused, reason)
            } else {
                (order.state, order.sentAt) = (.sent, now)
            }
            try Self.update(order, database)
            return order
        }
        tell(order.map { [$0] } ?? [])
        return order?.state == .sent ? order : nil
    }

    /// The other side took it; nil: it isn't on its way.
    @discardableResult public func acknowledge(_ id: String) throws -> Order? { try close([(id, .acknowledged)]).first }

    /// It wasn't taken; nil: nothing was to come of it any more.
    @discardableResult public func fail(_ id: String, _ reason: String) throws -> Order? { try close([(id, .failed(reason))]).first }

    /// What it was to do was seen; nil: it wasn't sent.
    @discardableResult public func sawEffect(_ id: String, _ effect: JSON) throws -> Order? { try close([(id, .effective(effect))]).first }

    /// What came of several orders, written at once.
    ///
    /// - Returns: Those for which it could be.
    @discardableResult public func close(_ outcomes: [(id: String, outcome: Outcome)]) throws -> [Order] {
        guard !outcomes.isEmpty else { return [] }
        let now = clock.now
        let closed = try pool.write { database in
            try outcomes.compactMap { id, outcome -> Order? in
                guard var order = try Self.find(id, database), order.close(outcome, at: now, limits) else { return nil }
                try Self.update(order, database)
                return order
            }
        }
        tell(closed)
        return closed
    }

    /// Ends what is past its time: what wasn't sent is `expired`, what wasn't answered `failed`. Forgets the oldest of what is over.
    ///
    /// - Returns: How many orders ended.
    @discardableResult public func settle() throws -> Int {
        let now = clock.now
        let ended = try pool.write { database in
            let due = try Row.fetchAll(
                database, sql: "SELECT number, body FROM orders WHERE is_over = 0 AND expires <= ? LIMIT 10000",
                arguments: [now.timeIntervalSince1970]
            ).compactMap { Self.read($0) }
            let ended = try due.compactMap { order -> Order? in
                var order = order
                guard order.end(at: now) else { return nil }
                try Self.update(order, database)
                return order
            }
            try prune(now, database)
            return ended
        }
        tell(ended)
        return ended.count
    }

    /// What is forgotten could come again unseen: from then on nothing that ends as early is taken.
    private func prune(_ now: Date, _ database: Database) throws {
        let last = try Int.fetchOne(
            database, sql: "SELECT number FROM orders WHERE is_over = 1 ORDER BY number DESC LIMIT 1 OFFSET ?", arguments: [limits.records])
        if let last {
            let (rest, arguments): (String, StatementArguments) = (
                "FROM orders WHERE is_over = 1 AND number <= ? AND expires < ?", [last, now.timeIntervalSince1970]
            )
            if let latest = try Double.fetchOne(database, sql: "SELECT max(expires) \(rest)", arguments: arguments) {
                try database.execute(sql: "UPDATE horizon SET expires = max(expires, ?)", arguments: [latest])
                try database.execute(sql: "DELETE \(rest)", arguments: arguments)
            }
        }
        try database.execute(
            sql: "DELETE FROM handovers WHERE number <= (SELECT max(number) FROM handovers) - ?", arguments: [limits.handovers])
    }
}

extension Order {
    /// Whether an outcome could be noted.
    fileprivate mutating func close(_ outcome: OrderBook.Outcome, at now: Date, _ limits: OrderLimits) -> Bool {
        switch (outcome, state) {
        case (.acknowledged, .sent): (state, answeredAt) = (.acknowledged, now)
        case (.effective(let seen), .sent), (.effective(let seen), .acknowledged):
            (state, effectAt, answeredAt) = (.effective, now, answeredAt ?? now)
            effect = seen.serialized.utf8.count <= limits.value ? seen : .null
        case (.failed(let why), .ordered), (.failed(let why), .sent), (.failed(let why), .acknowledged):
            (state, answeredAt, reason) = (.failed, now, String(why.prefix(1_000)))
        default: return false
        }
        return true
    }

    /// Whether it ends because its time is over.
    fileprivate mutating func end(at now: Date) -> Bool {
        switch state {
        case .ordered: (state, reason) = (.expired, "its time was over before it was sent")
        case .sent: (state, answeredAt, reason) = (.failed, now, "no answer came before its time was over: whether it arrived isn't known")
        default: return false
        }
        return true
    }
}
