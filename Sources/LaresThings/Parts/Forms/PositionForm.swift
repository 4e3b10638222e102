internal import LaresJSON

/// Where a cover or valve stands: a number in its range, or JSON with "position" and perhaps "tilt_position" and "state".
struct PositionForm: Form {
    let position: NumberForm
    /// Where the slats stand.
    var tilt: NumberForm?
    /// The property that says whether it is open; reported by the position where no topic reports it.
    var state: Int?
    /// Words for moving and standing, in messages that may be words too.
    var words: [String: [Report]] = [:]

    func reports(_ reading: Reading) throws(ThingsError) -> [Report] {
        if let text = reading.text, let meaning = words[text] { return meaning }
        guard let members = reading.members else { return try reports(of: reading) }
        var reports: [Report] = []
        if let state = members["state"]?.text, let meaning = words[state] { reports += meaning }
        if let position = members["position"] { reports += try self.reports(of: .value(position), says: reports.isEmpty) }
        if let tilt, let slats = members["tilt_position"] { reports += try tilt.reports(.value(slats)) }
        return reports
    }

    private func reports(of reading: Reading, says isAlone: Bool = true) throws(ThingsError) -> [Report] {
        let reports = try position.reports(reading)
        guard let state, isAlone, let place = reports.first?.value?.number else { return reports }
        return reports + [Report(state, .text(place == 0 ? "closed" : "open"))]
    }
}

/// What happened: JSON with "event_type", which must be among those announced.
struct EventForm: Form {
    let property: Int
    let types: Set<String>

    func reports(_ reading: Reading) throws(ThingsError) -> [Report] {
        guard let type = reading.members?["event_type"]?.pythonText else {
            throw ThingsError(.badValue, "an event must be JSON with \"event_type\", not \"\(reading.text?.prefix(40) ?? "")\"")
        }
        guard types.isEmpty || types.contains(type) else {
            throw ThingsError(.badValue, "the event \"\(type.prefix(40))\" was not announced")
        }
        return [Report(property, .text(CleanText.text(type, limit: 200)))]
    }
}

/// What a trigger of an automation says; with a word it must say, only that one counts.
struct TriggerForm: Form {
    let property: Int
    let wanted: String?
    let event: String

    func reports(_ reading: Reading) throws(ThingsError) -> [Report] {
        wanted == nil || reading.text == wanted ? [Report(property, .text(event))] : []
    }
}
