internal import GRDB
internal import LaresJSON
internal import LaresThings

/// What properties are called in their things, by the part that announces them: rules and histories know them by it.
struct PropertiesSection: MovingSection {
    let home: Home
    let database: any DatabaseWriter
    var name: String { "properties" }
    var limit: Int { 50_000 }

    func items(in database: Database) throws -> [MovingItem] {
        try HomeStore.names(in: database).properties.sorted { $0.key < $1.key }.map { Self.item($0.key, $0.value) }
    }

    private static func item(_ part: String, _ names: [String: String]) -> MovingItem {
        var members = JSON.Members()
        for (base, name) in names.sorted(by: { $0.key < $1.key }) { members.append(base, .string(name)) }
        return MovingItem(part, ["part": .string(part), "names": .object(members)])
    }

    func read(_ json: JSON) throws -> MovingItem {
        var fields = try JSONFields(json)
        guard let part = try fields.string("part"), MovingText.isIdentifier(part) else { throw fields.error("part", "must name a part") }
        let value = try fields.required("names")
        try fields.end()
        _ = try JSONFields(value, at: "names")
        guard case .object(let members) = value, (1...1_000).contains(members.count) else {
            throw fields.error("names", "must have 1 to 1000 names")
        }
        var names: [String: String] = [:]
        for (base, name) in members {
            guard let name = name.text, Slug.isProperty(name), MovingText.isIdentifier(base) else {
                throw fields.error("names.\(base.prefix(40))", "must be a name such as \"level\"")
            }
            names[base] = name
        }
        return Self.item(part, names)
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        for (part, names) in names(changes) {
            for (base, name) in names { try HomeStore.save(name, of: base, part: part, in: database) }
        }
    }

    func adopt(_ changes: [MovingChange]) async throws {
        var moved = MovedHome()
        moved.properties = names(changes)
        try home.adopt(moved)
    }

    private func names(_ changes: [MovingChange]) -> [String: [String: String]] {
        var names: [String: [String: String]] = [:]
        for change in changes {
            guard case .object(let members)? = change.outcome?["names"] else { continue }
            for (base, name) in members { names[change.key, default: [:]][base] = name.text }
        }
        return names
    }
}

/// Texts that devices gave.
enum MovingText {
    /// Whether it can tell a device or part from others: 1 to 2,000 bytes, no control characters.
    static func isIdentifier(_ text: String) -> Bool {
        (1...2_000).contains(text.utf8.count) && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
