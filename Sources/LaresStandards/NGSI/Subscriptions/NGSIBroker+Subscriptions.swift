import Foundation
import GRDB
public import LaresJSON
import Synchronization

/// Subscriptions to entities (`entities`) and to registrations of context sources (`sources`), as they were given.
extension NGSIBroker {
    /// What a subscription is about.
    public enum SubscriptionKind: String, Sendable { case entities, sources }

    /// A subscription as it is kept, and how its notifications stand.
    public struct Subscription: Sendable {
        /// As it was given, with its `@context` and an id.
        public let document: JSON
        /// `timesSent`, `lastNotification` …
        public let state: JSON
    }

    /// Keeps a subscription whose contexts have been resolved.
    ///
    /// - Returns: Its id.
    /// - Throws: ``NGSIError``: `badRequestData`, `alreadyExists`; an error of the database.
    public func subscribe(_ json: JSON, _ kind: SubscriptionKind, tenant: String) throws -> String {
        guard var members = json.members, members.count > 0 else {
            throw NGSIError.bad("a subscription must be an object that isn't empty")
        }
        if members["id"] == nil { members["id"] = .string("urn:ngsi-ld:Subscription:" + UUID().uuidString.lowercased()) }
        let document = JSON.object(members), now = clock()
        let watcher = try watcher(document, tenant, now: now)
        try write(tenant, makesTenant: true) { transaction in
            guard try Self.find(watcher.id, kind, tenant, transaction.database) == nil else {
                throw NGSIError(.alreadyExists, "the subscription '\(watcher.id)' is there already")
            }
            let times: JSON = ["createdAt": .int(now), "modifiedAt": .int(now)]
            try transaction.database.execute(
                sql: "INSERT INTO subscriptions (tenant, id, kind, document, state, due) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    tenant, watcher.id, kind.rawValue, document.serialized, times.serialized,
                    watcher.timeInterval.map { kind == .sources ? now + Int($0 * 1_000_000) : now },
                ])
            if kind == .sources {
                var kept = watcher
                (kept.number, kept.tenant) = (transaction.database.lastInsertedRowID, tenant)
                try introduce(kept, transaction)
            }
        }
        watchers.withLock { $0[tenant] = nil }
        return watcher.id
    }

    /// Changes members of a subscription; null takes one away.
    public func update(subscription id: String, _ fragment: JSON, _ kind: SubscriptionKind, tenant: String) throws {
        guard let changes = fragment.members, changes.count > 0 else {
            throw NGSIError.bad("a change of a subscription must be an object that isn't empty")
        }
        if let other = changes["id"]?.text, other != id { throw NGSIError.bad("the id of a subscription stays") }
        let now = clock()
        try write(tenant) { transaction in
            guard case let (number, old)? = try Self.find(id, kind, tenant, transaction.database) else {
                throw Self.unknown(subscription: id)
            }
            var members = JSON.Members()
            for (name, value) in old.document.members ?? JSON.Members() {
                guard let change = changes[name] else {
                    members.append(name, value)
                    continue
                }
                if change != .null, !change.isNGSINull { members.append(name, change) }
            }
            for (name, value) in changes where old.document[name] == nil && value != .null && !value.isNGSINull {
                members.append(name, value)
            }
            if members["isActive"] == nil, changes["isActive"] != nil { throw NGSIError.bad("'isActive' must be true or false") }
            let watcher = try watcher(.object(members), tenant, now: changes["expiresAt"] == nil ? nil : now)
            var state = old.state.members ?? JSON.Members()
            state["modifiedAt"] = .int(now)
            try transaction.database.execute(
                sql: "UPDATE subscriptions SET document = ?, state = ?, due = ? WHERE number = ?",
                arguments: [
                    JSON.object(members).serialized, JSON.object(state).serialized, watcher.timeInterval.map { now + Int($0 * 1_000_000) },
                    number,
                ])
            if kind == .sources {
                var kept = watcher
                (kept.number, kept.tenant) = (number, tenant)
                try introduce(kept, transaction)
            }
        }
        watchers.withLock { $0[tenant] = nil }
    }

    /// One subscription.
    public func subscription(_ id: String, _ kind: SubscriptionKind, tenant: String) throws -> Subscription {
        guard let found = try store.pool.read({ try Self.find(id, kind, tenant, $0) }) else { throw Self.unknown(subscription: id) }
        return found.subscription
    }

    /// Subscriptions in the order they were made, and how many there are.
    public func subscriptions(_ kind: SubscriptionKind, limit: Int, offset: Int, tenant: String) throws -> (
        page: [Subscription], count: Int
    ) {
        try store.pool.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT document, state FROM subscriptions WHERE tenant = ? AND kind = ? ORDER BY number LIMIT ? OFFSET ?",
                arguments: [tenant, kind.rawValue, limit, offset])
            let count = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM subscriptions WHERE tenant = ? AND kind = ?", arguments: [tenant, kind.rawValue])
            return (rows.compactMap { Subscription($0) }, count ?? 0)
        }
    }

    /// Takes a subscription away, and what of it waits to be sent.
    public func unsubscribe(_ id: String, _ kind: SubscriptionKind, tenant: String) throws {
        try post { database in
            guard let found = try Self.find(id, kind, tenant, database) else { throw Self.unknown(subscription: id) }
            try database.execute(sql: "DELETE FROM subscriptions WHERE number = ?", arguments: [found.number])
            outbox.remove(found.number)
        }
        watchers.withLock { $0[tenant] = nil }
    }

    private static func unknown(subscription id: String) -> NGSIError { NGSIError.missing("there is no subscription '\(id.prefix(300))'") }

    private static func find(
        _ id: String, _ kind: SubscriptionKind, _ tenant: String, _ database: Database
    ) throws -> (number: Int64, subscription: Subscription)? {
        let row = try Row.fetchOne(
            database, sql: "SELECT number, document, state FROM subscriptions WHERE tenant = ? AND kind = ? AND id = ?",
            arguments: [tenant, kind.rawValue, id])
        guard let row, let subscription = Subscription(row) else { return nil }
        return (row["number"], subscription)
    }
}

extension NGSIBroker.Subscription {
    init?(_ row: Row) {
        guard let document = try? JSON(parsing: Array((row["document"] as String).utf8)),
            let state = try? JSON(parsing: Array((row["state"] as String).utf8))
        else { return nil }
        self.init(document: document, state: state)
    }
}
