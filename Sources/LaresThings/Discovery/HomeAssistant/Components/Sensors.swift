internal import LaresJSON

extension Components {
    /// Device classes of sensors whose values are words.
    private static let wordy: Set<String> = ["enum", "date", "timestamp", "uptime"]

    /// A sensor: one property, a number where it has a unit or measures one, else a word or a text.
    static func sensor(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let quantity = options.name("device_class")
        let unit = options.text("unit_of_measurement").flatMap(Unit.init(announced:))
        let accumulation = options.text("state_class").flatMap(Property.Accumulation.init(rawValue:))
        let words = try options.words("options")
        let isNumber =
            words == nil && !wordy.contains(quantity ?? "")
            && (unit != nil || accumulation != nil || quantity != nil || options.has("suggested_display_precision"))
        let kind: PropertyKind = isNumber ? .number(.any) : words.map { .choice($0) } ?? .text(longest: 255)
        let place = blueprint.add(
            Property(
                blueprint.names.property(measuring: quantity, or: "value"), kind, label: blueprint.names.name, unit: unit,
                quantity: quantity,
                accumulation: accumulation, expiresAfter: options.seconds("expire_after")))
        let form: any Form = isNumber ? NumberForm(property: place) : words.map { WordsForm(place, words: $0) } ?? TextForm(property: place)
        try blueprint.read("state_topic", .value(try options.template("value_template"), form))
    }

    /// A sensor of something that is so or isn't.
    static func binarySensor(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let quantity = options.name("device_class")
        let place = blueprint.add(
            Property(
                blueprint.names.property(measuring: quantity, or: "active"), .boolean, label: blueprint.names.name, quantity: quantity,
                expiresAfter: options.seconds("expire_after"), resetsAfter: options.seconds("off_delay")))
        let form = WordsForm(place, on: options.text("payload_on") ?? "ON", off: options.text("payload_off") ?? "OFF")
        try blueprint.read("state_topic", .value(try options.template("value_template"), form))
    }

    /// Something that happens.
    static func event(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let place = blueprint.add(
            Property(
                blueprint.names.property(measuring: options.name("device_class"), or: "event"), .text(longest: 200),
                label: blueprint.names.name,
                quantity: options.name("device_class"), isEvent: true))
        let form = EventForm(property: place, types: Set(try options.words("event_types") ?? []))
        try blueprint.read("state_topic", takesRetained: false, .value(try options.template("value_template"), form))
    }

    /// A trigger for automations: a button pressed, a face shown.
    static func trigger(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let (type, subtype) = (options.name("type") ?? "trigger", options.name("subtype") ?? "")
        let place = blueprint.add(
            Property(
                Slug.property("\(type) \(subtype)") ?? "trigger", .text(longest: 200), label: CleanText.name("\(type) \(subtype)"),
                isEvent: true))
        let form = TriggerForm(property: place, wanted: options.text("payload"), event: subtype.isEmpty ? type : subtype)
        try blueprint.read("topic", takesRetained: false, .value(try options.template("value_template"), form))
    }

    /// Where somebody is, and whether that is at home.
    static func tracker(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let place = blueprint.add(Property("location", .text(longest: 200)))
        let isHome = blueprint.add(Property("home", .boolean, quantity: "presence"))
        let meanings = [options.text("payload_home") ?? "home": "home", options.text("payload_not_home") ?? "not_home": "not_home"]
        let form = TextForm(property: place, longest: 200, none: [options.text("payload_reset") ?? "None", "None"], meanings: meanings)
        try blueprint.read("state_topic", .value(try options.template("value_template"), WhereaboutsForm(place: form, isHome: isHome)))
        guard try options.topic("json_attributes_topic") != nil else { return }
        var forms: [(name: String, form: any Form)] = []
        for (member, name, range) in [
            ("latitude", "latitude", PropertyKind.NumberRange(least: -90, greatest: 90)),
            ("longitude", "longitude", PropertyKind.NumberRange(least: -180, greatest: 180)),
            ("gps_accuracy", "accuracy", PropertyKind.NumberRange(least: 0)),
        ] {
            let unit = name == "accuracy" ? Unit("m") : Unit("°")
            forms.append((member, NumberForm(property: blueprint.add(Property(name, .number(range), unit: unit)))))
        }
        try blueprint.read("json_attributes_topic", .members(try options.template("json_attributes_template"), forms, plain: nil))
    }

    /// What runs on a device, and what could.
    static func update(_ blueprint: inout Blueprint) throws(ThingsError) {
        let installed = blueprint.add(Property("installed_version", .text(longest: 200), role: .diagnostic))
        let latest = blueprint.add(Property("latest_version", .text(longest: 200), role: .diagnostic))
        let progress = blueprint.add(Property("progress", .number(.percent), unit: .percent, role: .diagnostic))
        let forms: [(name: String, form: any Form)] = [
            ("installed_version", TextForm(property: installed)), ("latest_version", TextForm(property: latest)),
            ("update_percentage", NumberForm(property: progress)),
        ]
        let template = try blueprint.options.template("value_template")
        try blueprint.read("state_topic", .members(template, forms, plain: TextForm(property: installed)))
        let latestTemplate = try blueprint.options.template("latest_version_template")
        try blueprint.read("latest_version_topic", .value(latestTemplate, TextForm(property: latest)))
        try blueprint.action("install", word: "payload_install", or: nil)
    }
}

extension Options {
    /// A time of at least a second, at most a year; nil for anything else, zero included.
    func seconds(_ name: String) -> Double? { number(name).flatMap { (1...31_622_400).contains($0) ? $0 : nil } }
}

extension Unit {
    /// Spellings of units that devices use beside the right one.
    private static let spellings: [String: String] = [
        "C": "°C", "ºC": "°C", "℃": "°C", "celsius": "°C", "Celsius": "°C", "F": "°F", "ºF": "°F", "℉": "°F", "lux": "lx", "Lux": "lx",
        "kwh": "kWh",
        "KWh": "kWh", "kWH": "kWh", "wh": "Wh", "w": "W", "Watt": "W", "Watts": "W", "v": "V", "a": "A", "m3": "m³", "ft3": "ft³",
        "percent": "%",
        "l": "L", "l/h": "L/h", "m3/h": "m³/h", "sec": "s", "seconds": "s", "minutes": "min", "hours": "h", "Kelvin": "K", "μg/m³": "µg/m³",
        "ug/m3": "µg/m³", "µg/m3": "µg/m³", "HPa": "hPa", "hpa": "hPa",
    ]

    /// The unit an announcement names; nil where it names none.
    init?(announced text: String) {
        guard let symbol = CleanText.name(text, limit: 40) else { return nil }
        self.init(Self.spellings[symbol] ?? symbol)
    }
}
