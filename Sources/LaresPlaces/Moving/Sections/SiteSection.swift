internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Where the home is and how its people count: one item for each setting.
struct SiteSection: MovingSection {
    let database: any DatabaseWriter
    var name: String { "site" }
    var limit: Int { 100 }
    var isWhole: Bool { true }

    static func settings(in database: Database) throws -> SiteSettings {
        let text = try HomeStore.setting("site", in: database) ?? "{}"
        return (try? JSON(parsing: Array(text.utf8))).flatMap { try? SiteSettings($0) } ?? SiteSettings()
    }

    static func save(_ settings: SiteSettings, in database: Database) throws {
        try HomeStore.set("site", to: settings.json.serialized, in: database)
    }

    func items(in database: Database) throws -> [MovingItem] {
        guard case .object(let members) = try Self.settings(in: database).json else { return [] }
        return members.map { MovingItem($0.key, ["setting": .string($0.key), "value": $0.value]) }
    }

    func read(_ json: JSON) throws -> MovingItem {
        var fields = try JSONFields(json)
        guard let setting = try fields.string("setting") else { throw fields.error("setting", "is missing") }
        let value = try fields.required("value")
        try fields.end()
        let kept = try SiteSettings(.object([setting: value])).json[setting] ?? value
        return MovingItem(setting, ["setting": .string(setting), "value": kept])
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        guard case .object(var members) = try Self.settings(in: database).json else { return }
        for change in changes { members[change.key] = change.outcome?["value"] }
        try Self.save(try SiteSettings(.object(members)), in: database)
    }
}
