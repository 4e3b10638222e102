internal import LaresJSON

/// What happened: JSON with "event_type", which must be among those announced. An empty object says that nothing did.
struct EventForm: Form {
    let property: Int
    let types: Set<String>

    var readsObjects: Bool { true }

    func reports(_ reading: Content) throws(ThingsError) -> [Report] {
        let members = reading.members
        if reading.isNone || members?.count == 0 { return [] }
        guard let type = members?["event_type"]?.pythonText else {
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

    func reports(_ reading: Content) throws(ThingsError) -> [Report] {
        wanted == nil || reading.text == wanted ? [Report(property, .text(event))] : []
    }
}
