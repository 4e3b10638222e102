import Foundation
import GRDB
import LaresJSON

/// Temporal representations: kept as they are given, and as entities change.
extension NGSIBroker {
    /// Keeps what an operation changed.
    func record(_ transaction: NGSITransaction) throws {
        guard settings.recordsChanges else { return }
        for event in transaction.events {
            let number = try Self.makeTemporal(event.entity, transaction)
            for change in event.changes {
                var instance = change.instance
                if change.kind == .deleted {
                    instance = NGSIAttribute(nothing: change.instance)
                    (instance.deletedAt, instance.modifiedAt) = (transaction.now, transaction.now)
                }
                try Self.insert(instance, change.name, number, transaction)
            }
            if event.kind == .deleted {
                try transaction.database.execute(
                    sql: "UPDATE temporal_entities SET deleted = ? WHERE number = ?", arguments: [transaction.now, number])
            }
        }
    }

    /// The temporal entity of an entity, made when there is none; with its types and scopes brought up to date.
    static func makeTemporal(_ entity: NGSIEntity, _ transaction: NGSITransaction) throws -> Int64 {
        let types = JSON.array(entity.types.map { .string($0) }).serialized
        let scopes = entity.scopes.map { JSON.array($0.map { .string($0) }).serialized }
        if let number = try Int64.fetchOne(
            transaction.database, sql: "SELECT number FROM temporal_entities WHERE tenant = ? AND id = ?",
            arguments: [transaction.tenant, entity.id])
        {
            try transaction.database.execute(
                sql: "UPDATE temporal_entities SET types = ?, scopes = coalesce(?, scopes), modified = ?, deleted = NULL WHERE number = ?",
                arguments: [types, scopes, transaction.now, number])
            return number
        }
        try transaction.database.execute(
            sql: "INSERT INTO temporal_entities (tenant, id, types, scopes, created, modified) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [transaction.tenant, entity.id, types, scopes, transaction.now, transaction.now])
        return transaction.database.lastInsertedRowID
    }

    static func insert(_ instance: NGSIAttribute, _ name: String, _ entity: Int64, _ transaction: NGSITransaction) throws {
        var kept = instance
        kept.instanceId = "urn:ngsi-ld:Instance:" + UUID().uuidString.lowercased()
        if kept.createdAt == 0 { (kept.createdAt, kept.modifiedAt) = (transaction.now, transaction.now) }
        let statement = try transaction.database.cachedStatement(
            sql: """
                INSERT INTO temporal_instances (entity, attribute, dataset, instance, observed, created, modified, document)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                entity, name, kept.datasetId, kept.instanceId, kept.observedAt.flatMap { NGSITime.micros($0) }, kept.createdAt,
                kept.modifiedAt,
                kept.kept.serialized,
            ])
    }

    /// How many instances are forgotten in one transaction: others write between two.
    private static let prunedAtOnce = 10_000

    /// Forgets all instances that are older than is kept.
    public func prune() async throws {
        guard let retention = settings.retention else { return }
        let oldest = clock() - Int(retention * 1_000_000)
        var gone = Self.prunedAtOnce
        while gone == Self.prunedAtOnce, !Task.isCancelled {
            gone = try await store.pool.write { database in
                try database.execute(
                    sql:
                        "DELETE FROM temporal_instances WHERE number IN (SELECT number FROM temporal_instances WHERE modified < ? LIMIT ?)",
                    arguments: [oldest, Self.prunedAtOnce])
                return database.changesCount
            }
        }
    }
}
