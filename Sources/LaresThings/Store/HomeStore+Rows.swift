public import Foundation
import GRDB
import LaresJSON

/// What is read at the start.
extension HomeStore {
    /// The names that things and properties were given.
    public func names() throws -> ThingNames {
        try pool.read { database in
            var things: [String: ThingID] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT identifier, id FROM things") {
                things[row["identifier"]] = ThingID(row["id"] as String)
            }
            var properties: [String: [String: String]] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT part, base, name FROM properties") {
                properties[row["part"], default: [:]][row["base"]] = row["name"]
            }
            return ThingNames(things: things, properties: properties)
        }
    }

    /// The areas, by their ids.
    public func areas() throws -> [Area] {
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM areas ORDER BY id").compactMap { row in
                AreaID(row["id"] as String).map {
                    Area(
                        id: $0, name: row["name"], names: Self.texts(row["names"]), aliases: Self.list(row["aliases"]), level: row["level"])
                }
            }
        }
    }

    /// What people said of things.
    public func wordings() throws -> [ThingID: Wording] {
        try pool.read { database in
            var wordings: [ThingID: Wording] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT id, wording FROM wordings") {
                guard let id = ThingID(row["id"] as String), let json = try? JSON(parsing: Array((row["wording"] as String).utf8)) else {
                    continue
                }
                wordings[id] = try? Wording(json)
            }
            return wordings
        }
    }

    /// What was announced, in the order of its topics.
    public func announcements() throws -> [MQTTMessage] {
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT topic, payload FROM announcements ORDER BY time, topic").map {
                MQTTMessage($0["topic"], Array($0["payload"] as Data), isRetained: true)
            }
        }
    }

    /// The last states that were saved.
    public func states() throws -> [PropertyAddress: PropertyState] {
        try pool.read { database in
            var states: [PropertyAddress: PropertyState] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT thing, property, state FROM states") {
                guard let thing = ThingID(row["thing"] as String), let json = try? JSON(parsing: Array((row["state"] as String).utf8))
                else { continue }
                states[PropertyAddress(thing, row["property"])] = PropertyState(saved: json)
            }
            return states
        }
    }

    private static func texts(_ text: String) -> [String: String] {
        guard case .object(let members)? = try? JSON(parsing: Array(text.utf8)) else { return [:] }
        return Dictionary(members.compactMap { key, value in value.text.map { (key, $0) } }, uniquingKeysWith: { $1 })
    }

    private static func list(_ text: String) -> [String] { (try? JSON(parsing: Array(text.utf8)))?.elements?.compactMap(\.text) ?? [] }
}

/// What is written.
extension HomeStore {
    /// What a batch of messages announced: an empty payload takes the announcement away. Names that were given meanwhile go along.
    public func save(_ announcements: [MQTTMessage], names: ThingNames, at date: Date) throws {
        try pool.write { database in
            for message in announcements {
                if message.payload.isEmpty {
                    try database.execute(sql: "DELETE FROM announcements WHERE topic = ?", arguments: [message.topic])
                } else {
                    try database.execute(
                        sql: "INSERT INTO announcements VALUES (?, ?, ?) ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload",
                        arguments: [message.topic, Data(message.payload), date.timeIntervalSince1970])
                }
            }
            for (identifier, id) in names.newThings {
                try database.execute(sql: "INSERT OR REPLACE INTO things VALUES (?, ?)", arguments: [identifier, id.description])
            }
            for (part, base, name) in names.newProperties {
                try database.execute(sql: "INSERT OR REPLACE INTO properties VALUES (?, ?, ?)", arguments: [part, base, name])
            }
        }
    }

    /// States as they are now.
    public func save(_ states: [(PropertyAddress, PropertyState)]) throws {
        guard !states.isEmpty else { return }
        try pool.write { database in
            let statement = try database.makeStatement(sql: "INSERT OR REPLACE INTO states VALUES (?, ?, ?)")
            for (address, state) in states {
                try statement.execute(arguments: [address.thing.description, address.property, state.saved.serialized])
            }
        }
    }

    /// What people say of a thing.
    public func save(_ wording: Wording, of id: ThingID) throws {
        try pool.write { database in
            if wording.isEmpty {
                try database.execute(sql: "DELETE FROM wordings WHERE id = ?", arguments: [id.description])
            } else {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO wordings VALUES (?, ?)", arguments: [id.description, wording.json.serialized])
            }
        }
    }

    /// An area, new or changed.
    public func save(_ area: Area) throws {
        try pool.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO areas VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    area.id.description, area.name, JSON.texts(area.names).serialized,
                    JSON.array(area.aliases.map { .string($0) }).serialized, area.level,
                ])
        }
    }

    /// Takes an area away.
    public func remove(area id: AreaID) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM areas WHERE id = ?", arguments: [id.description]) }
    }
}

extension PropertyState {
    /// What is kept of it; what was asked for isn't: nobody waits for it any more.
    fileprivate var saved: JSON {
        var members = JSON.Members()
        members.append("value", reported?.json ?? .null)
        if let reportedAt { members.append("reported", .double(reportedAt.timeIntervalSince1970)) }
        if let changedAt { members.append("changed", .double(changedAt.timeIntervalSince1970)) }
        if let cause {
            members.append("cause", [.string(cause.kind.rawValue), .string(cause.name), cause.command.map { .int($0) } ?? .null])
        }
        return .object(members)
    }

    fileprivate init(saved json: JSON) {
        self.init()
        reported = json["value"].flatMap { PropertyValue($0) }
        reportedAt = json["reported"]?.number.map { Date(timeIntervalSince1970: $0) }
        changedAt = json["changed"]?.number.map { Date(timeIntervalSince1970: $0) }
        if let parts = json["cause"]?.elements, parts.count == 3, let kind = parts[0].text.flatMap(Cause.Kind.init) {
            cause = Cause(kind, name: parts[1].text ?? "")
        }
    }
}

extension HomeStore {
    /// The lasting name of this home at brokers, which keep for it what comes while it is away.
    func clientID() throws -> String {
        try pool.write { database in
            if let known = try String.fetchOne(database, sql: "SELECT value FROM settings WHERE name = 'client'") { return known }
            let made = "lares-" + String(UInt64.random(in: .min ... .max), radix: 16)
            try database.execute(sql: "INSERT INTO settings VALUES ('client', ?)", arguments: [made])
            return made
        }
    }
}
