internal import LaresJSON

extension Components {
    /// A fan.
    static func fan(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let words = (on: options.text("payload_on") ?? "ON", off: options.text("payload_off") ?? "OFF")
        try blueprint.boolean("on", .main, on: words.on, off: words.off)
        let power = try blueprint.publication("command_topic", "command_template").map {
            SwitchCommand(property: "on", publication: $0, on: words.on, off: words.off)
        }
        try speed(&blueprint, power)
        if let presets = try options.words("preset_modes"), !presets.isEmpty {
            try blueprint.choice("preset", OptionKeys("preset_mode"), presets, none: options.text("payload_reset_preset_mode"))
        }
        try blueprint.boolean(
            "oscillating", OptionKeys("oscillation"), on: options.text("payload_oscillation_on") ?? "oscillate_on",
            off: options.text("payload_oscillation_off") ?? "oscillate_off")
        try blueprint.choice("direction", OptionKeys("direction"), ["forward", "reverse"])
    }

    private static func speed(_ blueprint: inout Blueprint, _ power: SwitchCommand?) throws(ThingsError) {
        let options = blueprint.options
        guard let access = try blueprint.access(OptionKeys("percentage")) else { return }
        let (low, high) = (options.number("speed_range_min") ?? 1, options.number("speed_range_max") ?? 100)
        guard high > low else { throw ThingsError(.badAnnouncement, "'speed_range_max' must be greater than 'speed_range_min'") }
        let states = high - low + 1
        let range = PropertyKind.NumberRange(least: 0, greatest: 100, step: 100 / states)
        let place = blueprint.add(
            Property("speed", .number(range), unit: .percent, isReported: access.isReported, isWritable: access.command != nil))
        let none = options.text("payload_reset_percentage") ?? "None"
        let form = NumberForm(property: place, factor: 100 / states, offset: low - 1, bounds: 0...100, places: 2, none: none)
        try blueprint.read("percentage_state_topic", .value(access.template, form))
        guard let publication = access.command else { return }
        let number = NumberCommand(property: "speed", publication: publication, factor: states / 100, offset: low - 1, rounding: .up)
        blueprint.write(SpeedCommand(number: number, power: power))
    }

    /// A humidifier or dehumidifier.
    static func humidifier(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        try blueprint.boolean(
            "on", .main, on: options.text("payload_on") ?? "ON", off: options.text("payload_off") ?? "OFF",
            quantity: options.name("device_class"))
        let range = PropertyKind.NumberRange(
            least: options.number("min_humidity") ?? 0, greatest: options.number("max_humidity") ?? 100, step: 1)
        try blueprint.number(
            "target_humidity", OptionKeys("target_humidity"), range, unit: .percent, quantity: "humidity", rounding: .whole,
            none: options.text("payload_reset_humidity") ?? "None")
        try blueprint.choice("mode", OptionKeys("mode"), options.words("modes") ?? [], none: options.text("payload_reset_mode"))
        try blueprint.number(
            "humidity", OptionKeys(state: "current_humidity_topic", ["current_humidity_template"]), unit: .percent, quantity: "humidity")
        let actions = ["off", "humidifying", "drying", "idle"]
        try blueprint.choice("action", OptionKeys(state: "action_topic", ["action_template"]), actions)
    }

    /// A vacuum cleaner.
    static func vacuum(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let features = Set(try options.words("supported_features") ?? ["start", "stop", "return_home", "status", "battery", "clean_spot"])
        let states = ["cleaning", "docked", "paused", "idle", "returning", "error"]
        var forms: [(name: String, form: any Form)] = [
            ("state", WordsForm(blueprint.add(Property("state", .choice(states))), words: states))
        ]
        if features.contains("battery") {
            let place = blueprint.add(Property("battery", .number(.percent), unit: .percent, quantity: "battery", role: .diagnostic))
            forms.append(("battery_level", NumberForm(property: place)))
        }
        if features.contains("fan_speed"), let speeds = try options.words("fan_speed_list"), !speeds.isEmpty {
            let command = try blueprint.publication("set_fan_speed_topic")
            let place = blueprint.add(Property("fan_speed", .choice(speeds), isWritable: command != nil))
            forms.append(("fan_speed", WordsForm(place, words: speeds)))
            if let command { blueprint.write(TextCommand(property: "fan_speed", publication: command)) }
        }
        try blueprint.read("state_topic", .members(try options.template("value_template"), forms, plain: forms[0].form))
        for (feature, name, word) in [
            ("start", "start", "start"), ("stop", "stop", "stop"), ("pause", "pause", "pause"),
            ("return_home", "return_home", "return_to_base"),
            ("locate", "locate", "locate"), ("clean_spot", "clean_spot", "clean_spot"),
        ] where features.contains(feature) {
            try blueprint.action(name, word: "payload_\(word)", or: word)
        }
    }
}

/// The speed of a fan; none is off.
private struct SpeedCommand: Command {
    let number: NumberCommand
    let power: SwitchCommand?

    var properties: [String] { number.properties }

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        guard setting["speed"]?.number == 0, let power else { return try number.messages(setting, known) }
        return try power.messages(["on": .boolean(false)], known)
    }
}
