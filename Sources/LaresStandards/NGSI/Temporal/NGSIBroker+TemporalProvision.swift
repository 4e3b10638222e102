import Foundation
import GRDB
import LaresJSON

/// Providing temporal representations (clauses 5.6.11 to 5.6.16).
extension NGSIBroker {
    /// Makes a temporal representation, or adds to the one there is.
    ///
    /// - Returns: Whether it was made.
    public func upsertTemporal(_ entity: NGSIEntity, tenant: String) throws -> Bool {
        try write(tenant, makesTenant: true) { transaction in
            let isNew = try Self.temporal(entity.id, tenant, transaction.database) == nil
            let number = try Self.makeTemporal(entity, transaction)
            for group in entity.attributes.groups {
                for instance in group.instances { try Self.insert(instance, group.name, number, transaction) }
            }
            return isNew
        }
    }

    /// Adds instances to a temporal representation.
    public func addTemporal(_ fragment: NGSIEntity, tenant: String) throws {
        try write(tenant) { transaction in
            let number = try Self.requireTemporal(fragment.id, tenant, transaction.database)
            for group in fragment.attributes.groups {
                for instance in group.instances { try Self.insert(instance, group.name, number, transaction) }
            }
        }
    }

    /// Takes a temporal representation away.
    public func deleteTemporal(_ id: String, tenant: String) throws {
        try write(tenant) { transaction in
            let number = try Self.requireTemporal(id, tenant, transaction.database)
            try transaction.database.execute(sql: "DELETE FROM temporal_entities WHERE number = ?", arguments: [number])
        }
    }

    /// Takes instances of an attribute away: those of a dataset, or all.
    public func deleteTemporal(_ id: String, _ name: String, datasetId: String?, all: Bool, tenant: String) throws {
        try write(tenant) { transaction in
            let number = try Self.requireTemporal(id, tenant, transaction.database)
            try transaction.database.execute(
                sql: "DELETE FROM temporal_instances WHERE entity = ?1 AND attribute = ?2 AND (?3 OR dataset IS ?4)",
                arguments: [number, name, all, datasetId])
            guard transaction.database.changesCount > 0 else { throw Self.unknown(name, of: id, datasetId) }
        }
    }

    /// Takes one instance away.
    public func deleteTemporal(_ id: String, _ name: String, instance: String, tenant: String) throws {
        try write(tenant) { transaction in
            let number = try Self.requireTemporal(id, tenant, transaction.database)
            try transaction.database.execute(
                sql: "DELETE FROM temporal_instances WHERE entity = ? AND attribute = ? AND instance = ?",
                arguments: [number, name, instance])
            guard transaction.database.changesCount > 0 else { throw Self.unknown(instance: instance) }
        }
    }

    /// Changes one instance.
    public func changeTemporal(_ id: String, _ name: String, instance: String, _ fragment: NGSIAttribute, tenant: String) throws {
        try write(tenant) { transaction in
            let number = try Self.requireTemporal(id, tenant, transaction.database)
            let row = try Row.fetchOne(
                transaction.database,
                sql: "SELECT number, document FROM temporal_instances WHERE entity = ? AND attribute = ? AND instance = ?",
                arguments: [number, name, instance])
            guard let row, let old = NGSIAttribute(kept: row["document"] as String) else { throw Self.unknown(instance: instance) }
            var new = try old.changed(fragment, name)
            new.modifiedAt = transaction.now
            try transaction.database.execute(
                sql: "UPDATE temporal_instances SET document = ?, observed = ?, modified = ? WHERE number = ?",
                arguments: [new.kept.serialized, new.observedAt.flatMap { NGSITime.micros($0) }, new.modifiedAt, row["number"] as Int64])
        }
    }

    /// Says of an attribute that only the past knows that it is gone.
    ///
    /// - Returns: False: the past doesn't know it either.
    func bury(_ id: String, _ name: String, _ datasetId: String?, all: Bool, _ transaction: NGSITransaction) throws -> Bool {
        guard let (number, _) = try Self.temporal(id, transaction.tenant, transaction.database) else { return false }
        let last = try String.fetchOne(
            transaction.database,
            sql: """
                SELECT document FROM temporal_instances WHERE entity = ?1 AND attribute = ?2 AND (?3 OR dataset IS ?4)
                ORDER BY number DESC LIMIT 1
                """, arguments: [number, name, all, datasetId])
        guard let instance = last.flatMap({ NGSIAttribute(kept: $0) }) else { return false }
        var gone = NGSIAttribute(nothing: instance)
        (gone.createdAt, gone.modifiedAt, gone.deletedAt) = (transaction.now, transaction.now, transaction.now)
        try Self.insert(gone, name, number, transaction)
        return true
    }

    private static func unknown(instance: String) -> NGSIError { NGSIError.missing("there is no instance '\(instance.prefix(300))'") }

    private static func requireTemporal(_ id: String, _ tenant: String, _ database: Database) throws -> Int64 {
        guard let found = try temporal(id, tenant, database) else {
            throw NGSIError.missing("there is no temporal representation of '\(id.prefix(300))'")
        }
        return found.number
    }

    /// The temporal entity without its attributes; nil: there is none.
    static func temporal(_ id: String, _ tenant: String, _ database: Database) throws -> (number: Int64, entity: NGSIEntity)? {
        try Row.fetchOne(database, sql: "SELECT * FROM temporal_entities WHERE tenant = ? AND id = ?", arguments: [tenant, id]).flatMap(
            temporal)
    }

    static func temporal(_ row: Row) -> (number: Int64, entity: NGSIEntity)? {
        let texts = { (text: String) in (try? JSON(parsing: Array(text.utf8)))?.texts ?? [] }
        var entity = NGSIEntity(id: row["id"], types: texts(row["types"]))
        entity.scopes = (row["scopes"] as String?).map(texts)
        (entity.createdAt, entity.modifiedAt, entity.deletedAt) = (row["created"], row["modified"], row["deleted"])
        return (row["number"], entity)
    }
}
