internal import LaresJSON

/// The parts that lights of all schemas have in common.
struct LightParser {
    private(set) var blueprint: Blueprint
    var scales = LightScales()
    /// The place of the property "on".
    let on: Int
    private let isReported: Bool
    private let isWritable: Bool

    /// Colour modes that can be dimmed.
    let dimmedModes: Set<String> = ["brightness", "color_temp", "hs", "xy", "rgb", "rgbw", "rgbww", "white"]

    init(_ blueprint: Blueprint, isReported: Bool, isWritable: Bool) {
        (self.blueprint, self.isReported, self.isWritable) = (blueprint, isReported, isWritable)
        on = self.blueprint.add(Property("on", .boolean, isReported: isReported, isWritable: isWritable))
        let options = blueprint.options
        scales.brightness = options.number("brightness_scale").flatMap { $0 >= 1 ? $0 : nil } ?? 255
        scales.white = options.number("white_scale").flatMap { $0 >= 1 ? $0 : nil } ?? 255
        scales.isKelvin = options.flag("color_temp_kelvin")
    }

    /// Colour modes by the options of older versions.
    var olderModes: [String] {
        ["color_temp", "hs", "xy", "rgb"].filter { blueprint.options.flag($0) } + (blueprint.options.flag("white_value") ? ["white"] : [])
    }

    // MARK: Properties

    mutating func brightness(isReported: Bool? = nil, isWritable: Bool? = nil) -> NumberForm {
        let range = PropertyKind.NumberRange(least: 0, greatest: 100, step: 100 / scales.brightness)
        return percent("brightness", range, isReported, isWritable, scale: scales.brightness, ignoresZero: true)
    }

    mutating func white(isReported: Bool? = nil, isWritable: Bool? = nil) -> NumberForm {
        let range = PropertyKind.NumberRange(least: 0, greatest: 100, step: 100 / scales.white)
        return percent("white", range, isReported, isWritable, scale: scales.white, ignoresZero: false)
    }

    private mutating func percent(
        _ name: String, _ range: PropertyKind.NumberRange, _ isReported: Bool?, _ isWritable: Bool?, scale: Double, ignoresZero: Bool
    ) -> NumberForm {
        let place = blueprint.add(
            Property(
                name, .number(range), unit: .percent, isReported: isReported ?? self.isReported, isWritable: isWritable ?? self.isWritable))
        return NumberForm(property: place, factor: 100 / scale, bounds: 0...100, places: 2, ignoresZero: ignoresZero)
    }

    mutating func temperature(isReported: Bool? = nil, isWritable: Bool? = nil) -> NumberForm {
        let options = blueprint.options
        func kelvin(_ mireds: String, _ kelvin: String, or fallback: Double) -> Double {
            options.number(mireds).flatMap { $0 > 0 ? (1_000_000 / $0).rounded(.down) : nil } ?? options.number(kelvin) ?? fallback
        }
        let (least, greatest) = (kelvin("max_mireds", "min_kelvin", or: 2_000), kelvin("min_mireds", "max_kelvin", or: 6_535))
        // A step of one mired is this many kelvin at the cold end.
        let step = scales.isKelvin ? 1 : (greatest * greatest / 1_000_000).rounded(.up)
        let place = blueprint.add(
            Property(
                "color_temp", .number(.init(least: least, greatest: greatest, step: step)), unit: .kelvin,
                isReported: isReported ?? self.isReported, isWritable: isWritable ?? self.isWritable))
        return NumberForm(property: place, inversion: scales.isKelvin ? nil : .mired)
    }

    mutating func color(isReported: Bool? = nil, isWritable: Bool? = nil) -> Int {
        blueprint.add(Property("color", .color, isReported: isReported ?? self.isReported, isWritable: isWritable ?? self.isWritable))
    }

    mutating func effect(isReported: Bool? = nil, isWritable: Bool? = nil) throws(ThingsError) -> TextForm {
        let words = try blueprint.options.words("effect_list") ?? []
        let kind: PropertyKind = words.isEmpty ? .text(longest: 200) : .choice(words)
        return TextForm(
            property: blueprint.add(
                Property("effect", kind, isReported: isReported ?? self.isReported, isWritable: isWritable ?? self.isWritable)),
            longest: 200)
    }

    mutating func transition() {
        guard isWritable else { return }
        blueprint.add(
            Property(
                "transition", .number(.init(least: 0, greatest: 3_600)), unit: .second, isReported: false, isWritable: true,
                role: .configuration))
    }

    // MARK: The schema "basic"

    /// What sets a basic light beside the words for on and off.
    struct BasicCommands {
        var brightness, temperature, effect, white: Publication?
        var color: (space: ColorSpace, publication: Publication)?
    }

    func commands() throws(ThingsError) -> BasicCommands {
        var commands = BasicCommands()
        commands.brightness = try blueprint.publication("brightness_command_topic", "brightness_command_template")
        commands.temperature = try blueprint.publication("color_temp_command_topic", "color_temp_command_template")
        commands.effect = try blueprint.publication("effect_command_topic", "effect_command_template")
        commands.white = try blueprint.publication("white_command_topic")
        for space in [ColorSpace.hs, .xy, .rgb, .rgbw, .rgbww] where commands.color == nil {
            let name = space.rawValue
            commands.color = try blueprint.publication("\(name)_command_topic", "\(name)_command_template").map { (space, $0) }
        }
        return commands
    }

    /// Readers of the topics there are, with their properties.
    mutating func readers(_ words: (on: String, off: String), dimmedByColor: Bool) throws(ThingsError) {
        let options = blueprint.options
        let form = WordsForm(on, on: words.on, off: words.off)
        try blueprint.read("state_topic", .value(try options.template(["state_value_template", "value_template"]), form))
        let (isRead, isWritten) = try topics("brightness")
        if isRead || isWritten || dimmedByColor {
            let form = brightness(isReported: isRead || dimmedByColor, isWritable: isWritten || dimmedByColor)
            try read("brightness", form)
        }
        let (isWarmthRead, isWarmthWritten) = try topics("color_temp")
        if isWarmthRead || isWarmthWritten { try read("color_temp", temperature(isReported: isWarmthRead, isWritable: isWarmthWritten)) }
        let (isEffectRead, isEffectWritten) = try topics("effect")
        if isEffectRead || isEffectWritten { try read("effect", effect(isReported: isEffectRead, isWritable: isEffectWritten)) }
        if try topics("white").isWritten { _ = white(isReported: false, isWritable: true) }
        try colorReaders(dimmedByColor: dimmedByColor)
    }

    private mutating func colorReaders(dimmedByColor: Bool) throws(ThingsError) {
        let spaces = [ColorSpace.hs, .xy, .rgb, .rgbw, .rgbww]
        let known = try spaces.map { space throws(ThingsError) in try topics(space.rawValue) }
        guard known.contains(where: { $0.isRead || $0.isWritten }) else { return }
        let place = color(isReported: known.contains { $0.isRead }, isWritable: known.contains { $0.isWritten })
        let brightness = dimmedByColor ? blueprint.properties.firstIndex { $0.name == "brightness" } : nil
        for space in spaces { try read(space.rawValue, ColorForm(property: place, space: space, brightness: brightness)) }
    }

    private func topics(_ stem: String) throws(ThingsError) -> (isRead: Bool, isWritten: Bool) {
        (try blueprint.options.filter("\(stem)_state_topic") != nil, try blueprint.options.topic("\(stem)_command_topic") != nil)
    }

    private mutating func read(_ stem: String, _ form: any Form) throws(ThingsError) {
        try blueprint.read("\(stem)_state_topic", .value(try blueprint.options.template("\(stem)_value_template"), form))
    }
}
