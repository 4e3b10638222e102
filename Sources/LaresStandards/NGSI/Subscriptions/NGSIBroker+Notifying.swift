import GRDB
import LaresJSON
import Synchronization

/// Telling subscribers: what they are to be told is written with the change that sets it off, in one transaction, and sent later.
extension NGSIBroker {
    func notify(_ transaction: NGSITransaction) throws {
        guard !transaction.events.isEmpty else { return }
        let awake = try watchers(transaction.tenant, transaction.database).filter { $0.timeInterval == nil && $0.isAwake(transaction.now) }
        let linked = { (id: String) in try? NGSIStore.find(id, transaction.tenant, transaction.database)?.entity }
        for watcher in awake {
            let wanted = transaction.events.filter { watcher.wants($0, linked: linked) }
            guard !wanted.isEmpty, try !isThrottled(watcher, transaction) else { continue }
            let bodies = wanted.flatMap { Self.data($0, watcher, transaction) }
            for part in watcher.splitsEntities ? bodies.map({ [$0] }) : [bodies] where !part.isEmpty {
                try enqueue(part, watcher, transaction.now, transaction.database)
            }
        }
    }

    private func isThrottled(_ watcher: NGSIWatcher, _ transaction: NGSITransaction) throws -> Bool {
        guard let throttling = watcher.throttling else { return false }
        let last = try Int.fetchOne(
            transaction.database, sql: "SELECT queued FROM subscriptions WHERE number = ?", arguments: [watcher.number])
        return last.map { transaction.now - $0 < Int(throttling * 1_000_000) } ?? false
    }

    /// The subscriptions of a tenant, read once and kept until one changes.
    func watchers(_ tenant: String, _ database: Database) throws -> [NGSIWatcher] {
        if let known = watchers.withLock({ $0[tenant] }) { return known }
        let rows = try Row.fetchAll(
            database, sql: "SELECT number, document FROM subscriptions WHERE tenant = ? AND kind = 'entities' ORDER BY number",
            arguments: [tenant])
        let read = rows.compactMap { row -> NGSIWatcher? in
            guard let json = try? JSON(parsing: Array((row["document"] as String).utf8)), var watcher = try? watcher(json, tenant, now: nil)
            else { return nil }
            (watcher.number, watcher.tenant) = (row["number"], tenant)
            return watcher
        }
        watchers.withLock { $0[tenant] = read }
        return read
    }

    /// Reads a kept subscription with the contexts that are known here.
    func watcher(_ json: JSON, _ tenant: String, now: Int?) throws -> NGSIWatcher {
        let context = try contexts.known(json["@context"], tenant: tenant)
        let notified = try json["jsonldContext"].map { try contexts.known($0, tenant: tenant) } ?? context
        return try NGSIWatcher(json, context, notified: notified, now: now)
    }

    /// What is told of an event: the entity, and those its relationships lead to where that was asked for.
    private static func data(_ event: NGSIEvent, _ watcher: NGSIWatcher, _ transaction: NGSITransaction) -> [JSON] {
        let deletes =
            watcher.triggers.contains(.attributeDeleted) || event.kind == .deleted && watcher.notification.showsChanges
            || watcher.triggers.contains(.entityUpdated)
        let entity = event.withDeletions(
            at: transaction.now, shown: deletes, watched: watcher.watched, hasTimes: watcher.notification.hasSystemAttributes)
        var related: [String: NGSIEntity] = [:]
        if let join = watcher.notification.join, join != "@none" {
            var front = [entity]
            for _ in 0..<watcher.notification.joinLevel {
                let found = front.flatMap(\.linkedIDs).filter { related[$0] == nil }.prefix(1_000).compactMap {
                    try? NGSIStore.find($0, transaction.tenant, transaction.database)?.entity
                }
                for entity in found { related[entity.id] = entity }
                front = found
            }
        }
        return watcher.json(entity, changes: event.changes, related: related)
    }

    /// Puts a notification of entities in the outbox.
    func enqueue(_ data: [JSON], _ watcher: NGSIWatcher, _ now: Int, _ database: Database) throws {
        try put(watcher.parcel(data, at: now, tenant: watcher.tenant), watcher, now, database)
        try database.execute(sql: "UPDATE subscriptions SET queued = ? WHERE number = ?", arguments: [now, watcher.number])
    }
}

extension NGSIEvent {
    /// The entity with what went marked as gone.
    func withDeletions(at now: Int, shown: Bool, watched: Set<String>, hasTimes: Bool) -> NGSIEntity {
        var entity = entity
        if kind == .deleted {
            entity.deletedAt = now
            entity.attributes = NGSIAttributes()
        }
        guard shown else { return entity }
        var wholes: Set<String> = []
        let gone = changes.filter { $0.kind == .deleted && (watched.isEmpty || watched.contains($0.name)) }
        for change in gone {
            var marker = NGSIAttribute(nothing: change.instance)
            if hasTimes { marker.deletedAt = now }
            // An attribute that went with all its instances is told once.
            let isWhole = entity.attributes[change.name] == nil && gone.filter { $0.name == change.name }.count > 1
            if isWhole { marker.datasetId = nil }
            let others = entity.attributes[change.name] ?? []
            if others.contains(where: { $0.datasetId == marker.datasetId && $0.isDeletion }) { continue }
            if others.contains(where: { $0.isDeletion && $0.datasetId == nil }), wholes.contains(change.name) { continue }
            if isWhole { wholes.insert(change.name) }
            entity.attributes[change.name] = others + [marker]
        }
        return entity
    }
}

extension NGSIWatcher {
    /// The entity as it is told, and those it leads to.
    func json(_ entity: NGSIEntity, changes: [NGSIChange], related: [String: NGSIEntity]) -> [JSON] {
        var writer = NGSIWriter(notifiedContext)
        writer.form = notification.form
        writer.hasSystemAttributes = notification.hasSystemAttributes
        (writer.attributes, writer.pick, writer.omit) = (notification.attributes, notification.pick, notification.omit)
        writer.languages = notification.languages
        writer.datasets = selection.datasets
        if notification.showsChanges { writer.previous = changes }
        if notification.join == "inline" { (writer.linked, writer.joinLevel) = (related, notification.joinLevel) }
        var all = [written(entity, writer)]
        if notification.join == "flat" {
            (writer.attributes, writer.pick, writer.omit, writer.datasets, writer.previous) = (nil, nil, nil, nil, [])
            all += related.values.sorted { $0.id < $1.id }.map { written($0, writer) }
        }
        return all
    }

    private func written(_ entity: NGSIEntity, _ writer: NGSIWriter) -> JSON {
        var members = notification.isGeoJSON ? writer.feature(entity, geometry: CoreTerms.base + "location") : writer.members(entity)
        if notification.endpoint.accept == "application/ld+json" {
            members["@context"] = notifiedContext.source ?? .string(CoreTerms.address)
        }
        return .object(members)
    }

    /// What is kept until it is delivered: the body, its content type, and what goes beside it.
    func parcel(_ data: [JSON], at now: Int, tenant: String, type: String = "Notification", reason: String? = nil) -> JSON {
        var body: JSON.Members = [
            "id": .string("urn:ngsi-ld:Notification:\(now)-\(number)-\(UInt32.random(in: 0...UInt32.max))"), "type": .string(type),
            "subscriptionId": .string(id), "notifiedAt": .string(NGSITime.text(now)),
        ]
        if let reason { body["triggerReason"] = .string(reason) }
        body["data"] = notification.isGeoJSON ? ["type": "FeatureCollection", "features": .array(data)] : .array(data)
        var parcel: JSON.Members = ["type": .string(notification.endpoint.accept), "tenant": .string(tenant)]
        if notification.endpoint.accept != "application/ld+json" {
            let source = notifiedContext.source
            let link = source?.text ?? source?.elements.flatMap { $0.count == 1 ? $0[0].text : nil } ?? linkedContext
            parcel["link"] = .string(link ?? CoreTerms.address)
        }
        parcel["body"] = .object(body)
        return .object(parcel)
    }
}
