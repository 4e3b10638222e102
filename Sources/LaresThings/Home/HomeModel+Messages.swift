public import Foundation

/// What messages and time change.
extension HomeModel {
    /// Takes in what a message says. On a topic that nobody listens to it is kept until someone does.
    /// - Returns: How many listeners couldn't understand it, and why the first couldn't.
    @discardableResult
    public mutating func receive(_ message: MQTTMessage, at date: Date) -> (failures: Int, reason: ThingsError?) {
        guard let listeners = listeners[message.topic] else {
            unheard.keep(message, at: date)
            return (0, nil)
        }
        var payload = Payload(message.payload)
        var (failures, reason) = (0, ThingsError?.none)
        for listener in listeners {
            do throws(ThingsError) {
                switch listener {
                case .reader(let part, let reader): try read(part, reader, &payload, isRetained: message.isRetained, at: date)
                case .availability(let part, let source):
                    if message.payload.count <= 4_096 { presence[message.topic] = message.payload }
                    try hear(part, source, &payload, at: date)
                }
            } catch {
                (failures, reason) = (failures + 1, reason ?? error)
            }
        }
        return (failures, reason)
    }

    private mutating func read(_ key: String, _ place: Int, _ payload: inout Payload, isRetained: Bool, at date: Date) throws(ThingsError) {
        guard let installed = installed[key] else { return }
        let reader = installed.part.readers[place]
        guard !isRetained || reader.takesRetained else { return }
        for report in try reader.reports(of: &payload) { take(report.value, installed.slots[report.property], at: date) }
    }

    /// What a property is now.
    mutating func take(_ value: PropertyValue?, _ place: Int, at date: Date, by given: Cause? = nil) {
        guard let slot = slots[place] else { return }
        let old = slot.state.reported
        let cause = given ?? commands.cause(of: value, at: place, slot.property.kind) ?? .device
        slots[place]?.state.reported = value
        slots[place]?.state.reportedAt = date
        if old != value || slot.property.isEvent {
            slots[place]?.state.changedAt = date
            slots[place]?.state.cause = cause
            note(.changed(Change(slot.address, from: old, to: value, at: date, by: cause)))
            if !memberships.isEmpty { refreshGroups(of: slot.address, slot.property.base, at: date, by: cause) }
        }
        // "closing", "arming": it is at it, and says so once.
        if old != value { commands.hear(place, at: value?.text?.hasSuffix("ing") == true ? date + 60 : date) }
        if let value { confirm(value, place, slot.property.kind, at: date) }
        setTimer(place, value, at: date)
    }

    /// When the report expires, or becomes false by itself.
    mutating func setTimer(_ place: Int, _ value: PropertyValue?, at date: Date) {
        guard let property = slots[place]?.property else { return }
        if let seconds = property.resetsAfter, value == .boolean(true) {
            timers.set(place, date + seconds)
        } else if let seconds = property.expiresAfter, value != nil {
            timers.set(place, date + seconds)
        } else {
            timers.forget(place)
        }
    }

    /// What only time changes: reports that expire, true ones that become false, commands that nobody answered.
    /// - Returns: Messages to be sent again.
    public mutating func pass(to date: Date) -> [MQTTMessage] {
        for place in timers.due(at: date) {
            let isReset = slots[place]?.property.resetsAfter != nil && slots[place]?.state.reported == .boolean(true)
            take(isReset ? .boolean(false) : nil, place, at: date, by: Cause(.time))
        }
        return passCommands(to: date)
    }

    /// When ``pass(to:)`` is next worth calling; nil: when something else happened.
    public var nextDate: Date? { [timers.next, commands.next].compactMap(\.self).min() }
}

/// Whether things are there.
extension HomeModel {
    mutating func hear(_ key: String, _ source: Int, _ payload: inout Payload, at date: Date) throws(ThingsError) {
        guard var part = installed[key], let rule = part.part.availability else { return }
        let told = rule.sources[source]
        let word = try told.template.reading(of: &payload)?.text
        guard let said = word == told.online ? Availability.online : word == told.offline ? .offline : nil else { return }
        part.said[source] = said
        part.latest = source
        part.availability = rule.availability(said: part.said, latest: source)
        installed[key] = part
        renewAvailability(of: part.thing, at: date)
    }

    /// A thing is there when one of the parts that can tell says so.
    mutating func renewAvailability(of id: ThingID, at date: Date) {
        guard let record = records[id] else { return }
        let said = record.parts.compactMap { installed[$0] }.filter { $0.part.availability != nil }.map(\.availability)
        let now: Availability = said.isEmpty || said.contains(.online) ? .online : said.contains(.offline) ? .offline : .unknown
        guard now != record.availability else { return }
        records[id]?.availability = now
        note(.availability(id, now, at: date))
        renewGroups(of: id, at: date)
    }
}
