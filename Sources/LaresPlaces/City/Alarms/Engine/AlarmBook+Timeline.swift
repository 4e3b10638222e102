public import Foundation
internal import LaresJSON
public import LaresThings

/// One line of what happened around an incident, across kinds of data.
extension AlarmBook {
    /// Whether something happens about which an incident may want to know.
    public var hasOpenIncidents: Bool { incidents.values.contains { $0.endedAt == nil } }

    /// A property became something else. Where a rule or somebody made it so, that comes first in the line, once for each command.
    public mutating func note(_ change: Change, in place: AreaID?) {
        note(about: change.address.thing, in: place) { incident, most in
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

    /// A thing was asked for something.
    public mutating func noteAsked(_ address: PropertyAddress, _ value: PropertyValue, in place: AreaID?, at date: Date) {
        note(about: address.thing, in: place) { incident, most in
            incident.append(TimelineEntry(date, .command, address.description, value.json.serialized), most)
        }
    }

    /// Something of another kind, such as a forecast or the run of a rule, that is about a thing.
    public mutating func note(_ entry: TimelineEntry, about thing: ThingID, in place: AreaID?) {
        note(about: thing, in: place) { incident, most in incident.append(entry, most) }
    }

    /// An alarm began, with the reading that it began with.
    mutating func noteBeginning(of alarm: Alarm) {
        guard var incident = incidents[alarm.incident] else { return }
        let series = alarm.series.description
        var because = incident.timeline.lastIndex { $0.kind == .reading && $0.subject == series && $0.date == alarm.raisedAt }
        if because == nil, incident.timeline.count < rules.entries {
            because = incident.timeline.count
            incident.append(TimelineEntry(alarm.raisedAt, .reading, series, JSON.number(alarm.cause.value).serialized), rules.entries)
        }
        incident.append(TimelineEntry(alarm.raisedAt, .alarm, "\(alarm.number)", "raised", because: because), rules.entries)
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

    private mutating func note(about thing: ThingID, in place: AreaID?, _ body: (inout Incident, Int) -> Void) {
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

    /// Where in the line something is, which is put there if it isn't yet.
    fileprivate mutating func place(of subject: String, _ kind: TimelineEntry.Kind, _ what: String, at date: Date, _ most: Int) -> Int? {
        if let place = timeline.lastIndex(where: { $0.kind == kind && $0.subject == subject && $0.what == what }) { return place }
        let place = timeline.count
        append(TimelineEntry(date, kind, subject, what), most)
        return place < timeline.count ? place : nil
    }
}
