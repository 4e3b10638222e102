internal import LaresJSON

extension Components {
    /// Heating, cooling, air conditioning.
    static func climate(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let modes = try options.words("modes") ?? ["auto", "off", "cool", "heat", "dry", "fan_only"]
        try blueprint.power(modes)
        try blueprint.choice("mode", .shared("mode"), modes)
        let (unit, range) = (options.temperatureUnit, options.temperatures(celsius: 7...35, step: options.number("temp_step") ?? 1))
        for (name, stem) in [("target_temperature", "temperature"), ("target_high", "temperature_high"), ("target_low", "temperature_low")]
        {
            try blueprint.number(name, .shared(stem), range, unit: unit, quantity: "temperature")
        }
        try blueprint.readings(unit)
        let humidity = PropertyKind.NumberRange(least: options.number("min_humidity") ?? 30, greatest: options.number("max_humidity") ?? 99)
        try blueprint.number("target_humidity", .shared("target_humidity"), humidity, unit: .percent, quantity: "humidity")
        let actions = ["off", "preheating", "defrosting", "heating", "cooling", "drying", "idle", "fan"]
        try blueprint.choice("action", OptionKeys(state: "action_topic", ["action_template", "value_template"]), actions)
        try blueprint.choice("fan_mode", .shared("fan_mode"), options.words("fan_modes") ?? ["auto", "low", "medium", "high"])
        try blueprint.choice("swing_mode", .shared("swing_mode"), options.words("swing_modes") ?? ["on", "off"])
        try blueprint.choice(
            "swing_horizontal_mode", .shared("swing_horizontal_mode"), options.words("swing_horizontal_modes") ?? ["on", "off"])
        if let presets = try options.words("preset_modes"), !presets.isEmpty {
            try blueprint.choice("preset", .shared("preset_mode"), (presets.contains("none") ? [] : ["none"]) + presets)
        }
    }

    /// A boiler.
    static func waterHeater(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let modes = try options.words("modes") ?? ["off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance"]
        try blueprint.power(modes, hazard: .heats)
        try blueprint.choice("mode", .shared("mode"), modes, hazard: .heats)
        let (unit, range) = (options.temperatureUnit, options.temperatures(celsius: 43.3...60, step: options.number("precision") ?? 0.1))
        try blueprint.number("target_temperature", .shared("temperature"), range, unit: unit, quantity: "temperature", hazard: .heats)
        try blueprint.readings(unit)
    }
}

extension OptionKeys {
    /// The usual pattern, with "value_template" for what has no template of its own.
    fileprivate static func shared(_ stem: String) -> OptionKeys { OptionKeys(stem, fallback: ["value_template"]) }
}

extension Options {
    fileprivate var temperatureUnit: Unit {
        text("temperature_unit").flatMap(Unit.init(announced:)) == .fahrenheit ? .fahrenheit : .celsius
    }

    /// Where temperatures lie, by what was announced, else by these.
    fileprivate func temperatures(celsius range: ClosedRange<Double>, step: Double) -> PropertyKind.NumberRange {
        func usual(_ celsius: Double) -> Double { (Unit.celsius.convert(celsius, to: temperatureUnit) ?? celsius).rounded() }
        return .init(
            least: number("min_temp") ?? usual(range.lowerBound), greatest: number("max_temp") ?? usual(range.upperBound), step: step)
    }
}

extension Blueprint {
    /// What it measures.
    fileprivate mutating func readings(_ unit: Unit) throws(ThingsError) {
        for (name, stem, unit) in [("temperature", "current_temperature", unit), ("humidity", "current_humidity", .percent)] {
            let keys = OptionKeys(state: "\(stem)_topic", ["\(stem)_template", "value_template"])
            try number(name, keys, unit: unit, quantity: name)
        }
    }

    /// On and off: by words of its own, or as one of the modes.
    fileprivate mutating func power(_ modes: [String], hazard: Hazard? = nil) throws(ThingsError) {
        let words = (on: options.text("payload_on") ?? "ON", off: options.text("payload_off") ?? "OFF")
        let mode = try access(.shared("mode"))
        if let publication = try publication("power_command_topic", "power_command_template") {
            let isReported = try options.filter("power_state_topic") != nil || (mode?.isReported == true && modes.contains("off"))
            let place = add(Property("on", .boolean, isReported: isReported, isWritable: true, hazard: hazard))
            write(SwitchCommand(property: "on", publication: publication, on: words.on, off: words.off))
            let form = WordsForm(place, on: words.on, off: words.off)
            try read("power_state_topic", .value(try options.template(["power_state_template", "value_template"]), form))
            if try options.filter("power_state_topic") == nil, isReported { try readPower(place, modes, mode) }
        } else if let mode, modes.contains("off"), let usual = Self.usual(of: modes) {
            let place = add(Property("on", .boolean, isReported: mode.isReported, isWritable: mode.command != nil, hazard: hazard))
            try readPower(place, modes, mode)
            if let publication = mode.command { write(SwitchCommand(property: "on", publication: publication, on: usual, off: "off")) }
        }
    }

    private mutating func readPower(_ place: Int, _ modes: [String], _ mode: Access?) throws(ThingsError) {
        var meanings: [String: [Report]] = [:]
        for word in modes { meanings[word] = [Report(place, .boolean(word != "off"))] }
        try read("mode_state_topic", .value(mode?.template, WordsForm(meanings)))
    }

    /// The mode that switching on means, as Home Assistant chooses it.
    private static func usual(of modes: [String]) -> String? {
        ["heat_cool", "heat", "cool", "auto"].first(where: modes.contains) ?? modes.first { $0 != "off" }
    }
}
