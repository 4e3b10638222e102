internal import GRDB
public import LaresJSON

extension RetentionBook {
    /// Reads `{"default": {"readings": 400}, "things": {"hall/lamp": {"readings": null}}, "properties": {"hall/lamp/power": {…}}}`, each in days.
    ///
    /// - Throws: ``TelemetryError`` with code `badRetention`.
    public init(_ json: JSON) throws {
        guard case .object(let members) = json else { throw Self.bad("a retention is an object: {\"default\": {\"readings\": 400}}") }
        for (name, _) in members where !["default", "things", "properties"].contains(name) {
            throw Self.bad("'\(name.prefix(60))' is no part of a retention: default, things and properties are")
        }
        let usual = try json["default"].map { try Retention($0, beside: .usual, "default") } ?? .usual
        var things: [ThingID: Retention] = [:], properties: [PropertyAddress: Retention] = [:]
        for (name, value) in try Self.members(json["things"], "things") {
            guard let id = ThingID(name) else { throw Self.bad("'\(name.prefix(130))' in 'things' is no thing such as hall/lamp") }
            things[id] = try Retention(value, beside: usual, name)
        }
        for (name, value) in try Self.members(json["properties"], "properties") {
            guard let address = PropertyAddress(name) else {
                throw Self.bad("'\(name.prefix(200))' in 'properties' is no property such as hall/lamp/power")
            }
            properties[address] = try Retention(value, beside: usual, name)
        }
        self.init(usual: usual, things: things, properties: properties)
        try check()
    }

    private static func members(_ json: JSON?, _ name: String) throws -> JSON.Members {
        switch json {
        case nil, .null?: return JSON.Members()
        case .object(let members)?: return members
        default: throw bad("'\(name)' must be an object of names and what is kept of them")
        }
    }

    fileprivate static func bad(_ message: String) -> TelemetryError { TelemetryError(.badRetention, message) }

    /// As it is read.
    public var json: JSON {
        let things = self.things.sorted { $0.key < $1.key }.map { ($0.key.description, $0.value.json) }
        let properties = self.properties.map { ($0.key.description, $0.value.json) }.sorted { $0.0 < $1.0 }
        return ["default": usual.json, "things": Self.object(things), "properties": Self.object(properties)]
    }

    private static func object(_ members: [(String, JSON)]) -> JSON {
        .object(members.reduce(into: JSON.Members()) { $0.append($1.0, $1.1) })
    }
}

extension Retention {
    /// Reads `{"readings": 400, "five_minutes": 400, "hours": null}`: days, null for ever. Statistics that aren't named are kept as long as usual, or
    /// as long as the readings where that is longer.
    fileprivate init(_ json: JSON, beside usual: Retention, _ name: String) throws {
        guard case .object(let members) = json, json["readings"] != nil else {
            throw RetentionBook.bad("what is kept of '\(name.prefix(200))' must be an object with 'readings': days, or null for ever")
        }
        for (key, _) in members where !["readings", "five_minutes", "hours"].contains(key) {
            throw RetentionBook.bad("'\(key.prefix(60))' of '\(name.prefix(200))' is none of readings, five_minutes and hours")
        }
        func days(_ key: String) throws -> Int? {
            guard let value = json[key], value != .null else { return nil }
            guard case .int(let days) = value, (1...100_000).contains(days) else {
                throw RetentionBook.bad("'\(key)' of '\(name.prefix(200))' must be 1 to 100,000 days, or null for ever")
            }
            return days
        }
        self.init(readings: try days("readings"), beside: usual)
        if json["five_minutes"] != nil { fiveMinuteDays = try days("five_minutes") }
        if json["hours"] != nil { hourDays = try days("hours") }
    }

    /// As it is read.
    fileprivate var json: JSON {
        func days(_ days: Int?) -> JSON { days.map { .int($0) } ?? .null }
        return ["readings": days(rawDays), "five_minutes": days(fiveMinuteDays), "hours": days(hourDays)]
    }
}

extension HomeStore {
    /// How long histories are kept.
    public func retention() throws -> RetentionBook {
        let text = try pool.read { try Self.setting("retention", in: $0) }
        return try text.map { try RetentionBook(JSON(parsing: Array($0.utf8))) } ?? RetentionBook()
    }

    /// Keeps how long histories are kept.
    public func save(_ book: RetentionBook) throws {
        try pool.write { try Self.set("retention", to: book.json.serialized, in: $0) }
    }
}
