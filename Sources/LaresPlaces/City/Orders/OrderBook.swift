internal import Foundation
internal import GRDB
internal import LaresJSON
public import LaresStore
public import LaresThings
internal import Synchronization

/// The orders to actuators, in `orders.db`: each is sent once at most, and what led to it and what came of it stays on record.
///
/// ```swift
/// let placed = try book.place(request)                       // the same id gives the same order, never another
/// guard let order = try book.beginSending(placed.id) else { return }
/// try battery.set(order.value)                               // it is on the disk that this was about to happen
/// try book.acknowledge(order.id)
/// ```
///
/// An order that was about to leave when Lares was killed counts as sent: nobody knows whether it arrived, so it isn't sent again.
public final class OrderBook: Sendable {
    let pool: DatabasePool
    let clock: any TimeSource
    let limits: OrderLimits
    private let watchers = Mutex<(last: Int, all: [Int: AsyncStream<Order>.Continuation])>((0, [:]))
    /// Orders that were placed since the last pruning.
    private let placed = Mutex(0)
    private static let mostWatchers = 256

    /// The orders of a data directory. What is past its time is settled at once.
    ///
    /// - Throws: An error of the database.
    public convenience init(home: LaresHome, clock: any TimeSource = SystemTime(), limits: OrderLimits = OrderLimits()) throws {
        try self.init(path: home.file("orders.db"), clock: clock, limits: limits)
    }

    package init(path: String, clock: any TimeSource, limits: OrderLimits = OrderLimits()) throws {
        (pool, self.clock, self.limits) = (try Self.schema.open(at: path), clock, limits)
        _ = try settle()
    }

    private static let schema = StoreSchema(
        name: "orders",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE orders (
                            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, actuator TEXT NOT NULL, issuer TEXT NOT NULL,
                            state TEXT NOT NULL, is_over INTEGER NOT NULL, expires REAL NOT NULL, body TEXT NOT NULL) STRICT;
                        CREATE INDEX orders_open ON orders (is_over, expires);
                        CREATE INDEX orders_actuator ON orders (actuator, number);
                        CREATE TABLE owners (actuator TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
                        CREATE TABLE handovers (number INTEGER PRIMARY KEY AUTOINCREMENT, actuator TEXT NOT NULL, body TEXT NOT NULL) STRICT;
                        CREATE TABLE horizon (only INTEGER PRIMARY KEY CHECK (only = 1), expires REAL NOT NULL) STRICT;
                        INSERT INTO horizon VALUES (1, 0);
                        """)
            },
            // A street's signals are ordered a hundred thousand times a day; what people look for among it are a few.
            { try $0.execute(sql: "CREATE INDEX orders_notable ON orders (number) WHERE \(OrderBook.notable)") },
        ])

    /// Takes an order in. One whose id is known is given back as it stands, and never sent again.
    ///
    /// - Returns: The order: `ordered`, or `expired` or `refused` with its reason.
    /// - Throws: ``OrderError`` with `conflict` for an id that another order has, `invalid`, `full`; an error of the database.
    public func place(_ request: OrderRequest) throws -> Order { try place([request])[0] }

    /// Takes orders in, all or none.
    public func place(_ requests: [OrderRequest]) throws -> [Order] { try place(requests, isSending: false).map(\.order) }

    /// Takes orders in and begins to send them: those that come back as `sent` are to go out now, and no others. Each needs an id that no order had.
    public func placeForSending(_ requests: [OrderRequest]) throws -> [Order] { try place(requests, isSending: true).map(\.order) }

    /// Takes an order in and begins to send it, in one step.
    ///
    /// - Returns: The order, and whether it is to go out now: not when it was known before, its time is over, or somebody else has the actuator.
    /// - Throws: As ``place(_:)-(OrderRequest)``.
    public func send(_ request: OrderRequest) throws -> (order: Order, goesOut: Bool) {
        let (order, isNew) = try place([request], isSending: true)[0]
        return (order, isNew && order.state == .sent)
    }

    private func place(_ requests: [OrderRequest], isSending: Bool) throws -> [(order: Order, isNew: Bool)] {
        let now = clock.now
        for request in requests { try request.check(limits, at: now) }
        let placed = try pool.write { database in
            try requests.map { request in
                var (order, isNew) = try self.placed(request, at: now, database)
                // What was there before may have been sent before.
                if isSending, isNew, order.state == .ordered {
                    (order.state, order.sentAt) = (.sent, now)
                    try Self.update(order, database)
                }
                return (order: order, isNew: isNew)
            }
        }
        tell(placed.filter(\.isNew).map(\.order))
        try pruneAtTimes(placed.count)
        return placed
    }

    private func placed(_ request: OrderRequest, at now: Date, _ database: Database) throws -> (order: Order, isNew: Bool) {
        if let known = try Self.find(request.id, database) {
            guard known.asksTheSame(as: request) else {
                throw OrderError(.conflict, "the id '\(request.id)' is that of another order: give each order an id of its own")
            }
            return (known, false)
        }
        var order = Order(request, at: now)
        if try request.expiresAt <= now || Self.isForgotten(request.expiresAt, database) {
            (order.state, order.reason) = (.expired, "its time was over when it came")
        } else if let reason = try refusal(of: request.issuer, for: request.actuator, at: now, database) {
            (order.state, order.reason) = (.refused, reason)
        } else {
            try makeRoom(database)
        }
        try database.execute(
            sql: "INSERT INTO orders (id, actuator, issuer, state, is_over, expires, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                order.id, order.actuator.description, order.issuer.name, order.state.rawValue, order.state.isOver ? 1 : 0,
                order.expiresAt.timeIntervalSince1970, order.json.serialized,
            ])
        order.number = Int(database.lastInsertedRowID)
        return (order, true)
    }

    /// Whether orders that ended then may have been forgotten, so that one of them could come again unseen.
    private static func isForgotten(_ expires: Date, _ database: Database) throws -> Bool {
        try Double.fetchOne(database, sql: "SELECT expires FROM horizon").map { expires.timeIntervalSince1970 <= $0 } ?? false
    }

    private func makeRoom(_ database: Database) throws {
        let open = try Int.fetchOne(database, sql: "SELECT count(*) FROM orders WHERE is_over = 0") ?? 0
        guard open < limits.open else {
            throw OrderError(.full, "\(open) orders wait or are on their way, which is as many as there may be: try again later")
        }
    }

    private func pruneAtTimes(_ count: Int) throws {
        let isDue = placed.withLock { placed in
            placed += count
            defer { if placed >= 1_000 { placed = 0 } }
            return placed >= 1_000
        }
        if isDue { _ = try settle() }
    }

    /// Each state of each order as it is reached, from now on. Who doesn't keep up loses the oldest.
    public func changes() -> AsyncStream<Order> {
        let (stream, continuation) = AsyncStream.makeStream(of: Order.self, bufferingPolicy: .bufferingNewest(256))
        watchers.withLock { watchers in
            watchers.last += 1
            if watchers.all.count < Self.mostWatchers { watchers.all[watchers.last] = continuation } else { continuation.finish() }
        }
        return stream
    }

    func tell(_ orders: [Order]) {
        guard !orders.isEmpty else { return }
        watchers.withLock { watchers in
            for (number, watcher) in watchers.all {
                for order in orders { if case .terminated = watcher.yield(order) { watchers.all[number] = nil } }
            }
        }
    }
}

extension OrderBook {
    static func find(_ id: String, _ database: Database) throws -> Order? {
        try Row.fetchOne(database, sql: "SELECT number, body FROM orders WHERE id = ?", arguments: [id]).flatMap { read($0) }
    }

    static func read(_ row: Row) -> Order? {
        (try? JSON(parsing: Array((row["body"] as String).utf8))).flatMap { Order(kept: $0, number: row["number"]) }
    }

    static func update(_ order: Order, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE orders SET state = ?, is_over = ?, body = ? WHERE number = ?",
            arguments: [order.state.rawValue, order.state.isOver ? 1 : 0, order.json.serialized, order.number])
    }
}
