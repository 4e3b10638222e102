internal import LaresJSON

/// Lights of devices with Tasmota.
extension TasmotaDevice {
    private static let effects = ["Solid", "Wake up", "Cycle up", "Cycle down", "Random"]

    /// What a lamp can do, and how its brightness is called.
    private struct Abilities {
        var light: Int
        var dimmer = "Dimmer"
        var reported = "Dimmer"

        var isDimmed: Bool { light > 0 }
        var hasColor: Bool { light >= 3 }
        var hasTemperature: Bool { light == 2 || light == 5 }
        var hasWhite: Bool { light == 4 }
    }

    private func abilities(_ place: Int) -> Abilities {
        var abilities = Abilities(light: light)
        if isTuya { abilities.dimmer = "Dimmer3" }
        if option("68") {
            // Every channel is a lamp of its own.
            abilities = Abilities(light: 1, dimmer: "Channel\(place + 1)", reported: "Channel\(place + 1)")
        } else if !linksColorAndWhite, light >= 4, let first = relays.firstIndex(of: 2) {
            // Colour and white are two lamps.
            switch place - first {
            case 0: abilities = Abilities(light: 3, dimmer: "Dimmer1", reported: "Dimmer1")
            case 1: abilities = Abilities(light: light == 4 ? 1 : 2, dimmer: "Dimmer2", reported: "Dimmer2")
            default: break
            }
        }
        return abilities
    }

    func lamp(_ place: Int) -> Part {
        let can = abilities(place)
        var properties = [Property("on", .boolean, isWritable: true)]
        var members = power(place, 0)
        func add(_ property: Property, _ member: String, _ form: (Int) -> any Form) {
            properties.append(property)
            members.append((member, form(properties.count - 1)))
        }
        if can.isDimmed {
            let range = PropertyKind.NumberRange(least: 0, greatest: 100, step: 1)
            add(Property("brightness", .number(range), unit: .percent, isWritable: true), can.reported) {
                NumberForm(property: $0, bounds: 0...100, ignoresZero: true)
            }
        }
        if can.hasTemperature {
            let (cold, warm) = option("82") ? (200.0, 380.0) : (153.0, 500.0)
            let range = PropertyKind.NumberRange(
                least: (1_000_000 / warm).rounded(.down), greatest: (1_000_000 / cold).rounded(.down), step: 50)
            add(Property("color_temp", .number(range), unit: .kelvin, isWritable: true), "CT") {
                NumberForm(property: $0, inversion: .mired)
            }
        }
        if can.hasColor {
            add(Property("color", .color, isWritable: true), "HSBColor") { ColorForm(property: $0, space: .hs) }
            add(Property("effect", .choice(Self.effects), isWritable: true), "Scheme") { place in
                WordsForm(
                    Dictionary(uniqueKeysWithValues: Self.effects.enumerated().map { ("\($0.offset)", [Report(place, .text($0.element))]) })
                )
            }
        }
        if can.hasWhite {
            add(Property("white", .number(.percent), unit: .percent, isWritable: true), "White") {
                NumberForm(property: $0, bounds: 0...100)
            }
        }
        if can.isDimmed, !isTuya {
            properties.append(
                Property(
                    "transition", .number(.init(least: 0, greatest: 20)), unit: .second, isReported: false, isWritable: true,
                    role: .configuration))
        }
        let command = TasmotaLampCommand(
            publication: command("Backlog"), properties: properties.map(\.name), power: "Power\(place + 1)", words: (words.on, words.off),
            dimmer: can.dimmer, effects: Self.effects, fadesInFixedTime: option("117"), sendsPower: option("20"))
        return part(
            "light_\(place + 1)", "light", name: outputName("light", place), properties: properties, readers: readers(members),
            writers: [command])
    }
}

/// Sets a lamp by one backlog of commands, in the order HATasmota has them.
struct TasmotaLampCommand: Command {
    let publication: Publication
    let properties: [String]
    let power: String
    let words: (on: String, off: String)
    let dimmer: String
    let effects: [String]
    /// Whether a transition takes the same time however far it goes (SetOption117).
    let fadesInFixedTime: Bool
    /// Whether a brightness doesn't switch on by itself (SetOption20).
    let sendsPower: Bool

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        try setting.checkTransition()
        let isOn = setting.turnsOn
        var commands = fade(setting, known)
        if isOn, let percent = setting["brightness"]?.number {
            commands.append("\(dimmer) \(Int(percent.rounded()))")
        } else {
            commands.append("\(power) \(isOn ? words.on : words.off)")
        }
        if isOn { commands += colors(setting) }
        if sendsPower, isOn, setting["brightness"] != nil { commands.append("\(power) \(words.on)") }
        return [try publication.message(.string(commands.map { "NoDelay;" + $0 }.joined(separator: ";")))]
    }

    private func colors(_ setting: [String: PropertyValue]) -> [String] {
        var commands: [String] = []
        if let color = setting["color"]?.color {
            commands += [
                "HsbColor1 \(Int(color.hue.rounded(.toNearestOrEven)))", "HsbColor2 \(Int(color.saturation.rounded(.toNearestOrEven)))",
            ]
        }
        if let kelvin = setting["color_temp"]?.number { commands.append("CT \(LightScales().temperature(kelvin))") }
        if let effect = setting["effect"]?.text, let place = effects.firstIndex(of: effect) { commands.append("Scheme \(place)") }
        if let percent = setting["white"]?.number { commands.append("White \(Int(percent.rounded()))") }
        return commands
    }

    /// Tasmota counts half seconds for a change of the whole range, so a smaller one is given more. Only the brightness is looked at.
    private func fade(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) -> [String] {
        guard let seconds = setting["transition"]?.number else { return [] }
        guard seconds > 0 else { return ["Fade2 0"] }
        let last = known["brightness"]?.number ?? 100
        let before = known["on"]?.boolean == true ? last : 0
        let after = setting.turnsOn ? setting["brightness"]?.number ?? last : 0
        let part = fadesInFixedTime ? 1 : abs(after - before) / 100
        let speed = part > 0 ? min(max((seconds * 2 / part).rounded(.toNearestOrEven), 1), 40) : 1
        return ["Fade2 1", "Speed2 \(Int(speed))"]
    }
}
