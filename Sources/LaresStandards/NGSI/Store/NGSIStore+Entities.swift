import GRDB
import LaresJSON

/// Entities, inside of a transaction.
extension NGSIStore {
    /// An entity with its number; nil when there is none.
    static func find(_ id: String, _ tenant: String, _ database: Database) throws -> (number: Int64, entity: NGSIEntity)? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT number, document FROM entities WHERE tenant = ? AND id = ?", arguments: [tenant, id]),
            let entity = NGSIEntity(kept: row["document"] as String)
        else { return nil }
        return (row["number"], entity)
    }

    static func insert(_ entity: NGSIEntity, _ tenant: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO entities (tenant, id, expires, document) VALUES (?, ?, ?, ?)",
            arguments: [tenant, entity.id, entity.nextExpiry, entity.kept.serialized])
        try index(entity, database.lastInsertedRowID, tenant, database)
    }

    static func update(
        _ entity: NGSIEntity, from old: NGSIEntity, _ number: Int64, _ tenant: String, _ database: Database
    ) throws {
        try database.cachedStatement(sql: "UPDATE entities SET expires = ?, document = ? WHERE number = ?").execute(
            arguments: [entity.nextExpiry, entity.kept.serialized, number])
        // Most changes are of values: what the indexes have stays as it is.
        guard entity.indexed != old.indexed else { return }
        try unindex(number, database)
        try index(entity, number, tenant, database)
    }

    static func delete(_ number: Int64, _ database: Database) throws {
        try unindex(number, database)
        try database.execute(sql: "DELETE FROM entities WHERE number = ?", arguments: [number])
    }

    private static func unindex(_ number: Int64, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM entity_boxes WHERE number IN (SELECT number FROM entity_places WHERE entity = ?)", arguments: [number])
        for table in ["entity_places", "entity_types", "entity_attributes"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE entity = ?", arguments: [number])
        }
    }

    private static func index(_ entity: NGSIEntity, _ number: Int64, _ tenant: String, _ database: Database) throws {
        for type in entity.types {
            try database.execute(sql: "INSERT OR IGNORE INTO entity_types VALUES (?, ?, ?)", arguments: [tenant, type, number])
        }
        for group in entity.attributes.groups {
            for instance in group.instances {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO entity_attributes VALUES (?, ?, ?, ?)",
                    arguments: [tenant, group.name, number, instance.kind?.rawValue ?? ""])
                guard instance.kind == .geo, let value = instance.value,
                    let box = (try? NGSIGeometry(geoJSON: value, name: group.name))?.bounds
                else { continue }
                try database.execute(sql: "INSERT INTO entity_places (property, entity) VALUES (?, ?)", arguments: [group.name, number])
                try database.execute(
                    sql: "INSERT INTO entity_boxes VALUES (?, ?, ?, ?, ?)",
                    arguments: [database.lastInsertedRowID, box.west, box.east, box.south, box.north])
            }
        }
    }
}

extension NGSIEntity {
    /// What indexes have of it.
    fileprivate var indexed: [[String]] {
        [types]
            + attributes.groups.flatMap { group in
                group.instances.map { instance in
                    [group.name, instance.kind?.rawValue ?? "", instance.kind == .geo ? instance.value?.serialized ?? "" : ""]
                }
            }
    }
}
