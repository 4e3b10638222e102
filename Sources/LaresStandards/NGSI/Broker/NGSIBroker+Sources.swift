import GRDB
import LaresJSON

/// Subscriptions to registrations (clause 5.11): told which context sources may have what is meant.
extension NGSIBroker {
    private enum Reason: String { case newlyMatching, updated, noLongerMatching }

    /// Tells a new subscriber which registrations there are already.
    func introduce(_ watcher: NGSIWatcher, _ transaction: NGSITransaction) throws {
        guard watcher.isAwake(transaction.now) else { return }
        let documents = try String.fetchAll(
            transaction.database, sql: "SELECT document FROM registrations WHERE tenant = ? ORDER BY number",
            arguments: [transaction.tenant]
        ).compactMap { try? JSON(parsing: Array($0.utf8)) }
        try tell(watcher, documents.filter { matches($0, watcher, transaction) }, .newlyMatching, transaction)
    }

    /// Tells subscribers of a registration that was made, changed or taken away.
    func tellSources(_ document: JSON?, before: JSON?, _ transaction: NGSITransaction) throws {
        let rows = try Row.fetchAll(
            transaction.database, sql: "SELECT number, document FROM subscriptions WHERE tenant = ? AND kind = 'sources'",
            arguments: [transaction.tenant])
        for row in rows {
            guard let json = try? JSON(parsing: Array((row["document"] as String).utf8)),
                var watcher = try? watcher(json, transaction.tenant, now: nil),
                watcher.isAwake(transaction.now)
            else { continue }
            (watcher.number, watcher.tenant) = (row["number"], transaction.tenant)
            let (was, isNow) = (
                before.map { matches($0, watcher, transaction, evenIfOver: true) } ?? false,
                document.map { matches($0, watcher, transaction) } ?? false
            )
            switch (was, isNow) {
            case (false, true): try tell(watcher, [document].compactMap { $0 }, .newlyMatching, transaction)
            case (true, true): try tell(watcher, [document].compactMap { $0 }, .updated, transaction)
            case (true, false): try tell(watcher, [before].compactMap { $0 }, .noLongerMatching, transaction)
            case (false, false): break
            }
        }
    }

    private func matches(_ document: JSON, _ watcher: NGSIWatcher, _ transaction: NGSITransaction, evenIfOver: Bool = false) -> Bool {
        guard let own = try? contexts.known(document["@context"], tenant: transaction.tenant),
            let registration = try? NGSIRegistration(document, own, now: nil), evenIfOver || registration.isAwake(transaction.now)
        else { return false }
        var selection = watcher.selection
        selection.attributes = watcher.watched
        return registration.mayHave(selection, watcher.time)
    }

    /// A registration as its subscriber calls it, with what is relevant of its information.
    private func told(_ document: JSON, _ watcher: NGSIWatcher) -> JSON {
        let own = (try? contexts.known(document["@context"], tenant: watcher.tenant)) ?? .core
        var members = document.members?.without(["@context", "createdAt", "modifiedAt"]) ?? JSON.Members()
        var selection = watcher.selection
        selection.attributes = watcher.watched
        members["information"] = .array(
            (members["information"]?.elements ?? []).filter { part in
                (try? NGSIRegistration.Information(part, own)).map { NGSIRegistration.overlaps($0, selection) } ?? true
            })
        let renamed = NGSINames.renamed(.object(members)) { watcher.notifiedContext.compact(own.expand($0)) }
        return NGSINames.withTypeLists(renamed)
    }

    /// Tells a subscriber with an interval what there is.
    func repeatSources(_ watcher: NGSIWatcher, _ database: Database, _ now: Int) throws {
        try introduce(watcher, NGSITransaction(database: database, tenant: watcher.tenant, now: now))
    }

    private func tell(_ watcher: NGSIWatcher, _ documents: [JSON], _ reason: Reason, _ transaction: NGSITransaction) throws {
        guard !documents.isEmpty else { return }
        let data = documents.map { told($0, watcher) }
        let parcel = watcher.parcel(
            data, at: transaction.now, tenant: transaction.tenant, type: "ContextSourceNotification", reason: reason.rawValue)
        try put(parcel, watcher, transaction.now, transaction.database)
    }
}
