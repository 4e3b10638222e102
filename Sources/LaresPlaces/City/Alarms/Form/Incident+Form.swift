internal import Foundation
public import LaresJSON
internal import LaresThings

extension Incident {
    /// The incident as plain data, without its timeline.
    public var summary: JSON { .object(members) }

    /// The incident as plain data, with its timeline; moments are seconds since 1970.
    public var json: JSON {
        var members = members
        members.append("timeline", .array(timeline.map(\.json)))
        if further > 0 { members.append("further", .int(further)) }
        return .object(members)
    }

    private var members: JSON.Members {
        var members: JSON.Members = [
            "number": .int(number), "severity": .string(severity.rawValue), "started_at": .number(startedAt.timeIntervalSince1970),
            "last_at": .number(lastAt.timeIntervalSince1970), "alarms": .array(alarms.map { .int($0) }),
            "things": .array(things.sorted().map { .string($0) }),
        ]
        members["place"] = place.map { .string($0.description) }
        members["ended_at"] = endedAt.map { .number($0.timeIntervalSince1970) }
        return members
    }

    /// What ``json`` wrote; nil for anything else.
    init?(kept json: JSON) {
        guard let incident = try? Self(fields: JSONFields(json)) else { return nil }
        self = incident
    }

    private init(fields: JSONFields) throws(JSONError) {
        var fields = fields
        let numbers = 1...Int.max / 2
        guard let number = try fields.int("number", in: numbers), let severity: Alarm.Severity = try fields.choice("severity"),
            let started = try fields.date("started_at"), let last = try fields.date("last_at")
        else { throw fields.error("number", "isn't all that an incident has") }
        (self.number, self.severity, startedAt, lastAt) = (number, severity, started, last)
        place = try fields.string("place").flatMap { AreaID($0) }
        endedAt = try fields.date("ended_at")
        alarms = try fields.ints("alarms", in: numbers) ?? []
        things = Set(try fields.strings("things") ?? [])
        further = try fields.int("further", in: numbers) ?? 0
        for entry in try fields.objects("timeline") ?? [] { timeline.append(try TimelineEntry(entry)) }
    }
}

extension TimelineEntry {
    var json: JSON {
        var members: JSON.Members = [
            "time": .number(date.timeIntervalSince1970), "kind": .string(kind.rawValue), "subject": .string(subject), "what": .string(what),
        ]
        members["because"] = because.map { .int($0) }
        return .object(members)
    }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let date = try fields.date("time"), let kind: Kind = try fields.choice("kind"), let subject = try fields.string("subject"),
            let what = try fields.string("what")
        else { throw fields.error("time", "isn't all that an entry has") }
        self.init(date, kind, subject, what, because: try fields.int("because", in: 0...Int.max / 2))
    }
}
