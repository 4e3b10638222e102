internal import LaresJSON

extension Components {
    /// A lock.
    static func lock(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        guard let command = try blueprint.publication("command_topic", "command_template") else {
            throw ThingsError(.badAnnouncement, "a lock must have a 'command_topic'")
        }
        let isReported = try options.filter("state_topic") != nil
        let locked = blueprint.add(Property("locked", .boolean, isReported: isReported, isWritable: true, hazard: .opens))
        let states = ["locked", "unlocked", "locking", "unlocking", "jammed", "open", "opening"]
        if isReported {
            let state = blueprint.add(Property("state", .choice(states)))
            var meanings = ["None": [Report(locked, nil), Report(state, nil)]]
            for word in states {
                let isLocked: PropertyValue? = word == "jammed" ? nil : .boolean(word == "locked")
                meanings[options.text("state_\(word)") ?? word.uppercased()] = [Report(locked, isLocked), Report(state, .text(word))]
            }
            if let none = options.text("payload_reset") { meanings[none] = meanings["None"] }
            try blueprint.read("state_topic", .value(try options.template("value_template"), WordsForm(meanings)))
        }
        let open = options.text("payload_open")
        if open != nil { blueprint.add(Property("open", .action, isReported: false, isWritable: true, hazard: .opens)) }
        let takesCode = options.has("code_format") || options.text("command_template")?.contains("code") == true
        if takesCode { blueprint.addCode() }
        let words = (lock: options.text("payload_lock") ?? "LOCK", unlock: options.text("payload_unlock") ?? "UNLOCK", open: open)
        blueprint.write(LockCommand(publication: command, words: words, takesCode: takesCode))
    }

    /// An alarm.
    static func alarm(_ blueprint: inout Blueprint) throws(ThingsError) {
        let options = blueprint.options
        guard let command = try blueprint.publication("command_topic") else {
            throw ThingsError(.badAnnouncement, "an alarm must have a 'command_topic'")
        }
        let features = Set(try options.words("supported_features") ?? armings.map(\.feature) + ["trigger"])
        let ways = armings.filter { features.contains($0.feature) }
        var words = ["disarmed": options.text("payload_disarm") ?? "DISARM"]
        for way in ways { words[way.state] = options.text("payload_\(way.feature)") ?? way.feature.uppercased() }
        let choices = ["disarmed"] + ways.map(\.state)
        let armed = blueprint.add(Property("armed", .choice(choices), isWritable: true, hazard: .disarms))
        let states = ["disarmed"] + armings.map(\.state) + ["pending", "arming", "disarming", "triggered"]
        let state = blueprint.add(Property("state", .choice(states)))
        var meanings = ["None": [Report(armed, nil), Report(state, nil)]]
        for word in states { meanings[word] = [Report(state, .text(word))] + (choices.contains(word) ? [Report(armed, .text(word))] : []) }
        try blueprint.read("state_topic", .value(try options.template("value_template"), WordsForm(meanings)))
        let trigger = features.contains("trigger") ? options.text("payload_trigger") ?? "TRIGGER" : nil
        if trigger != nil { blueprint.add(Property("trigger", .action, isReported: false, isWritable: true)) }
        blueprint.addCode()
        var publication = command
        publication.template = try options.template("command_template")
        blueprint.write(
            AlarmCommand(
                publication: publication, words: words, trigger: trigger, code: options.text("code"),
                asksToArm: options.flag("code_arm_required", or: true), asksToDisarm: options.flag("code_disarm_required", or: true),
                asksToTrigger: options.flag("code_trigger_required", or: true)))
    }

    private static let armings: [(feature: String, state: String)] = [
        ("arm_home", "armed_home"), ("arm_away", "armed_away"), ("arm_night", "armed_night"), ("arm_vacation", "armed_vacation"),
        ("arm_custom_bypass", "armed_custom_bypass"),
    ]
}

extension Blueprint {
    /// The code that goes along with what it guards.
    fileprivate mutating func addCode() {
        add(Property("code", .text(longest: 40), isReported: false, isWritable: true, role: .configuration))
    }
}
