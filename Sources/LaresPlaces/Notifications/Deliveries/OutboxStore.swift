internal import Foundation
internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Channels, recipients and deliveries, in `places.db`.
struct OutboxStore: Sendable {
    let pool: DatabasePool

    init(_ home: HomeStore) { pool = home.pool }

    /// The channels by name. What this Lares can't read is left out and stays where it is.
    func channels() throws -> [NoticeChannel] {
        try pool.read { try Self.texts($0, "SELECT channel FROM channels ORDER BY name") }.compactMap { try? NoticeChannel($0) }
    }

    func channel(_ name: String) throws -> NoticeChannel? { try channels().first { $0.name == name } }

    func save(_ channel: NoticeChannel) throws {
        try pool.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO channels VALUES (?, ?)", arguments: [channel.name, channel.kept.serialized])
        }
    }

    /// Takes a channel away; what was on its way there is given up.
    func remove(channel name: String, at now: Date) throws {
        try pool.write { database in
            try database.execute(sql: "DELETE FROM channels WHERE name = ?", arguments: [name])
            for var delivery in try Self.deliveries(database, "WHERE state = 'queued' AND target = ?", [name]) {
                delivery.giveUp("the channel was removed", at: now)
                try Self.update(delivery, database)
            }
        }
    }

    /// The recipients by name.
    func recipients() throws -> [NoticeRecipient] { try pool.read { try Self.recipients($0) } }

    static func recipients(_ database: Database) throws -> [NoticeRecipient] {
        try texts(database, "SELECT recipient FROM recipients ORDER BY name").compactMap { try? NoticeRecipient($0) }
    }

    func save(_ recipient: NoticeRecipient) throws {
        try pool.write {
            try $0.execute(
                sql: "INSERT OR REPLACE INTO recipients VALUES (?, ?)", arguments: [recipient.name, recipient.json.serialized])
        }
    }

    func remove(recipient name: String) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM recipients WHERE name = ?", arguments: [name]) }
    }

    private static func texts(_ database: Database, _ sql: String) throws -> [JSON] {
        try String.fetchAll(database, sql: sql).compactMap { try? JSON(parsing: Array($0.utf8)) }
    }
}
