internal import LaresJSON
internal import LaresTemplates

/// How a light takes its numbers.
struct LightScales: Sendable {
    /// The device's number for full brightness.
    var brightness = 255.0
    /// The device's number for full white.
    var white = 255.0
    /// Whether colour temperatures are sent in kelvin, not mireds.
    var isKelvin = false

    /// The device's brightness for percent above zero: never rounded down to off.
    func brightness(_ percent: Double) -> Int { Int(max(1, min((percent / 100 * brightness).rounded(.toNearestOrEven), brightness))) }

    /// The device's white for percent above zero.
    func white(_ percent: Double) -> Int { Int(max(1, min((percent / 100 * white).rounded(.toNearestOrEven), white))) }

    /// The device's colour temperature.
    func temperature(_ kelvin: Double) -> Int { Int((isKelvin ? kelvin : 1_000_000 / max(kelvin, 1)).rounded(.down)) }
}

extension [String: PropertyValue] {
    /// Whether this turns a light on: it says so, or asks for anything but darkness.
    var turnsOn: Bool {
        if let on = self["on"]?.boolean { return on && self["brightness"]?.number != 0 }
        return self["brightness"]?.number != 0
    }

    /// A light's part of full brightness, as asked or as known.
    func brightness(knowing known: [String: PropertyValue]) -> Double {
        let percent = self["brightness"]?.number ?? known["brightness"]?.number ?? 100
        return percent > 0 ? percent / 100 : 1
    }

    /// Refuses a transition without anything that it could take.
    func checkTransition() throws(ThingsError) {
        if count == 1, self["transition"] != nil {
            throw ThingsError(.badValue, "'transition' must be set together with what should change in that time")
        }
    }
}

/// A light set by one JSON object (Home Assistant's schema "json").
struct JSONLightCommand: Command {
    let publication: Publication
    let properties: [String]
    var scales = LightScales()
    /// How it takes colours.
    var space: ColorSpace?
    /// Whether it has a brightness beside its colour.
    var hasBrightness = false

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        try setting.checkTransition()
        var members: JSON.Members = ["state": setting.turnsOn ? "ON" : "OFF"]
        if let seconds = setting["transition"]?.number {
            members.append("transition", Int(exactly: seconds).map { .int($0) } ?? .double(seconds))
        }
        if setting.turnsOn { add(setting, known, to: &members) }
        return [try publication.message(.string(JSON.object(members).serialized))]
    }

    private func add(_ setting: [String: PropertyValue], _ known: [String: PropertyValue], to members: inout JSON.Members) {
        if let color = setting["color"]?.color, let space {
            var parts = JSON.Members()
            let brightness = hasBrightness ? 1 : setting.brightness(knowing: [:])
            for (name, number) in zip(space.members, space.numbers(color, brightness: brightness)) { parts.append(name, number) }
            members.append("color", .object(parts))
        }
        if let percent = setting["brightness"]?.number { members.append("brightness", .int(scales.brightness(percent))) }
        if let kelvin = setting["color_temp"]?.number { members.append("color_temp", .int(scales.temperature(kelvin))) }
        if let effect = setting["effect"]?.text { members.append("effect", .string(effect)) }
        if let percent = setting["white"]?.number { members.append("white", .int(scales.white(percent))) }
    }
}

/// A light set by two templates (Home Assistant's schema "template").
struct TemplateLightCommand: Command {
    let on: Publication
    let off: Publication
    let properties: [String]
    var scales = LightScales()
    /// Whether it has a brightness beside its colour.
    var hasBrightness = false

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        try setting.checkTransition()
        var names: [String: TemplateValue] = ["state": .bool(setting.turnsOn)]
        if let seconds = setting["transition"]?.number { names["transition"] = Int(exactly: seconds).map { .int($0) } ?? .double(seconds) }
        guard setting.turnsOn else { return [try off.message(.null, names)] }
        if let percent = setting["brightness"]?.number { names["brightness"] = .int(scales.brightness(percent)) }
        if let kelvin = setting["color_temp"]?.number { names["color_temp"] = .int(scales.temperature(kelvin)) }
        if let effect = setting["effect"]?.text { names["effect"] = .string(effect) }
        if let color = setting["color"]?.color {
            let light = ColorSpace.rgb.numbers(color, brightness: hasBrightness ? 1 : setting.brightness(knowing: known))
            for (name, number) in zip(ColorSpace.rgb.names, light) { names[name] = TemplateValue(number) }
            for (name, number) in zip(ColorSpace.hs.names, ColorSpace.hs.numbers(color)) { names[name] = TemplateValue(number) }
        }
        return [try on.message(.null, names)]
    }
}
