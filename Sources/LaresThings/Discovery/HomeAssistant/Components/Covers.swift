internal import LaresJSON
internal import LaresTemplates

extension Components {
    /// Covers that open the house.
    private static let doors: Set<String> = ["door", "garage", "gate"]

    private static let moves = ["open", "opening", "closed", "closing", "stopped"]

    /// A blind, a shutter, a garage door.
    static func cover(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let hazard: Hazard? = doors.contains(options.name("device_class") ?? "") ? .opens : nil
        let range = PositionRange(closed: options.number("position_closed") ?? 0, open: options.number("position_open") ?? 100)
        let slats = PositionRange(closed: options.number("tilt_min") ?? 0, open: options.number("tilt_max") ?? 100)
        let names = range.names.merging(slats.tiltNames) { first, _ in first }
        let isPositionRead = try options.filter("position_topic") != nil
        var state: Int?
        if try options.filter("state_topic") != nil || isPositionRead {
            state = blueprint.add(Property("state", .choice(moves), quantity: options.name("device_class")))
        }
        if let state { try blueprint.readMoves(state) }
        try blueprint.tilt(slats, names)
        let command = try blueprint.publication("set_position_topic", "set_position_template")
        if isPositionRead || command != nil {
            let place = blueprint.add(
                Property(
                    "position", .number(.percent), unit: .percent, isReported: isPositionRead, isWritable: command != nil, hazard: hazard))
            let tilt = blueprint.properties.firstIndex { $0.name == "tilt" }.map(slats.form)
            let derived = try options.filter("state_topic") == nil ? state : nil
            let form = PositionForm(position: range.form(place), tilt: tilt, state: derived)
            try blueprint.read("position_topic", .value(try options.template(["position_template", "get_position_template"]), form))
            if let command { blueprint.write(range.command("position", command, names)) }
        }
        try blueprint.action("open", word: "payload_open", or: "OPEN", hazard: hazard)
        try blueprint.action("close", word: "payload_close", or: "CLOSE")
        try blueprint.action("stop", word: "payload_stop", or: "STOP")
    }

    /// A valve.
    static func valve(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        let isReported = try options.filter("state_topic") != nil
        let state = blueprint.add(Property("state", .choice(moves), isReported: isReported, quantity: options.name("device_class")))
        guard options.flag("reports_position") else {
            try blueprint.readMoves(state)
            try blueprint.action("open", word: "payload_open", or: "OPEN")
            try blueprint.action("close", word: "payload_close", or: "CLOSE")
            return try blueprint.action("stop", word: "payload_stop", or: nil)
        }
        let range = PositionRange(closed: options.number("position_closed") ?? 0, open: options.number("position_open") ?? 100)
        let command = try blueprint.publication("command_topic", "command_template")
        let place = blueprint.add(
            Property("position", .number(.percent), unit: .percent, isReported: isReported, isWritable: command != nil))
        let words = blueprint.moves(state).filter { $0.key != "None" }.merging(["None": [Report(place, nil)]]) { first, _ in first }
        let form = PositionForm(position: range.form(place), state: state, words: words)
        try blueprint.read("state_topic", .value(try options.template("value_template"), form))
        guard let command else { return }
        blueprint.write(range.command("position", command, range.names))
        try blueprint.action("stop", word: "payload_stop", or: nil)
    }
}

extension Blueprint {
    /// The device's words for moving and standing.
    fileprivate func moves(_ state: Int) -> [String: [Report]] {
        var meanings: [String: [Report]] = ["None": [Report(state, nil)]]
        for word in ["stopped", "open", "opening", "closed", "closing"] {
            meanings[options.text("state_\(word)") ?? word] = [Report(state, .text(word))]
        }
        return meanings
    }

    fileprivate mutating func readMoves(_ state: Int) throws(ThingsError) {
        let form = PositionlessForm(words: WordsForm(moves(state)))
        try read("state_topic", .value(try options.template(["value_template", "state_template"]), form))
    }

    /// The slats of a blind.
    fileprivate mutating func tilt(_ range: PositionRange, _ names: [String: TemplateValue]) throws(ThingsError) {
        let keys = OptionKeys(
            state: "tilt_status_topic", ["tilt_status_template"], command: "tilt_command_topic", "tilt_command_template")
        guard let access = try access(keys) else { return }
        let place = add(
            Property("tilt", .number(.percent), unit: .percent, isReported: access.isReported, isWritable: access.command != nil))
        try read("tilt_status_topic", .value(access.template, range.form(place)))
        if let command = access.command { write(range.command("tilt", command, names)) }
    }
}

/// The state of what moves, where a message is a word or JSON with "state".
private struct PositionlessForm: Form {
    let words: WordsForm

    func reports(_ reading: Reading) throws(ThingsError) -> [Report] {
        guard let state = reading.members?["state"] else { return try words.reports(reading) }
        return try words.reports(.value(state))
    }
}

/// The device's numbers for closed and open.
private struct PositionRange {
    let closed, open: Double

    /// Numbers that are the same can't be told apart; the usual ones take their place.
    init(closed: Double, open: Double) {
        (self.closed, self.open) = closed == open ? (0, 100) : (closed, open)
    }

    func form(_ property: Int) -> NumberForm {
        NumberForm(property: property, factor: 100 / (open - closed), offset: closed, bounds: 0...100, places: 2)
    }

    func command(_ name: String, _ publication: Publication, _ names: [String: TemplateValue]) -> NumberCommand {
        NumberCommand(
            property: name, publication: publication, factor: (open - closed) / 100, offset: closed, rounding: .nearest,
            name: name == "tilt" ? "tilt_position" : name, names: names)
    }

    /// What templates may name.
    var names: [String: TemplateValue] { ["position_open": Self.value(open), "position_closed": Self.value(closed)] }
    var tiltNames: [String: TemplateValue] { ["tilt_max": Self.value(open), "tilt_min": Self.value(closed)] }

    private static func value(_ number: Double) -> TemplateValue { Int(exactly: number).map { .int($0) } ?? .double(number) }
}
