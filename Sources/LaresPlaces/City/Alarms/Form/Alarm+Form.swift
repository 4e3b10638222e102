internal import Foundation
public import LaresJSON
internal import LaresThings

extension Alarm {
    /// The alarm as plain data; moments are seconds since 1970.
    public var json: JSON {
        var members: JSON.Members = [
            "number": .int(number), "state": .string(state.rawValue), "severity": .string(severity.rawValue), "watch": .string(watch),
            "series": .string(series.description), "incident": .int(incident), "raised_at": .number(raisedAt.timeIntervalSince1970),
            "last_at": .number(lastAt.timeIntervalSince1970), "times": .int(times), "cause": cause.json, "worst": worst.json,
        ]
        members["place"] = place.map { .string($0.description) }
        if isFlapping { members.append("flapping", true) }
        members["acknowledged"] = acknowledged.map { ["by": .string($0.person), "at": .number($0.date.timeIntervalSince1970)] }
        members["shelved_until"] = shelvedUntil.map { .number($0.timeIntervalSince1970) }
        members["cleared_at"] = clearedAt.map { .number($0.timeIntervalSince1970) }
        members["cleared_by"] = clearedBy.map { .string($0) }
        members["cleared_because"] = clearedBecause.map { .string($0) }
        return .object(members)
    }

    /// What ``json`` wrote; nil for anything else.
    init?(kept json: JSON) {
        guard let alarm = try? Self(fields: JSONFields(json)) else { return nil }
        self = alarm
    }

    private init(fields: JSONFields) throws(JSONError) {
        var fields = fields
        let numbers = 1...Int.max / 2
        guard let number = try fields.int("number", in: numbers), let watch = try fields.string("watch"),
            let severity: Severity = try fields.choice("severity"), let raised = try fields.date("raised_at"),
            let last = try fields.date("last_at"),
            let series = try fields.string("series").flatMap({ SeriesKey($0) }),
            let incident = try fields.int("incident", in: numbers),
            let cause = try fields.fields("cause"), let worst = try fields.fields("worst")
        else { throw fields.error("number", "isn't all that an alarm has") }
        self.init(
            number: number, watch: watch, place: try fields.string("place").flatMap { AreaID($0) }, severity: severity,
            cause: try Cause(series, cause), raisedAt: raised, incident: incident)
        (self.worst, lastAt) = (try Cause(series, worst), last)
        times = try fields.int("times", in: numbers) ?? 1
        isFlapping = try fields.bool("flapping") ?? false
        shelvedUntil = try fields.date("shelved_until")
        clearedAt = try fields.date("cleared_at")
        clearedBy = try fields.string("cleared_by")
        clearedBecause = try fields.string("cleared_because")
        if var act = try fields.fields("acknowledged"), let person = try act.string("by"), let date = try act.date("at") {
            acknowledged = Act(person, at: date)
        }
    }
}

extension Alarm.Cause {
    var json: JSON {
        ["value": .number(value), "score": .number(score), "model": .string(model), "version": .string(version)]
    }

    fileprivate init(_ series: SeriesKey, _ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let (all, shares) = (-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude, 0.0...1.0)
        self.init(
            series: series, value: try fields.double("value", in: all) ?? 0, score: try fields.double("score", in: shares) ?? 0,
            model: try fields.string("model") ?? "", version: try fields.string("version") ?? "")
    }
}
