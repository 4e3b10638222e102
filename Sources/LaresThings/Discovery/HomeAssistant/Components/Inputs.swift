internal import LaresJSON

extension Components {
    /// A number that can be set.
    static func number(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let quantity = options.name("device_class")
        let range = PropertyKind.NumberRange(
            least: options.number("min") ?? 1, greatest: options.number("max") ?? 100, step: options.number("step") ?? 1)
        try blueprint.input(.number(range), quantity: quantity, unit: options.text("unit_of_measurement").flatMap(Unit.init(announced:))) {
            NumberForm(property: $0, none: options.text("payload_reset") ?? "None")
        } command: {
            NumberCommand(property: $0, publication: $1, rounding: .whole)
        }
    }

    /// One of some words.
    static func select(_ blueprint: inout Blueprint) throws(ThingsError) {
        guard let words = try blueprint.options.words("options"), !words.isEmpty else {
            throw ThingsError(.badAnnouncement, "a select must have 'options'")
        }
        try blueprint.input(.choice(words), quantity: nil, unit: nil) {
            WordsForm($0, words: words)
        } command: {
            TextCommand(property: $0, publication: $1)
        }
    }

    /// A text that can be set.
    static func text(_ blueprint: inout Blueprint) throws(ThingsError) {
        let longest = blueprint.options.number("max").flatMap { Int(exactly: $0.rounded()) } ?? 255
        try blueprint.input(.text(longest: min(max(longest, 1), 255)), quantity: nil, unit: nil) {
            TextForm(property: $0, none: [])
        } command: {
            TextCommand(property: $0, publication: $1)
        }
    }
}

extension Blueprint {
    /// The only property of a part that can be set.
    fileprivate mutating func input(
        _ kind: PropertyKind, quantity: String?, unit: Unit?, form: (Int) -> any Form, command: (String, Publication) -> any Command
    ) throws(ThingsError) {
        guard let access = try access(.main) else { throw ThingsError(.badAnnouncement, "a \(component) must have a 'command_topic'") }
        let name = names.property(measuring: quantity, or: "value")
        let place = add(
            Property(
                name, kind, label: names.name, unit: unit, isReported: access.isReported, isWritable: access.command != nil,
                quantity: quantity))
        try read("state_topic", .value(access.template, form(place)))
        if let publication = access.command { write(command(name, publication)) }
    }
}
