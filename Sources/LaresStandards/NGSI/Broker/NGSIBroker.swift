public import Foundation
import GRDB
import LaresJSON
import Synchronization

/// The entities of a city, what happened to them, and who is told of it.
///
/// ```swift
/// let broker = NGSIBroker(try NGSIStore(path: home.file("city.db")))
/// let entity = try NGSIReader(context, .whole).entity(json)
/// try broker.create(entity, tenant: "")
/// ```
///
/// Every change is one transaction with what follows from it: the temporal representation, and the notifications of subscriptions.
public final class NGSIBroker: Sendable {
    let store: NGSIStore
    /// Contexts that are kept.
    public let contexts: NGSIContexts
    let settings: NGSISettings
    /// Microseconds since 1970; never the same twice in a row.
    let clock: @Sendable () -> Int
    let watchers = Mutex<[String: [NGSIWatcher]]>([:])
    let outbox = NGSIOutbox()
    private let began: Int
    /// When registrations are looked at next whose time may be over.
    let nextSweep = Mutex(0)
    /// A name of this broker that no other has, as far as chance goes.
    public let alias: String
    let wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - store: Where everything is kept.
    ///   - settings: Bounds, and what is allowed.
    ///   - source: What fetches contexts of other servers, where that is allowed.
    ///   - clock: Microseconds since 1970.
    public init(
        _ store: NGSIStore, settings: NGSISettings = NGSISettings(), source: (any NGSIContextSource)? = nil,
        clock: @escaping @Sendable () -> Int = { Int(Date().timeIntervalSince1970 * 1_000_000) }
    ) {
        (self.store, self.settings, self.clock) = (store, settings, clock)
        (began, alias) = (clock(), "lares-" + String(UInt64.random(in: .min ... .max), radix: 36))
        contexts = NGSIContexts(store, source: source, allowed: settings.allowedContexts, clock: clock)
    }

    /// Microseconds since 1970.
    public var now: Int { clock() }
    /// For how many seconds it has been running.
    public var uptime: Int { max(0, (clock() - began) / 1_000_000) }
    /// How many entities a page has unless said otherwise.
    public var page: Int { settings.page }
    /// How many it has at most.
    public var mostInPage: Int { settings.mostInPage }

    /// Does something in one transaction, and what follows from it.
    func write<Result>(_ tenant: String, makesTenant: Bool = false, _ body: (inout NGSITransaction) throws -> Result) throws -> Result {
        let result = try post { database in
            var transaction = NGSITransaction(database: database, tenant: tenant, now: clock())
            if makesTenant, !tenant.isEmpty {
                try database.execute(sql: "INSERT OR IGNORE INTO tenants VALUES (?)", arguments: [tenant])
            }
            let result = try body(&transaction)
            try record(transaction)
            try notify(transaction)
            return result
        }
        wakes.continuation.yield()
        return result
    }

    /// Whether a tenant is known; the one without a name always is.
    public func has(tenant: String) throws -> Bool {
        if tenant.isEmpty { return true }
        return try store.pool.read { try Bool.fetchOne($0, sql: "SELECT 1 FROM tenants WHERE name = ?", arguments: [tenant]) ?? false }
    }

    /// Makes a tenant known.
    public func make(tenant: String) throws {
        if tenant.isEmpty { return }
        try store.pool.write { try $0.execute(sql: "INSERT OR IGNORE INTO tenants VALUES (?)", arguments: [tenant]) }
    }

    static func unknown(_ id: String) -> NGSIError { NGSIError.missing("there is no entity '\(id.prefix(300))'") }
}

/// Bounds of what a city keeps, and what is allowed.
public struct NGSISettings: Sendable, Hashable {
    /// What addresses of contexts that may be fetched begin with; empty: none may.
    public var allowedContexts: [String] = []
    /// How many entities a page has unless said otherwise.
    public var page = 20
    /// How many it has at most.
    public var mostInPage = 1_000
    /// How many instances of attributes an answer about the past has at most, all together.
    public var mostInstances = 10_000
    /// From how many the values of an answer are put together at most: a year of minutes.
    public var mostAggregated = 600_000
    /// Whether changes of entities are kept as temporal representations.
    public var recordsChanges = true
    /// For how many seconds they are; nil: for ever.
    public var retention: Double? = 366 * 86_400
    /// How many notifications may wait for each subscription.
    public var mostWaiting = 10_000
    /// For how many seconds a notification is tried.
    public var patience: Double = 86_400

    /// The usual ones.
    public init() {}
}

/// One operation under way: what it changed so far.
struct NGSITransaction {
    let database: Database
    let tenant: String
    let now: Int
    var events: [NGSIEvent] = []

    func find(_ id: String) throws -> (number: Int64, entity: NGSIEntity)? { try NGSIStore.find(id, tenant, database) }

    func require(_ id: String) throws -> (number: Int64, entity: NGSIEntity) {
        guard let found = try find(id) else { throw NGSIBroker.unknown(id) }
        return found
    }

    mutating func insert(_ entity: NGSIEntity) throws {
        try NGSIStore.insert(entity, tenant, database)
        let changes = entity.attributes.groups.flatMap { group in
            group.instances.map { NGSIChange(kind: .created, name: group.name, instance: $0, previous: nil) }
        }
        events.append(NGSIEvent(kind: .created, entity: entity, previous: nil, changes: changes))
    }

    mutating func update(_ entity: NGSIEntity, _ number: Int64, from previous: NGSIEntity, _ changes: [NGSIChange]) throws {
        try NGSIStore.update(entity, from: previous, number, tenant, database)
        events.append(NGSIEvent(kind: .updated, entity: entity, previous: previous, changes: changes))
    }

    mutating func delete(_ entity: NGSIEntity, _ number: Int64) throws {
        try NGSIStore.delete(number, database)
        let changes = entity.attributes.groups.flatMap { group in
            group.instances.map { NGSIChange(kind: .deleted, name: group.name, instance: $0, previous: $0) }
        }
        events.append(NGSIEvent(kind: .deleted, entity: entity, previous: entity, changes: changes))
    }
}
