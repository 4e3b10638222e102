/// The components of Home Assistant's MQTT discovery that Lares understands, by their words.
enum Components {
    /// Fills a blueprint from its options.
    typealias Reading = @Sendable (inout Blueprint) throws(ThingsError) -> Void

    static let known: [String: Reading] = [
        "light": light, "switch": power, "climate": climate, "lock": lock, "cover": cover, "fan": fan, "sensor": sensor,
        "binary_sensor": binarySensor,
        "number": number, "select": select, "button": button, "text": text, "event": event, "valve": valve, "humidifier": humidifier,
        "water_heater": waterHeater, "vacuum": vacuum, "alarm_control_panel": alarm, "siren": siren, "device_tracker": tracker,
        "update": update,
        "scene": scene, "device_automation": trigger,
    ]

    /// Reads a component; one that nobody knows keeps what it reports.
    static func read(_ blueprint: inout Blueprint) throws(ThingsError) { try (known[blueprint.component] ?? unknown)(&blueprint) }

    /// What reports something on "state_topic" or "…_state_topic" is a text by that name; it can't be set, and nothing is dropped.
    static func unknown(_ blueprint: inout Blueprint) throws(ThingsError) {
        for name in blueprint.options.names.sorted() where name == "state_topic" || name.hasSuffix("_state_topic") || name == "url_topic" {
            let stem = name == "state_topic" ? "state" : String(name.dropLast(name.hasSuffix("_state_topic") ? 12 : 6))
            guard let property = Slug.property(stem), try blueprint.options.filter(name) != nil else { continue }
            let place = blueprint.add(Property(property, .text(longest: 255)))
            let templates =
                name == "state_topic"
                ? ["value_template", "state_template"] : ["\(stem)_value_template", "\(stem)_state_template", "\(stem)_template"]
            try blueprint.read(name, .value(try blueprint.options.template(templates), TextForm(property: place)))
        }
    }
}
