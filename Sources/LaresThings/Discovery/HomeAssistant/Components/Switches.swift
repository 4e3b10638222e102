internal import LaresJSON

extension Components {
    /// A switch.
    static func power(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        try blueprint.boolean(
            "on", .main, on: options.text("payload_on") ?? "ON", off: options.text("payload_off") ?? "OFF",
            stateOn: options.text("state_on"),
            stateOff: options.text("state_off"), quantity: options.name("device_class"))
    }

    /// Something that happens at the press of a button.
    static func button(_ blueprint: inout Blueprint) throws(ThingsError) {
        try blueprint.action("press", label: blueprint.names.name, word: "payload_press", or: "PRESS")
    }

    /// A scene that a hub keeps.
    static func scene(_ blueprint: inout Blueprint) throws(ThingsError) {
        try blueprint.action("apply", label: blueprint.names.name, word: "payload_on", or: "ON")
    }

    /// A siren: on and off, with its tone, volume and time.
    static func siren(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let command = try blueprint.publication("command_topic", "command_template")
        let words = (on: options.text("payload_on") ?? "ON", off: options.text("payload_off") ?? "OFF")
        let on = blueprint.add(
            Property("on", .boolean, isReported: try options.topic("state_topic") != nil, isWritable: command != nil))
        let form = WordsForm(on, on: options.text("state_on") ?? words.on, off: options.text("state_off") ?? words.off)
        var forms: [(name: String, form: any Form)] = [("state", form)]
        var properties = ["on"]
        func extra(_ property: Property, _ member: String, _ form: (Int) -> any Form) {
            properties.append(property.name)
            forms.append((member, form(blueprint.add(property))))
        }
        if let tones = try options.words("available_tones") {
            extra(Property("tone", .choice(tones), isWritable: true), "tone") { WordsForm($0, words: tones) }
        }
        if options.flag("support_duration", or: true) {
            extra(Property("duration", .number(.init(least: 0)), unit: .second, isWritable: true), "duration") { NumberForm(property: $0) }
        }
        if options.flag("support_volume_set", or: true) {
            extra(Property("volume", .number(.percent), unit: .percent, isWritable: true), "volume_level") {
                NumberForm(property: $0, factor: 100)
            }
        }
        try blueprint.read("state_topic", .members(try options.template(["state_value_template", "value_template"]), forms, plain: form))
        guard let command else { return }
        var off = command
        if let template = try options.template("command_off_template") { off.template = template }
        blueprint.write(SirenCommand(publication: command, off: off, words: words, properties: properties))
    }
}
