internal import LaresJSON

/// What a device with Tasmota says of itself under "tasmota/discovery/<MAC>/config", version 1 of that message.
struct TasmotaDevice: Sendable {
    let mac: String
    let name: String
    let identity: DeviceIdentity
    /// What its relays are for: 0 nothing, 1 relay, 2 light, 3 shutter.
    let relays: [Int]
    /// The modes of its switches; -1: there is none.
    let switches: [Int]
    let switchNames: [String?]
    let buttons: [Int]
    let friendlyNames: [String?]
    /// What it calls off, on, toggle and hold.
    let words: (off: String, on: String, toggle: String, hold: String)
    let availability: AvailabilityRule?
    let isFan: Bool
    let isTuya: Bool
    /// Whether it runs on a battery whose charge it reports.
    let hasBattery: Bool
    /// What kind of light it is: 1 dimmer, 2 white, 3 colour, 4 colour and white, 5 both.
    let light: Int
    let linksColorAndWhite: Bool
    let shutterOptions: [Int]
    let shutterTilts: [[Double]]
    private let options: [String: JSON]
    private let topics: (command: String, state: String, telemetry: String)

    /// More relays, switches or buttons than this aren't read.
    static let mostInputs = 32

    /// Throws ``ThingsError`` (`bad_announcement`) where something needed is missing, or isn't what it must be.
    init(_ json: JSON, mac: String) throws(ThingsError) {
        guard case .object(let members) = json else { throw ThingsError(.badAnnouncement, "the announcement must be an object") }
        let config = Options(Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
        guard config.number("ver") == 1 else { throw ThingsError(.badAnnouncement, "only version 1 of Tasmota's discovery is known") }
        guard config.text("mac") == mac else { throw ThingsError(.badAnnouncement, "'mac' is not the one in the topic") }
        self.mac = mac
        name = config.name("dn") ?? "Tasmota"
        (relays, buttons) = (Self.numbers(config["rl"], greatest: 3), Self.numbers(config["btn"], greatest: 1))
        switches = Self.numbers(config["swc"], greatest: 16)
        (switchNames, friendlyNames) = (Self.names(config["swn"]), Self.names(config["fn"]))
        let states = (config["state"]?.elements ?? []).map { $0.text ?? "" }
        guard states.count >= 2 else { throw ThingsError(.badAnnouncement, "'state' must have the words for off and on") }
        words = (states[0], states[1], states.count > 2 ? states[2] : "TOGGLE", states.count > 3 ? states[3] : "HOLD")
        (isFan, isTuya, linksColorAndWhite) = (config.flag("if"), config.flag("ty"), config.flag("lk"))
        hasBattery = config.flag("bat")
        light = config.number("lt_st").flatMap { Int(exactly: $0) }.flatMap { (0...5).contains($0) ? $0 : nil } ?? 0
        shutterOptions = Self.numbers(config["sho"], greatest: 255)
        shutterTilts = (config["sht"]?.elements ?? []).prefix(16).map { ($0.elements ?? []).prefix(3).map { $0.number ?? 0 } }
        if case .object(let options)? = config["so"] {
            self.options = Dictionary(options.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        } else {
            options = [:]
        }
        topics = try Self.topics(config, mac)
        // One that sleeps is away most of the time, and yet as it should be.
        availability =
            config.flag("dslp")
            ? nil
            : AvailabilityRule([
                AvailabilityRule.Source(
                    topic: topics.telemetry + "LWT", online: config.text("onln") ?? "Online", offline: config.text("ofln") ?? "Offline")
            ])
        identity = Self.identity(config, mac, name)
    }

    private static func numbers(_ json: JSON?, greatest: Int) -> [Int] {
        (json?.elements ?? []).prefix(mostInputs).map {
            $0.number.flatMap { Int(exactly: $0) }.flatMap { (-1...greatest).contains($0) ? $0 : nil } ?? -1
        }
    }

    private static func names(_ json: JSON?) -> [String?] {
        (json?.elements ?? []).prefix(mostInputs).map { $0.text.flatMap { CleanText.name($0) } }
    }

    private static func topics(_ config: Options, _ mac: String) throws(ThingsError) -> (command: String, state: String, telemetry: String)
    {
        let prefixes = (config["tp"]?.elements ?? []).map { $0.text ?? "" }
        guard let full = config.text("ft"), let topic = config.text("t"), prefixes.count >= 3 else {
            throw ThingsError(.badAnnouncement, "'ft', 't' and 'tp' must say where the device is reached")
        }
        func written(_ prefix: String) throws(ThingsError) -> String {
            var text = full
            for (mark, value) in [
                ("%hostname%", config.text("hn") ?? ""), ("%id%", String(mac.suffix(6))), ("%prefix%", prefix), ("%topic%", topic),
            ] { text = text.replacing(mark, with: value) }
            // Tasmota ends it so itself.
            if !text.hasSuffix("/") { text += "/" }
            guard TopicName.isTopic(text + "x"), !text.hasPrefix("$"), text.utf8.count < 500 else {
                throw ThingsError(.badAnnouncement, "'ft' makes \"\(CleanText.text(text, limit: 80))\", which is not a topic")
            }
            return text
        }
        let (command, state, telemetry) = (try written(prefixes[0]), try written(prefixes[1]), try written(prefixes[2]))
        // Only Lares publishes below the topic of its commands: it must be the device's own, and its reports go elsewhere.
        guard command.dropLast().contains("/"), !state.hasPrefix(command), !telemetry.hasPrefix(command) else {
            throw ThingsError(.badAnnouncement, "'ft' must have '%prefix%' and '%topic%', so that commands don't go where reports do")
        }
        return (command, state, telemetry)
    }

    private static func identity(_ config: Options, _ mac: String, _ name: String) -> DeviceIdentity {
        var details = DeviceDetails()
        (details.manufacturer, details.model, details.software) = ("Tasmota", config.name("md"), config.name("sw"))
        details.configurationURL = config.text("ip").flatMap { WebAddress.checked("http://\($0)/") }
        let address = mac.lowercased().enumerated().map { $0.offset > 0 && $0.offset % 2 == 0 ? ":\($0.element)" : "\($0.element)" }
            .joined()
        return DeviceIdentity(identifier: mac, others: ["mac/\(address)"], name: name, details: details)
    }
}

extension TasmotaDevice {
    /// Whether one of Tasmota's options ("SetOption30") is on.
    func option(_ number: String) -> Bool { options[number].flatMap(Conversions.boolean) ?? false }

    /// Where a command goes.
    func command(_ word: String) -> Publication { Publication(topic: topics.command + word) }

    /// Where it answers and reports changes.
    var result: String { topics.state + "RESULT" }
    /// Where it reports its state now and then.
    var state: String { topics.telemetry + "STATE" }
    /// Where it reports its state when asked.
    var askedState: String { topics.state + "STATUS11" }
    /// Where it reports its sensors now and then.
    var sensors: String { topics.telemetry + "SENSOR" }
    /// Where it reports its sensors when asked.
    var askedSensors: String { topics.state + "STATUS10" }

    /// What it is asked for when nothing is known yet.
    var questions: [MQTTMessage] { [MQTTMessage(topics.command + "STATE", ""), MQTTMessage(topics.command + "STATUS", "10")] }

    /// The name of an output, nil where it is the device's own.
    func outputName(_ kind: String, _ place: Int) -> String? {
        guard place < friendlyNames.count, let given = friendlyNames[place] else { return "\(kind) \(place + 1)" }
        return place == 0 && given == name ? nil : given
    }

    /// What it calls a switch in its messages.
    func switchName(_ place: Int) -> String { (place < switchNames.count ? switchNames[place] : nil) ?? "Switch\(place + 1)" }

    /// A part of it.
    func part(
        _ id: String, _ component: String, name: String?, properties: [Property], readers: [Reader], writers: [any Command] = []
    ) -> Part {
        Part(
            key: "tasmota/\(mac)/\(id)", device: identity, component: ThingCategory(component), name: name, objectID: id,
            properties: properties,
            readers: readers, writers: writers.map(Writer.init), commandsBelow: String(topics.command.dropLast()),
            availability: availability)
    }

    /// Readers of an output's words, in answers and in reports.
    func readers(_ members: [(name: String, form: any Form)]) -> [Reader] {
        [result, state].map { Reader($0, .members(nil, members, plain: nil)) }
    }

    /// How the power of an output is called: "POWER1", and "POWER" where there is one only.
    func power(_ place: Int, _ property: Int) -> [(name: String, form: any Form)] {
        let form = WordsForm(property, on: words.on, off: words.off)
        return [("POWER\(place + 1)", form)] + (place == 0 ? [("POWER", form)] : [])
    }
}
