internal import LaresJSON

/// A part in the making: what a component's file says of properties, readers and writers.
struct Blueprint {
    /// The word of the component.
    let component: String
    /// What was announced.
    let options: Options
    /// What the part is called, and what its device.
    let names: PartNames
    private(set) var properties: [Property] = []
    private(set) var readers: [Reader] = []
    private(set) var writers: [Writer] = []

    init(component: String, options: Options, names: PartNames) {
        (self.component, self.options, self.names) = (component, options, names)
    }

    /// Adds a property and says its place.
    @discardableResult mutating func add(_ property: Property) -> Int {
        var property = property
        if property.role == .primary { property.role = options.role }
        if let known = properties.firstIndex(where: { $0.name == property.name }) { return known }
        properties.append(property)
        return properties.count - 1
    }

    /// Adds a reader of the topic that an option names, if it names one.
    mutating func read(_ topic: String, takesRetained: Bool = true, _ decoding: Reader.Decoding) throws(ThingsError) {
        guard let topic = try options.topic(topic) else { return }
        readers.append(Reader(topic, quality: options.quality, takesRetained: takesRetained, decoding))
    }

    /// Adds a writer.
    mutating func write(_ command: any Command) { writers.append(Writer(command)) }

    /// Where commands go, by the names of the options; nil if they name no topic.
    func publication(_ topic: String, _ template: String = "") throws(ThingsError) -> Publication? {
        guard let topic = try options.topic(topic) else { return nil }
        return Publication(
            topic: topic, template: try options.template(template), quality: options.quality, isRetained: options.flag("retain"))
    }

    /// What is reported and set by these options; nil if neither.
    func access(_ keys: OptionKeys) throws(ThingsError) -> Access? {
        let (isReported, command) = (try options.topic(keys.state) != nil, try publication(keys.command, keys.commandTemplate))
        guard isReported || command != nil else { return nil }
        return Access(isReported: isReported, template: try options.template(keys.stateTemplates), command: command)
    }

    /// How a property is reached.
    struct Access {
        let isReported: Bool
        let template: ValueTemplate?
        let command: Publication?
    }
}

/// Properties that need nothing but names.
extension Blueprint {
    /// True or false, by two words each way.
    mutating func boolean(
        _ name: String, _ keys: OptionKeys, on: String, off: String, stateOn: String? = nil, stateOff: String? = nil,
        quantity: String? = nil,
        hazard: Hazard? = nil
    ) throws(ThingsError) {
        guard let access = try access(keys) else { return }
        let place = add(
            Property(name, .boolean, isReported: access.isReported, isWritable: access.command != nil, quantity: quantity, hazard: hazard))
        try read(keys.state, .value(access.template, WordsForm(place, on: stateOn ?? on, off: stateOff ?? off)))
        if let command = access.command { write(SwitchCommand(property: name, publication: command, on: on, off: off)) }
    }

    /// A number.
    mutating func number(
        _ name: String, _ keys: OptionKeys, _ range: PropertyKind.NumberRange = .any, unit: Unit? = nil, quantity: String? = nil,
        rounding: NumberCommand.Rounding = .float, none: String = "None", hazard: Hazard? = nil
    ) throws(ThingsError) {
        guard let access = try access(keys) else { return }
        let place = add(
            Property(
                name, .number(range), unit: unit, isReported: access.isReported, isWritable: access.command != nil, quantity: quantity,
                hazard: hazard))
        try read(keys.state, .value(access.template, NumberForm(property: place, none: none)))
        if let command = access.command { write(NumberCommand(property: name, publication: command, rounding: rounding)) }
    }

    /// One of some words.
    mutating func choice(
        _ name: String, _ keys: OptionKeys, _ words: [String], none: String? = nil, hazard: Hazard? = nil
    ) throws(ThingsError) {
        guard let access = try access(keys), !words.isEmpty else { return }
        let place = add(
            Property(name, .choice(words), isReported: access.isReported, isWritable: access.command != nil, hazard: hazard))
        var meanings = WordsForm(place, words: words).meanings
        if let none { meanings[none] = meanings[none] ?? [Report(place, nil)] }
        try read(keys.state, .value(access.template, WordsForm(meanings)))
        if let command = access.command { write(TextCommand(property: name, publication: command)) }
    }

    /// Something that can be made to happen; its word is an option with a default, null where the device can't.
    mutating func action(
        _ name: String, _ topic: String = "command_topic", label: String? = nil, word: String, or fallback: String?, hazard: Hazard? = nil
    )
        throws(ThingsError)
    {
        guard let word = options.has(word) ? options.text(word) : fallback,
            let publication = try publication(topic, topic == "command_topic" ? "command_template" : "")
        else { return }
        add(Property(name, .action, label: label, isReported: false, isWritable: true, hazard: hazard))
        write(ActionCommand(property: name, publication: publication, word: word))
    }
}
