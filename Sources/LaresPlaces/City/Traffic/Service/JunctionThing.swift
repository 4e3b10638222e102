internal import LaresJSON
internal import LaresThings

/// A junction as a thing of the place: its queue, delay and throughput are properties like any other, so that histories, dashboards, alarms and forecasts
/// have them.
struct JunctionThing {
    /// What topics and identifiers call it.
    let slug: String
    /// What people call it.
    private let title: String

    /// The things of a street's junctions, by the junctions' names: names that differ in nothing but capitals, which topics and identifiers don't have, get
    /// things of their own.
    static func named(_ names: [String]) -> [String: JunctionThing] {
        var slugs: Set<String> = [], things: [String: JunctionThing] = [:]
        // In order, so that a name has the same thing after every start.
        for name in Set(names).sorted() {
            var thing = JunctionThing(name)
            if slugs.contains(thing.slug) { thing = JunctionThing(name, isTold: true) }
            slugs.insert(thing.slug)
            things[name] = thing
        }
        return things
    }

    /// - Parameter isTold: Whether it gets a few digits more, which tell it from another one.
    init(_ name: String, isTold: Bool = false) {
        let letters = name.lowercased().unicodeScalars.map { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
        }
        let plain = String(letters)
        // Names of letters and digits stay as they are; others get a few digits more.
        let isPlain = !isTold && plain == name.lowercased() && plain.utf8.count <= 32
        (slug, title) =
            isPlain ? (plain, name) : (String(plain.prefix(24)) + "_" + Self.hash(name), String(plain.prefix(24)) + "_" + Self.hash(name))
    }

    /// Two names that look alike without their signs stay two (FNV-1a).
    private static func hash(_ text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash & 0xFF_FFFF, radix: 36)
    }

    private static let properties = [("queue", "Queue", "vehicles"), ("delay", "Delay", "s"), ("throughput", "Throughput", "vehicles/h")]

    /// The topic of its announcement.
    var topic: String { "homeassistant/device/lares_signal_\(slug)/config" }

    /// The topic of its state.
    var state: String { "lares/signal/\(slug)/state" }

    /// What its properties are called in histories.
    var series: JSON {
        .object(Self.properties.reduce(into: JSON.Members()) { $0.append($1.0, .string("signal_\(slug)/\($1.0)")) })
    }

    /// How it announces itself, as Home Assistant has it.
    var announcement: MQTTMessage {
        let components = Self.properties.reduce(into: JSON.Members()) { members, property in
            let (key, name, unit) = property
            members.append(
                key,
                [
                    "platform": "sensor", "unique_id": .string("lares_signal_\(slug)_\(key)"), "name": .string(name),
                    "state_topic": .string(state), "value_template": .string("{{ value_json.\(key) }}"),
                    "unit_of_measurement": .string(unit), "state_class": "measurement",
                ])
        }
        let announced: JSON = [
            "device": [
                "identifiers": [.string("lares_signal_\(slug)")], "name": .string("Signal \(title)"), "manufacturer": "Lares",
                "model": "signal",
            ], "origin": ["name": "lares"], "components": .object(components),
        ]
        return MQTTMessage(topic, announced.serialized, quality: .atLeastOnce, isRetained: true)
    }

    /// Takes it away.
    var removal: MQTTMessage { MQTTMessage(topic, "", quality: .atLeastOnce, isRetained: true) }

    /// What it reports; what nobody knows isn't said.
    func report(_ figures: JunctionFigures) -> MQTTMessage {
        var members = JSON.Members()
        for (key, value) in [("queue", figures.queue), ("delay", figures.delay), ("throughput", figures.throughput)] {
            if let value { members.append(key, .rounded(value)) }
        }
        return MQTTMessage(state, JSON.object(members).serialized)
    }
}
