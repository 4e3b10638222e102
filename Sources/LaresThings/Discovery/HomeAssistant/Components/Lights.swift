internal import LaresJSON

extension Components {
    /// A light, in one of three schemas.
    static func light(_ blueprint: inout Blueprint) throws(ThingsError) {
        switch blueprint.options.text("schema")?.lowercased() {
        case "json": try jsonLight(&blueprint)
        case "template": try templateLight(&blueprint)
        default: try basicLight(&blueprint)
        }
    }

    private static func jsonLight(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let command = try blueprint.publication("command_topic")
        var parts = LightParser(blueprint, isReported: try options.filter("state_topic") != nil, isWritable: command != nil)
        let modes = Set(try options.words("supported_color_modes") ?? parts.olderModes)
        let space = [ColorSpace.hs, .xy, .rgb, .rgbw, .rgbww].first { modes.contains($0.rawValue) }
        var form = LightForm(on: parts.on)
        if options.flag("brightness") || !modes.isDisjoint(with: parts.dimmedModes) { form.brightness = parts.brightness() }
        if modes.contains("color_temp") { form.temperature = parts.temperature() }
        if space != nil { form.color = parts.color() }
        if options.flag("effect") || options.has("effect_list") { form.effect = try parts.effect() }
        if modes.contains("white") { form.white = parts.white() }
        if options.flag("transition", or: true) { parts.transition() }
        blueprint = parts.blueprint
        try blueprint.read("state_topic", .light(form))
        guard let command else { return }
        blueprint.write(
            JSONLightCommand(
                publication: command, properties: blueprint.properties.map(\.name), scales: parts.scales, space: space,
                hasBrightness: form.brightness != nil && options.flag("brightness")))
    }

    private static func templateLight(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let on = try blueprint.publication("command_topic", "command_on_template")
        let off = try blueprint.publication("command_topic", "command_off_template")
        var parts = LightParser(blueprint, isReported: try options.filter("state_topic") != nil, isWritable: on != nil)
        parts.scales.brightness = 255
        var readings: [Reader.Decoding] = []
        if let template = try options.template("state_template") {
            readings.append(.value(template, WordsForm(parts.on, on: "on", off: "off")))
        }
        if let template = try options.template("brightness_template") { readings.append(.value(template, parts.brightness())) }
        if let template = try options.template("color_temp_template") { readings.append(.value(template, parts.temperature())) }
        if let red = try options.template("red_template"), let green = try options.template("green_template"),
            let blue = try options.template("blue_template")
        {
            readings.append(.parts(LightParts(property: parts.color(), red: red, green: green, blue: blue)))
        }
        if options.has("effect_list"), let template = try options.template("effect_template") {
            readings.append(.value(template, try parts.effect()))
        }
        if options.text("command_on_template")?.contains("transition") == true { parts.transition() }
        blueprint = parts.blueprint
        for reading in readings { try blueprint.read("state_topic", reading) }
        guard let on, let off else { return }
        blueprint.write(
            TemplateLightCommand(
                on: on, off: off, properties: blueprint.properties.map(\.name), scales: parts.scales,
                hasBrightness: options.has("brightness_template")))
    }

    private static func basicLight(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        guard let power = try blueprint.publication("command_topic") else { return try lampReport(&blueprint) }
        var parts = LightParser(blueprint, isReported: try options.filter("state_topic") != nil, isWritable: true)
        let words = (on: options.text("payload_on") ?? "ON", off: options.text("payload_off") ?? "OFF")
        let command = try parts.commands()
        try parts.readers(words, dimmedByColor: command.brightness == nil && command.color?.space.isLight == true)
        blueprint = parts.blueprint
        blueprint.write(
            BasicLightCommand(
                power: power, words: words, properties: blueprint.properties.filter(\.isWritable).map(\.name),
                order: options.text("on_command_type").flatMap(BasicLightCommand.Order.init(rawValue:)) ?? .last, scales: parts.scales,
                brightness: command.brightness, temperature: command.temperature, effect: command.effect, white: command.white,
                color: command.color))
    }

    /// A light that only reports.
    private static func lampReport(_ blueprint: inout Blueprint) throws(ThingsError) {
        var parts = LightParser(blueprint, isReported: true, isWritable: false)
        let words = (on: blueprint.options.text("payload_on") ?? "ON", off: blueprint.options.text("payload_off") ?? "OFF")
        try parts.readers(words, dimmedByColor: false)
        blueprint = parts.blueprint
    }
}
