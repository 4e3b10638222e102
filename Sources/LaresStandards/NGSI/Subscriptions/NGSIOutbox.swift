import GRDB
import LaresJSON
import Synchronization

/// How many notifications wait for each subscription, and which subscriptions are being told: read once, then kept in step with the database.
///
/// The counts are touched within writing transactions only; after one that failed they are read anew.
final class NGSIOutbox: Sendable {
    /// How many subscriptions are told at once.
    static let mostAtOnce = 64

    private struct State {
        var counts: [Int64: Int]?
        var underWay: Set<Int64> = []
    }

    private let state = Mutex(State())

    func count(of subscription: Int64, _ database: Database) throws -> Int {
        try load(database)
        return state.withLock { $0.counts?[subscription] ?? 0 }
    }

    private func load(_ database: Database) throws {
        guard state.withLock({ $0.counts == nil }) else { return }
        let rows = try Row.fetchAll(database, sql: "SELECT subscription, count(*) AS count FROM notifications GROUP BY subscription")
        let counts = Dictionary(rows.map { ($0["subscription"] as Int64, $0["count"] as Int) }) { $1 }
        state.withLock { $0.counts = counts }
    }

    func add(_ number: Int, to subscription: Int64) {
        state.withLock { state in
            guard let count = state.counts.map({ $0[subscription] ?? 0 }) else { return }
            state.counts?[subscription] = count + number > 0 ? count + number : nil
        }
    }

    /// Nothing waits for a subscription that is gone.
    func remove(_ subscription: Int64) { state.withLock { _ = $0.counts?.removeValue(forKey: subscription) } }

    /// Has everything counted anew.
    func forget() { state.withLock { $0.counts = nil } }

    /// How many more subscriptions may be told at once.
    var room: Int { state.withLock { Self.mostAtOnce - $0.underWay.count } }

    /// Subscriptions for which something waits and that nobody tells.
    var idle: [Int64] { state.withLock { state in state.counts?.keys.filter { !state.underWay.contains($0) } ?? [] } }

    /// The idle ones of which the first notification is due, the one that waits longest first, as many as there is room for.
    func due(_ now: Int, _ database: Database) throws -> [Int64] {
        try load(database)
        return try Int64.fetchAll(
            database, sql: "SELECT subscription FROM (\(Self.heads)) WHERE due <= ? ORDER BY number LIMIT ?",
            arguments: [Self.list(idle), now, room])
    }

    func begin(_ subscriptions: [Int64]) { state.withLock { $0.underWay.formUnion(subscriptions) } }

    func end(_ subscription: Int64) { state.withLock { _ = $0.underWay.remove(subscription) } }

    /// The first notification of each subscription of a list.
    static let heads = """
        SELECT n.* FROM json_each(?) j JOIN notifications n
        ON n.number = (SELECT min(number) FROM notifications WHERE subscription = j.value)
        """

    static func list(_ subscriptions: [Int64]) -> String { JSON.array(subscriptions.map { .int(Int($0)) }).serialized }
}

extension NGSIBroker {
    /// Writes to the database and the outbox.
    func post<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try store.pool.write(body) } catch {
            outbox.forget()
            throw error
        }
    }

    /// As ``post(_:)``, on a thread of the database.
    func posting<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        do { return try await store.pool.write(body) } catch {
            outbox.forget()
            throw error
        }
    }

    /// Puts a notification in the outbox. What a subscription has no room for isn't told, and counts as failed.
    func put(_ parcel: JSON, _ watcher: NGSIWatcher, _ now: Int, _ database: Database) throws {
        guard try outbox.count(of: watcher.number, database) < settings.mostWaiting else {
            return try Self.mark(watcher.number, database) { $0.noteFailures(1, at: now) }
        }
        try database.execute(
            sql: "INSERT INTO notifications (subscription, body, created, due) VALUES (?, ?, ?, ?)",
            arguments: [watcher.number, parcel.serialized, now, now])
        outbox.add(1, to: watcher.number)
    }

    /// Changes how a subscription's notifications stand.
    static func mark(_ subscription: Int64, _ database: Database, _ change: (inout JSON.Members) -> Void) throws {
        let text = try String.fetchOne(database, sql: "SELECT state FROM subscriptions WHERE number = ?", arguments: [subscription])
        guard let text, var state = (try? JSON(parsing: Array(text.utf8)))?.members else { return }
        change(&state)
        try database.execute(
            sql: "UPDATE subscriptions SET state = ? WHERE number = ?", arguments: [JSON.object(state).serialized, subscription])
    }
}

extension JSON.Members {
    /// So many notifications weren't delivered (clause 5.2.14).
    mutating func noteFailures(_ count: Int, at now: Int) {
        self["lastFailure"] = .int(now)
        self["timesFailed"] = .int((self["timesFailed"]?.whole ?? 0) + count)
        self["status"] = "failed"
    }
}
