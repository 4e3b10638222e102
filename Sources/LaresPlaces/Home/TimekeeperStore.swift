internal import GRDB
public import LaresJSON
public import LaresThings

/// Timers, commands that wait and the plan of the presence simulation, in `places.db`.
struct TimekeeperStore: Sendable {
    private let pool: DatabasePool

    init(_ home: HomeStore) { pool = home.pool }

    func timers() throws -> [Timekeeper.Numbered] { try value("timers")?.elements?.compactMap(Timekeeper.Numbered.init) ?? [] }

    func save(_ timers: [Timekeeper.Numbered]) throws { try save(.array(timers.map(\.kept)), "timers") }

    func delayed() throws -> DelayedCommands { try value("delayed").flatMap { try? DelayedCommands($0) } ?? DelayedCommands() }

    func save(_ delayed: DelayedCommands) throws { try save(delayed.json, "delayed") }

    func presence() throws -> PresencePlan { try value("presence").flatMap { try? PresencePlan($0) } ?? PresencePlan() }

    func save(_ plan: PresencePlan) throws { try save(plan.json, "presence") }

    private func value(_ name: String) throws -> JSON? {
        let text = try pool.read { try HomeStore.setting(name, in: $0) }
        return text.flatMap { try? JSON(parsing: Array($0.utf8)) }
    }

    private func save(_ json: JSON, _ name: String) throws {
        try pool.write { try HomeStore.set(name, to: json.serialized, in: $0) }
    }
}

extension Timekeeper.Numbered {
    fileprivate var kept: JSON { ["id": .int(id), "timer": timer.json, "doubted": .bool(isDoubted)] }

    fileprivate init?(_ json: JSON) {
        guard case .int(let id)? = json["id"], let timer = json["timer"].flatMap({ try? CountdownTimer($0) }) else { return nil }
        self.init(id: id, timer: timer, isDoubted: json["doubted"] == true)
    }
}

/// What makes an empty home look lived in.
///
/// ```json
/// {"enabled": true, "properties": ["living/lamp/on"], "weeks": 4, "jitter_seconds": 900}
/// ```
public struct PresencePlan: Hashable, Sendable {
    /// Whether it is simulated.
    public var isEnabled = false
    /// What is switched, as it was in the past; up to ``most``.
    public var properties: [PropertyAddress] = []
    /// The weeks that are looked through, 1 to 8.
    public var weeks = 4
    /// By how many seconds a switching may be moved either way, 0 to 7,200.
    public var jitter = 900
    /// Chooses days and movements; follows from the properties, so that a restart goes on with the same day.
    var seed: UInt64 {
        properties.flatMap { $0.description.utf8 }.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// How many properties there may be.
    public static let most = 200

    /// Nothing is simulated.
    public init() {}

    /// Reads what ``json`` writes. Throws `JSONError` that names the member; unknown members are errors.
    public init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        isEnabled = try fields.bool("enabled") ?? false
        let names = try fields.strings("properties") ?? []
        guard names.count <= Self.most else { throw fields.error("properties", "has more than \(Self.most)") }
        for name in names {
            guard let address = PropertyAddress(name) else {
                throw fields.error("properties", "has '\(name.prefix(80))', which is no address")
            }
            properties.append(address)
        }
        weeks = try fields.int("weeks", in: 1...8) ?? 4
        jitter = try fields.int("jitter_seconds", in: 0...7_200) ?? 900
        try fields.end()
    }

    /// As plain data.
    public var json: JSON {
        [
            "enabled": .bool(isEnabled), "properties": .array(properties.map { .string($0.description) }), "weeks": .int(weeks),
            "jitter_seconds": .int(jitter),
        ]
    }
}

extension DelayedCommand {
    /// The thing that it is for.
    public var thing: ThingID? { WaitingOrder(self)?.command.thing }

    /// What is wanted, for people: "hall/lamp/on=true".
    public var subject: String { WaitingOrder(self)?.command.subject ?? "" }
}

/// A command for a thing as it waits: what, who wanted it, and what it was permitted on.
struct WaitingOrder {
    let command: ThingCommand
    let pledge: JSON

    init(_ command: ThingCommand, _ pledge: JSON) { (self.command, self.pledge) = (command, pledge) }

    /// Nil for one that isn't a thing's.
    init?(_ waiting: DelayedCommand) {
        let json = waiting.command
        guard let thing = json["thing"]?.text.flatMap({ ThingID($0) }), case .object(let members)? = json["set"] else { return nil }
        var values: [String: PropertyValue] = [:]
        for (name, json) in members { values[name] = PropertyValue(json) }
        command = ThingCommand(thing, values, by: Cause(.principal, name: json["by"]?.text ?? ""))
        pledge = json["pledge"] ?? .null
    }

    var json: JSON {
        var set = JSON.Members()
        for (name, value) in command.values.sorted(by: { $0.key < $1.key }) { set.append(name, value.json) }
        return ["thing": .string(command.thing.description), "set": .object(set), "by": .string(command.cause.name), "pledge": pledge]
    }
}
