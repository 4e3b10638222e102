public import Foundation
internal import LaresJSON
public import LaresThings

/// One line of what happened around an incident, across kinds of data.
extension AlarmBook {
    /// Whether something happens about which an incident may want to know.
    public var hasOpenIncidents: Bool { incidents.values.contains { $0.endedAt == nil } }

    /// A property became something else. Where a rule or somebody made it so, that comes first in the line, once for each command.
    ///
    /// Numbers that devices report are in the line only where an alarm is about them, and when they change by a tenth: a meter says another number all day.
    public mutating func note(_ change: Change, in place: AreaID?) {
        remember(change, in: place)
        let alarms = alarms
        note(about: change.address.thing.description, in: place) { incident, most in
            guard Self.isTold(change, in: incident, alarms) else { return }
            var because: Int?
            switch change.cause.kind {
            case .rule, .model, .schedule:
                because = incident.place(of: change.cause.name, .rule, change.cause.command.map { "#\($0)" } ?? "", at: change.date, most)
            case .principal:
                because = incident.timeline.lastIndex { $0.kind == .command && $0.subject == change.address.description }
            case .device, .time: break
            }
            let what = change.new.map { $0.json.serialized } ?? "null"
            incident.append(TimelineEntry(change.date, .reading, change.address.description, what, because: because), most)
        }
    }

    private static func isTold(_ change: Change, in incident: Incident, _ alarms: [Int: Alarm]) -> Bool {
        guard case .number(let new)? = change.new, change.cause.kind == .device else { return true }
        return isTold(new, of: SeriesKey(change.address), in: incident, alarms)
    }

    private static func isTold(_ new: Double, of series: SeriesKey, in incident: Incident, _ alarms: [Int: Alarm]) -> Bool {
        guard incident.alarms.contains(where: { alarms[$0]?.series == series }) else { return false }
        let subject = series.description
        let last = incident.timeline.last { $0.kind == .reading && $0.subject == subject }.flatMap { Double($0.what) }
        return last.map { abs(new - $0) > max(abs(new), abs($0)) / 10 } ?? true
    }

    /// A number of a series came that is no thing's. It is in the line while an alarm is about it, where it changed by a tenth.
    public mutating func note(_ number: Double, of series: SeriesKey, at date: Date) {
        guard alarmed.contains(series) else { return }
        for var incident in incidents.values where incident.endedAt == nil && Self.isTold(number, of: series, in: incident, alarms) {
            incident.append(TimelineEntry(date, .reading, series.description, JSON.number(number).serialized), rules.entries)
            change(incident)
        }
    }

    /// A thing was asked for something.
    public mutating func noteAsked(_ address: PropertyAddress, _ value: PropertyValue, in place: AreaID?, at date: Date) {
        note(TimelineEntry(date, .command, address.description, value.json.serialized), about: address.thing, in: place)
    }

    /// Something of another kind, such as a forecast or the run of a rule, that is about a thing.
    public mutating func note(_ entry: TimelineEntry, about thing: ThingID, in place: AreaID?) {
        remember(entry, about: thing.description, in: place)
        note(about: thing.description, in: place) { incident, most in incident.append(entry, most) }
    }

    /// What became otherwise and isn't a number that a device reports, and the rule that made it so.
    private mutating func remember(_ change: Change, in place: AreaID?) {
        let thing = change.address.thing.description
        switch (change.cause.kind, change.new) {
        case (.device, .number?), (.time, _): return
        case (.rule, _), (.model, _), (.schedule, _):
            let command = change.cause.command.map { "#\($0)" } ?? ""
            if recent.last?.entry.subject != change.cause.name || recent.last?.entry.what != command {
                remember(TimelineEntry(change.date, .rule, change.cause.name, command), about: thing, in: place)
            }
        default: break
        }
        let what = change.new.map { $0.json.serialized } ?? "null"
        remember(TimelineEntry(change.date, .reading, change.address.description, what), about: thing, in: place)
    }

    private mutating func remember(_ entry: TimelineEntry, about thing: String, in place: AreaID?) {
        if recent.count >= max(2, rules.remembered) { recent.removeFirst(recent.count / 2) }
        recent.append((thing, place, entry))
    }

    /// What happened before an incident, about its things or in its place.
    private func before(_ incident: Incident) -> ArraySlice<TimelineEntry> {
        let near = recent.filter { thing, place, entry in
            (incident.things.contains(thing) || (place != nil && place == incident.place))
                && (0...max(0, rules.before)).contains(incident.startedAt.timeIntervalSince(entry.date))
        }
        return near.map { TimelineEntry($0.entry.date, $0.entry.kind, $0.entry.subject, $0.entry.what) }.suffix(rules.entries / 4)
    }

    /// An alarm began, with the reading that it began with.
    mutating func noteBeginning(of alarm: Alarm, after led: [TimelineEntry]) {
        guard var incident = incidents[alarm.incident] else { return }
        if incident.timeline.isEmpty, incident.alarms == [alarm.number] {
            for entry in before(incident) { incident.append(entry, rules.entries) }
        }
        for entry in led { incident.insert(entry, rules.entries) }
        let series = alarm.series.description
        var because = incident.reading(of: alarm)
        if because == nil, incident.timeline.count < rules.entries {
            because = incident.timeline.count
            incident.append(TimelineEntry(alarm.raisedAt, .reading, series, JSON.number(alarm.cause.value).serialized), rules.entries)
        }
        incident.append(TimelineEntry(alarm.raisedAt, .alarm, "\(alarm.number)", "raised", because: because), rules.entries)
        change(incident)
    }

    /// Says what the reading that began an alarm was judged by, such as a forecast: that stands before it in the line, and it followed the last of it.
    public mutating func explain(_ number: Int, by entries: [TimelineEntry]) {
        guard let alarm = alarms[number], var incident = incidents[alarm.incident] else { return }
        for entry in entries {
            guard let reading = incident.reading(of: alarm) else { return }
            incident.insert(entry, before: reading, rules.entries)
        }
        let forecasts = entries.filter { $0.kind == .forecast }
        if let reading = incident.reading(of: alarm), let forecast = incident.timeline[..<reading].lastIndex(where: forecasts.contains) {
            incident.link(reading, to: forecast)
        }
        change(incident)
    }

    /// Something became of an alarm.
    mutating func note(_ number: Int, _ what: String, at date: Date) {
        guard let alarm = alarms[number], var incident = incidents[alarm.incident] else { return }
        let subject = "\(number)"
        let because = incident.timeline.lastIndex { $0.kind == .alarm && $0.subject == subject }
        incident.append(TimelineEntry(date, .alarm, subject, what, because: because), rules.entries)
        change(incident)
    }

    private mutating func note(about thing: String, in place: AreaID?, _ body: (inout Incident, Int) -> Void) {
        for var incident in incidents.values where incident.endedAt == nil {
            guard incident.things.contains(thing) || (place != nil && incident.place == place) else { continue }
            body(&incident, rules.entries)
            change(incident)
        }
    }
}

extension Incident {
    /// What has no room any more is counted.
    fileprivate mutating func append(_ entry: TimelineEntry, _ most: Int) {
        guard timeline.count < most else {
            further += 1
            return
        }
        timeline.append(entry)
    }

    /// Puts something where it belongs by its time, behind what was at the same moment. What followed something else still does.
    ///
    /// - Parameter limit: Before which place in any case.
    fileprivate mutating func insert(_ entry: TimelineEntry, before limit: Int = .max, _ most: Int) {
        guard !timeline.contains(entry) else { return }
        guard timeline.count < most else {
            further += 1
            return
        }
        let place = min(limit, timeline.firstIndex { $0.date > entry.date } ?? timeline.count)
        for (at, one) in timeline.enumerated() { link(at, to: one.because.map { $0 >= place ? $0 + 1 : $0 }) }
        timeline.insert(entry, at: place)
    }

    /// Says what an entry followed.
    fileprivate mutating func link(_ place: Int, to because: Int?) {
        let entry = timeline[place]
        timeline[place] = TimelineEntry(entry.date, entry.kind, entry.subject, entry.what, because: because)
    }

    /// Where in the line the reading is that began an alarm.
    fileprivate func reading(of alarm: Alarm) -> Int? {
        let series = alarm.series.description
        return timeline.lastIndex { $0.kind == .reading && $0.subject == series && $0.date == alarm.raisedAt }
    }

    /// Where in the line something is, which is put there if it isn't yet.
    fileprivate mutating func place(of subject: String, _ kind: TimelineEntry.Kind, _ what: String, at date: Date, _ most: Int) -> Int? {
        if let place = timeline.lastIndex(where: { $0.kind == kind && $0.subject == subject && $0.what == what }) { return place }
        let place = timeline.count
        append(TimelineEntry(date, kind, subject, what), most)
        return place < timeline.count ? place : nil
    }
}
