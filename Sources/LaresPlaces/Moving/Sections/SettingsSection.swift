internal import GRDB
internal import LaresJSON
internal import LaresThings

/// What people decided about the home as a whole, each taken or left as it stands: tariffs, what meters count, how long histories are kept, what makes the
/// empty home look lived in.
struct SettingsSection: MovingSection {
    /// What is decided.
    private enum Setting: String, CaseIterable {
        case tariffs, meters, retention, presence

        /// Under which name `places.db` keeps it.
        var key: String { self == .meters ? "energy" : rawValue }

        /// The value as it would be kept.
        ///
        /// - Throws: An error that says what is wrong with it.
        func checked(_ json: JSON) throws -> JSON {
            switch self {
            case .tariffs: try TariffBook(json).json
            case .meters: try EnergyMeters(json).json
            case .retention: try RetentionBook(json).json
            case .presence: try PresencePlan(json).json
            }
        }

        /// The value with things called as they are here.
        func named(_ json: JSON, _ renamed: [String: String]) throws -> JSON {
            let here = { (thing: ThingID) in renamed[thing.description].flatMap { ThingID($0) } ?? thing }
            let address = { (one: PropertyAddress) in PropertyAddress(here(one.thing), one.property) }
            switch self {
            case .tariffs: return json
            case .meters:
                var meters = try EnergyMeters(json)
                meters.roles = Dictionary(meters.roles.map { (address($0), $1) }, uniquingKeysWith: { $1 })
                meters.inverted = Set(meters.inverted.map(address))
                return meters.json
            case .retention:
                var book = try RetentionBook(json)
                book.things = Dictionary(book.things.map { (here($0), $1) }, uniquingKeysWith: { $1 })
                book.properties = Dictionary(book.properties.map { (address($0), $1) }, uniquingKeysWith: { $1 })
                return book.json
            case .presence:
                var plan = try PresencePlan(json)
                plan.properties = plan.properties.map(address)
                return plan.json
            }
        }
    }

    let times: Timekeeper?
    let database: any DatabaseWriter
    var name: String { "settings" }
    var limit: Int { Setting.allCases.count }
    var isWhole: Bool { true }

    func items(in database: Database) throws -> [MovingItem] {
        try Setting.allCases.compactMap { setting in
            guard let text = try HomeStore.setting(setting.key, in: database), let value = try? JSON(parsing: Array(text.utf8)) else {
                return nil
            }
            return (try? setting.checked(value)).map { Self.item(setting, $0) }
        }
    }

    private static func item(_ setting: Setting, _ value: JSON) -> MovingItem {
        MovingItem(setting.rawValue, ["setting": .string(setting.rawValue), "value": value])
    }

    func read(_ json: JSON) throws -> MovingItem {
        var fields = try JSONFields(json)
        guard let setting: Setting = try fields.choice("setting") else { throw fields.error("setting", "is missing") }
        let value = try fields.required("value")
        try fields.end()
        return Self.item(setting, try setting.checked(value))
    }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let renamed = context.renamed
        let named = theirs.map { item in
            guard let setting = Setting(rawValue: item.key), let value = item.json["value"] else { return item }
            return (try? setting.named(value, renamed)).map { Self.item(setting, $0) } ?? item
        }
        return compare(named, mine, context).map { change in
            guard change.key == Setting.retention.rawValue, change.outcome != nil else { return change }
            var change = change
            change.reason = "what is here of histories and is older than it says is deleted within a day"
            return change
        }
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        for change in changes {
            guard let setting = Setting(rawValue: change.key), let value = change.outcome?["value"] else { continue }
            try HomeStore.set(setting.key, to: value.serialized, in: database)
        }
    }

    func adopt(_ changes: [MovingChange]) async throws {
        for change in changes where change.key == Setting.presence.rawValue {
            if let value = change.outcome?["value"] { try await times?.set(try PresencePlan(value)) }
        }
    }
}
