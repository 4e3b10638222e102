internal import LaresJSON
internal import LaresTemplates

/// Locks, unlocks and opens; a code goes along where the template has a place for it.
struct LockCommand: Command {
    let publication: Publication
    let words: (lock: String, unlock: String, open: String?)
    let takesCode: Bool

    var properties: [String] { ["locked"] + (words.open == nil ? [] : ["open"]) + (takesCode ? ["code"] : []) }

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        let word: String
        switch (setting["locked"]?.boolean, setting["open"]?.boolean) {
        case (true?, true?): throw ThingsError(.badValue, "a lock can't be locked and opened at once")
        case (_, true?): word = words.open ?? words.unlock
        case (let locked?, _): word = locked ? words.lock : words.unlock
        default: throw ThingsError(.badValue, "'code' must be set together with 'locked' or 'open'")
        }
        return [try publication.message(.string(word), ["code": setting["code"]?.text.map { .string($0) } ?? .null])]
    }
}

/// Arms and disarms; a code that is asked for is compared here, or goes along to the device.
struct AlarmCommand: Command {
    let publication: Publication
    /// The device's word for each way of being armed.
    let words: [String: String]
    /// The device's word for an alarm by hand; nil: there is none.
    let trigger: String?
    /// The code as the announcement gives it: a text, "REMOTE_CODE" or "REMOTE_CODE_TEXT"; nil: none is asked for.
    let code: String?
    let asksToArm: Bool
    let asksToDisarm: Bool
    let asksToTrigger: Bool

    var properties: [String] { ["armed"] + (trigger == nil ? [] : ["trigger"]) + ["code"] }

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        let given = setting["code"]?.text
        let word: String
        if let armed = setting["armed"]?.text, let known = words[armed] {
            try check(given, isAsked: armed == "disarmed" ? asksToDisarm : asksToArm)
            word = known
        } else if setting["trigger"]?.boolean == true, let trigger {
            try check(given, isAsked: asksToTrigger)
            word = trigger
        } else {
            throw ThingsError(.badValue, "'code' must be set together with 'armed' or 'trigger'")
        }
        return [try publication.message(.string(word), ["action": .string(word), "code": given.map { .string($0) } ?? .null])]
    }

    private func check(_ given: String?, isAsked: Bool) throws(ThingsError) {
        guard isAsked, let code else { return }
        let isRemote = code == "REMOTE_CODE" || code == "REMOTE_CODE_TEXT"
        guard let given, isRemote ? !given.isEmpty : given == code else {
            throw ThingsError(.needsConfirmation, "this alarm asks for its code: set 'code' as well")
        }
    }
}

/// Sounds a siren, with its tone, volume and time if asked.
struct SirenCommand: Command {
    let publication: Publication
    let off: Publication
    let words: (on: String, off: String)
    let properties: [String]

    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        guard setting["on"]?.boolean != false else { return [try message(words.off, [:], by: off)] }
        var names = JSON.Members()
        if let tone = setting["tone"]?.text { names.append("tone", .string(tone)) }
        if let seconds = setting["duration"]?.number {
            names.append("duration", Int(exactly: seconds).map { .int($0) } ?? .double(seconds))
        }
        if let percent = setting["volume"]?.number { names.append("volume_level", .double(percent / 100)) }
        return [try message(words.on, names, by: publication)]
    }

    /// Through the template if there is one, else as JSON.
    private func message(_ word: String, _ members: JSON.Members, by publication: Publication) throws(ThingsError) -> MQTTMessage {
        guard publication.template != nil else {
            var all: JSON.Members = ["state": .string(word)]
            for (name, value) in members { all.append(name, value) }
            return try publication.message(.string(JSON.object(all).serialized))
        }
        var names: [String: TemplateValue] = ["state": .string(word)]
        for (name, value) in members { names[name] = TemplateValue(value) }
        return try publication.message(.string(word), names)
    }
}
