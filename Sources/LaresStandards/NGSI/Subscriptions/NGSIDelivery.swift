import Foundation
import GRDB
import LaresJSON
import Synchronization

/// Sends a notification: tries once, within a bounded time.
public protocol NGSISender: Sendable {
    /// - Returns: Nil: the other side has taken it; else why not.
    func send(_ body: [UInt8], headers: [(String, String)], to endpoint: NGSIEndpoint) async -> String?
}

/// Delivers what waits, in order for each subscription, until the other side has taken it or it is given up.
extension NGSIBroker {
    /// How many notifications a subscription is told in a row before others may have its place.
    private static let mostInARow = 100

    /// Delivers and looks after subscriptions with an interval, until its task is cancelled. Once: it doesn't begin again.
    ///
    /// Subscriptions are told side by side: one whose other side is slow holds back nobody but itself.
    public func run(_ sender: any NGSISender) async {
        var wakes = self.wakes.stream.makeAsyncIterator()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                try? tick()
                for subscription in await begin() { group.addTask { await self.deliver(subscription, sender) } }
                let wait = await nextWait()
                let alarm = Task { [self] in
                    try? await Task.sleep(for: .seconds(wait))
                    if !Task.isCancelled { self.wakes.continuation.yield() }
                }
                _ = await wakes.next()
                alarm.cancel()
            }
        }
    }

    /// Delivers everything that is due, and what of it is due again.
    package func deliverDue(_ sender: any NGSISender) async {
        while case let due = await begin(), !due.isEmpty {
            await withDiscardingTaskGroup { group in
                for subscription in due { group.addTask { await self.deliver(subscription, sender) } }
            }
        }
    }

    /// Subscriptions that are to be told; they are under way from now on.
    private func begin() async -> [Int64] {
        guard !Task.isCancelled else { return [] }
        let due = (try? await posting { [self] in try outbox.due(clock(), $0) }) ?? []
        outbox.begin(due)
        return due
    }

    /// Tells one subscription what is due.
    private func deliver(_ subscription: Int64, _ sender: any NGSISender) async {
        for _ in 0..<Self.mostInARow {
            guard !Task.isCancelled, let head = try? await head(of: subscription), await deliver(head, sender) else { break }
        }
        outbox.end(subscription)
        wakes.continuation.yield()
    }

    private struct Head: Sendable {
        let number: Int64
        let subscription: Int64
        let attempts: Int
        let created: Int
        let endpoint: NGSIEndpoint
        let parcel: JSON

        /// Nil for what can't be read any more.
        init?(_ row: Row) {
            guard let parcel = try? JSON(parsing: Array((row["body"] as String).utf8)),
                let document = try? JSON(parsing: Array((row["document"] as String).utf8)),
                let endpoint = try? NGSIEndpoint(document["notification"]?["endpoint"])
            else { return nil }
            (number, subscription, attempts, created) = (row["number"], row["subscription"], row["attempts"], row["created"])
            (self.endpoint, self.parcel) = (endpoint, parcel)
        }
    }

    /// The first that waits for a subscription; nil: it isn't due. What has waited too long is given up.
    private func head(of subscription: Int64) async throws -> Head? {
        let now = clock(), oldest = now - Int(settings.patience * 1_000_000)
        return try await posting { [outbox] database in
            let sql = """
                SELECT n.*, s.document AS document FROM notifications n JOIN subscriptions s ON s.number = n.subscription
                WHERE n.subscription = ? ORDER BY n.number LIMIT 1
                """
            while let row = try Row.fetchOne(database, sql: sql, arguments: [subscription]), row["due"] <= now {
                if let head = Head(row), head.created >= oldest { return head }
                try database.execute(
                    sql: "DELETE FROM notifications WHERE subscription = ? AND (number = ? OR created < ?)",
                    arguments: [subscription, row["number"] as Int64, oldest])
                let gone = database.changesCount
                outbox.add(-gone, to: subscription)
                try Self.mark(subscription, database) { $0.noteFailures(gone, at: now) }
            }
            return nil
        }
    }

    /// - Returns: Whether the other side has taken it, and the next may follow.
    private func deliver(_ head: Head, _ sender: any NGSISender) async -> Bool {
        var headers = head.endpoint.receiverInfo.filter { !Self.ownHeaders.contains($0.0.lowercased()) }
        headers.append(("Content-Type", head.parcel["type"]?.text ?? "application/json"))
        if let link = head.parcel["link"]?.text {
            headers.append(("Link", "<\(link)>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\""))
        }
        if let tenant = head.parcel["tenant"]?.text, !tenant.isEmpty { headers.append(("NGSILD-Tenant", tenant)) }
        // Counted as sent before it goes, so that who got it and asks at once sees it counted.
        let now = clock()
        try? await posting { database in
            try Self.mark(head.subscription, database) { state in
                state["lastNotification"] = .int(now)
                if head.attempts == 0 { state["timesSent"] = .int((state["timesSent"]?.whole ?? 0) + 1) }
            }
        }
        let failure = await sender.send(head.parcel["body"]?.data ?? [], headers: headers, to: head.endpoint)
        if Task.isCancelled, failure != nil { return false }
        do {
            if failure == nil { try await settle(head) } else { try await postpone(head) }
            return failure == nil
        } catch {
            // The disk may be full: it stays as it is, and is tried again.
            try? await Task.sleep(for: .seconds(5))
            return false
        }
    }

    private func settle(_ head: Head) async throws {
        let now = clock()
        try await posting { [outbox] database in
            try Self.mark(head.subscription, database) { state in
                state["lastSuccess"] = .int(now)
                state["status"] = "ok"
            }
            try database.execute(sql: "DELETE FROM notifications WHERE number = ?", arguments: [head.number])
            outbox.add(-database.changesCount, to: head.subscription)
        }
    }

    private func postpone(_ head: Head) async throws {
        let now = clock(), wait = max((head.endpoint.cooldown ?? 0) / 1_000, min(3_600, 10 * Double(1 << min(head.attempts, 12))))
        try await posting { database in
            try Self.mark(head.subscription, database) { $0.noteFailures(1, at: now) }
            try database.execute(
                sql: "UPDATE notifications SET attempts = attempts + 1, due = ? WHERE number = ?",
                arguments: [now + Int(wait * 1_000_000), head.number])
        }
    }

    /// Headers that a subscriber can't set.
    private static let ownHeaders: Set<String> = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"]

    /// Tells subscriptions with an interval, forgets entities that have expired.
    package func tick() throws {
        let now = clock()
        try expire(now)
        let due = try store.pool.read {
            try Row.fetchAll($0, sql: "SELECT * FROM subscriptions WHERE due <= ?", arguments: [now]).map {
                (
                    number: $0["number"] as Int64, tenant: $0["tenant"] as String, document: $0["document"] as String,
                    kind: $0["kind"] as String
                )
            }
        }
        for row in due {
            guard let json = try? JSON(parsing: Array(row.document.utf8)), var watcher = try? watcher(json, row.tenant, now: nil) else {
                continue
            }
            (watcher.number, watcher.tenant) = (row.number, row.tenant)
            try post { try tick(watcher, isSources: row.kind == SubscriptionKind.sources.rawValue, now, $0) }
        }
    }

    private func tick(_ watcher: NGSIWatcher, isSources: Bool, _ now: Int, _ database: Database) throws {
        let due = watcher.timeInterval.map { now + Int($0 * 1_000_000) }
        try database.execute(sql: "UPDATE subscriptions SET due = ? WHERE number = ?", arguments: [due, watcher.number])
        guard due != nil, watcher.isAwake(now) else { return }
        if isSources { return try repeatSources(watcher, database, now) }
        let found = try NGSIStore.query(watcher.selection, watcher.tenant, limit: 1_000, offset: 0, counts: false, database).entities
        let data = found.flatMap { watcher.json($0, changes: [], related: [:]) }
        if !data.isEmpty { try enqueue(data, watcher, now, database) }
    }

    private func expire(_ now: Int) throws {
        let gone = try store.pool.read {
            try Row.fetchAll($0, sql: "SELECT tenant, id FROM entities WHERE expires <= ? LIMIT 1000", arguments: [now]).map {
                (tenant: $0["tenant"] as String, id: $0["id"] as String)
            }
        }
        for (tenant, id) in gone { try? expire(id, tenant, now) }
        try expireSources(now)
    }

    /// Has an entity go whose time is over, or those of its attributes whose time is; who watches them is told as of any change.
    private func expire(_ id: String, _ tenant: String, _ now: Int) throws {
        try write(tenant) { transaction in
            guard let (number, old) = try transaction.find(id), let next = old.nextExpiry, next <= now else { return }
            if let own = old.expiresAt.flatMap({ NGSITime.micros($0) }), own <= now { return try transaction.delete(old, number) }
            var (new, changes) = (old, [NGSIChange]())
            for group in old.attributes.groups {
                for instance in group.instances where instance.isOver(now) {
                    changes += new.remove(group.name, datasetId: instance.datasetId, at: transaction.now)
                }
            }
            try transaction.update(new, number, from: old, changes)
        }
    }

    /// Takes registrations away whose time is over, and tells those who watch them. Once a minute is enough: nobody is answered with one meanwhile.
    private func expireSources(_ now: Int) throws {
        let isDue = nextSweep.withLock { next in
            guard now >= next else { return false }
            next = now + 60_000_000
            return true
        }
        guard isDue else { return }
        let rows = try store.pool.read {
            try Row.fetchAll($0, sql: "SELECT tenant, id, document FROM registrations WHERE document LIKE '%\"expiresAt\"%'").map {
                (tenant: $0["tenant"] as String, id: $0["id"] as String, document: $0["document"] as String)
            }
        }
        for row in rows {
            let json = try? JSON(parsing: Array(row.document.utf8))
            guard let moment = json?["expiresAt"]?.text.flatMap({ NGSITime.micros($0) }), moment <= now else { continue }
            try? unregister(row.id, tenant: row.tenant)
        }
    }

    /// Seconds until something is due that can be done then; a minute at most. Who is through wakes the others.
    private func nextWait() async -> Double {
        let heads = outbox.room > 0 ? outbox.idle : []
        let next = try? await store.pool.read {
            try Int.fetchOne(
                $0,
                sql: """
                    SELECT min(t) FROM (SELECT min(due) AS t FROM (\(NGSIOutbox.heads))
                    UNION ALL SELECT min(due) FROM subscriptions UNION ALL SELECT min(expires) FROM entities)
                    """, arguments: [NGSIOutbox.list(heads)])
        }
        return max(0.05, min(60, Double((next ?? clock() + 60_000_000) - clock()) / 1_000_000))
    }
}
