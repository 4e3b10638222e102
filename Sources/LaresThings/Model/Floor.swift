public import LaresJSON

/// A floor of the building, and what people call it.
public struct Floor: Hashable, Sendable {
    /// Its number: 0 is the ground floor.
    public let level: Int
    /// What people call it.
    public var name: String
    /// What people call it in other languages, by BCP 47 tag.
    public var names: [String: String]
    /// Other words for it.
    public var aliases: [String]

    /// Which numbers there are.
    public static let levels = -20...200

    /// A floor.
    public init(level: Int, name: String, names: [String: String] = [:], aliases: [String] = []) {
        (self.level, self.name, self.names, self.aliases) = (level, name, names, aliases)
    }

    /// As JSON, for files and the API.
    public var json: JSON {
        var members: JSON.Members = ["level": .int(level), "name": .string(name)]
        if !names.isEmpty { members.append("names", JSON.texts(names)) }
        if !aliases.isEmpty { members.append("aliases", .array(aliases.map { .string($0) })) }
        return .object(members)
    }

    /// Reads what ``json`` writes.
    ///
    /// - Throws: `JSONError` that names the member.
    public init(_ json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        guard let level = try fields.int("level", in: Self.levels) else { throw fields.error("level", "is missing: 0 is the ground floor") }
        guard let name = try fields.name("name") else { throw fields.error("name", "is missing: what people call it") }
        self.init(level: level, name: name, names: try fields.names("names"), aliases: try fields.aliases("aliases"))
        try fields.end()
    }
}
