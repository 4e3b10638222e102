public import Foundation
package import GRDB
import LaresJSON

/// What is read at the start.
extension HomeStore {
    /// The names that things and properties were given.
    public func names() throws -> ThingNames { try pool.read(Self.names) }

    package static func names(in database: Database) throws -> ThingNames {
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

    /// The areas, by their ids.
    public func areas() throws -> [Area] { try pool.read(Self.areas) }

    package static func areas(in database: Database) throws -> [Area] {
        try Row.fetchAll(database, sql: "SELECT * FROM areas ORDER BY id").compactMap { row in
            AreaID(row["id"] as String).map {
                Area(id: $0, name: row["name"], names: texts(row["names"]), aliases: list(row["aliases"]), level: row["level"])
            }
        }
    }

    /// What people said of things.
    public func wordings() throws -> [ThingID: Wording] { try pool.read(Self.wordings) }

    package static func wordings(in database: Database) throws -> [ThingID: Wording] {
        var wordings: [ThingID: Wording] = [:]
        for row in try Row.fetchAll(database, sql: "SELECT id, wording FROM wordings") {
            guard let id = ThingID(row["id"] as String), let json = try? JSON(parsing: Array((row["wording"] as String).utf8)) else {
                continue
            }
            wordings[id] = try? Wording(json)
        }
        return wordings
    }

    /// What was announced, in the order of its topics.
    public func announcements() throws -> [MQTTMessage] { try pool.read(Self.announcements) }

    package static func announcements(in database: Database) throws -> [MQTTMessage] {
        try Row.fetchAll(database, sql: "SELECT topic, payload FROM announcements ORDER BY time, topic").map {
            MQTTMessage($0["topic"], Array($0["payload"] as Data), isRetained: true)
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
            for message in announcements { try Self.save(message, at: date, in: database) }
            for (identifier, id) in names.newThings { try Self.save(id, of: identifier, in: database) }
            for (part, base, name) in names.newProperties { try Self.save(name, of: base, part: part, in: database) }
        }
    }

    package static func save(_ announcement: MQTTMessage, at date: Date, in database: Database) throws {
        if announcement.payload.isEmpty {
            try database.execute(sql: "DELETE FROM announcements WHERE topic = ?", arguments: [announcement.topic])
        } else {
            try database.execute(
                sql: "INSERT INTO announcements VALUES (?, ?, ?) ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload",
                arguments: [announcement.topic, Data(announcement.payload), date.timeIntervalSince1970])
        }
    }

    package static func save(_ id: ThingID, of identifier: String, in database: Database) throws {
        try database.execute(sql: "INSERT OR REPLACE INTO things VALUES (?, ?)", arguments: [identifier, id.description])
    }

    package static func save(_ name: String, of base: String, part: String, in database: Database) throws {
        try database.execute(sql: "INSERT OR REPLACE INTO properties VALUES (?, ?, ?)", arguments: [part, base, name])
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

    package static func forgetStates(of id: ThingID, in database: Database) throws {
        try database.execute(sql: "DELETE FROM states WHERE thing = ?", arguments: [id.description])
    }

    /// What people say of a thing.
    public func save(_ wording: Wording, of id: ThingID) throws { try pool.write { try Self.save(wording, of: id, in: $0) } }

    package static func save(_ wording: Wording, of id: ThingID, in database: Database) throws {
        if wording.isEmpty {
            try database.execute(sql: "DELETE FROM wordings WHERE id = ?", arguments: [id.description])
        } else {
            try database.execute(
                sql: "INSERT OR REPLACE INTO wordings VALUES (?, ?)", arguments: [id.description, wording.json.serialized])
        }
    }

    /// An area, new or changed.
    public func save(_ area: Area) throws { try pool.write { try Self.save(area, in: $0) } }

    package static func save(_ area: Area, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO areas VALUES (?, ?, ?, ?, ?)",
            arguments: [
                area.id.description, area.name, JSON.texts(area.names).serialized,
                JSON.array(area.aliases.map { .string($0) }).serialized, area.level,
            ])
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

/// Settings, as texts.
extension HomeStore {
    package static func setting(_ name: String, in database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
    }

    package static func set(_ name: String, to value: String, in database: Database) throws {
        try database.execute(sql: "INSERT OR REPLACE INTO settings VALUES (?, ?)", arguments: [name, value])
    }
}

extension HomeStore {
    /// The lasting name of this home at brokers, which keep for it what comes while it is away.
    func clientID() throws -> String {
        try pool.write { database in
            if let known = try Self.setting("client", in: database) { return known }
            let made = "lares-" + String(UInt64.random(in: .min ... .max), radix: 16)
            try Self.set("client", to: made, in: database)
            return made
        }
    }
}

/// Groups of things.
extension HomeStore {
    /// Those there are.
    public func groups() throws -> [ThingGroup] { try pool.read(Self.groups) }

    package static func groups(in database: Database) throws -> [ThingGroup] {
        try String.fetchAll(database, sql: "SELECT body FROM thing_groups ORDER BY id").compactMap { text in
            (try? JSON(parsing: Array(text.utf8))).flatMap { try? ThingGroup($0) }
        }
    }

    /// A group, new or changed.
    public func save(_ group: ThingGroup) throws { try pool.write { try Self.save(group, in: $0) } }

    package static func save(_ group: ThingGroup, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO thing_groups VALUES (?, ?)", arguments: [group.id.description, group.json.serialized])
    }

    /// Forgets a group.
    public func remove(group id: ThingID) throws {
        try pool.write { try $0.execute(sql: "DELETE FROM thing_groups WHERE id = ?", arguments: [id.description]) }
    }
}
