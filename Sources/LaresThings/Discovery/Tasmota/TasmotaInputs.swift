internal import LaresJSON

/// What people press on a device with Tasmota: its switches and buttons.
extension TasmotaDevice {
    /// Switch modes whose switch has a state: it follows, or is held down.
    private static let lasting: Set<Int> = [1, 2, 3, 4, 5, 6, 9, 10, 13, 14, 15, 16]
    /// Those that report only that somebody moves: off again after a second.
    private static let moments: Set<Int> = [13, 14]
    /// Switch modes in which the word for toggle is a short press.
    private static let pressed: Set<Int> = [0, 3, 4, 5, 6, 7, 8, 11, 12]
    private static let doublePressed: Set<Int> = [8, 9, 10]
    private static let longPressed: Set<Int> = [5, 6, 11, 12]

    private static let presses = [
        ("SINGLE", "button_short_press"), ("DOUBLE", "button_double_press"), ("TRIPLE", "button_triple_press"),
        ("QUAD", "button_quadruple_press"),
        ("PENTA", "button_quintuple_press"), ("HOLD", "button_long_press"),
    ]

    /// Their parts.
    var inputs: [Part] {
        var parts: [Part] = []
        for (place, mode) in switches.enumerated() where mode >= 0 {
            if Self.lasting.contains(mode) { parts.append(lastingSwitch(place, mode)) }
            let events = switchEvents(mode)
            if option("114"), !events.isEmpty { parts.append(trigger("switch_\(place + 1)_press", switchName(place), events)) }
        }
        for (place, isThere) in buttons.enumerated() where isThere == 1 && option("73") {
            // SetOption13: only single presses; SetOption11: single and double change places.
            var events = option("13") ? [Self.presses[0]] : Self.presses
            if option("11"), !option("13") { (events[0].1, events[1].1) = (events[1].1, events[0].1) }
            parts.append(trigger("button_\(place + 1)", "Button\(place + 1)", events))
        }
        return parts
    }

    private func lastingSwitch(_ place: Int, _ mode: Int) -> Part {
        let name = switchName(place)
        let form = WordsForm(0, on: words.on, off: words.off)
        let isMoment = Self.moments.contains(mode)
        func reader(_ topic: String, _ path: String...) -> Reader {
            Reader(topic, .value(ValueTemplate(path: path.map { .member($0) }), form))
        }
        let property = Property(Slug.property(name) ?? "switch", .boolean, label: CleanText.name(name), resetsAfter: isMoment ? 1 : nil)
        return part(
            "switch_\(place + 1)_state", "binary_sensor", name: CleanText.name(name), properties: [property],
            readers: [reader(result, name, "Action")] + (isMoment ? [] : [reader(sensors, name), reader(askedSensors, "StatusSNS", name)]))
    }

    private func switchEvents(_ mode: Int) -> [(String, String)] {
        var events: [(String, String)] = []
        if Self.pressed.contains(mode) { events.append((words.toggle, "button_short_press")) }
        if Self.doublePressed.contains(mode) { events.append((words.hold, "button_double_press")) }
        if Self.longPressed.contains(mode) { events.append((words.hold, "button_long_press")) }
        return events
    }

    private func trigger(_ id: String, _ name: String, _ events: [(String, String)]) -> Part {
        let property = Property(Slug.property(id) ?? "press", .text(longest: 200), label: CleanText.name(name), isEvent: true)
        var meanings: [String: [Report]] = [:]
        for (word, event) in events { meanings[word] = [Report(0, .text(event))] }
        let template = ValueTemplate(path: [.member(name), .member("Action")])
        return part(
            id, "event", name: CleanText.name(name), properties: [property],
            readers: [Reader(result, takesRetained: false, .value(template, WordsForm(meanings)))])
    }
}
