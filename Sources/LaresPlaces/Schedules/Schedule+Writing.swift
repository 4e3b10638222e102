public import LaresJSON

extension Schedule {
    /// The schedule as plain data, which ``init(_:)-(JSON)`` reads back as the same schedule.
    public var json: JSON {
        var members = JSON.Members()
        members["name"] = name.map { .string($0) }
        members["triggers"] = .array(triggers.map(\.json))
        if !dates.isEmpty { members["dates"] = .array(dates.map(\.json)) }
        members["holidays"] = holidays.map { filter in
            ["days": .string(filter.rule.rawValue), "calendars": .array(filter.calendars.map { .string($0) })]
        }
        members["enabled"] = .bool(isEnabled)
        members["pause_until"] = pausedUntil.map { .string(ISO8601.text($0)) }
        members["missed"] = missed.json
        return .object(members)
    }
}

extension Trigger {
    var json: JSON {
        var members: JSON.Members =
            switch kind {
            case .weekly(let block): block.members
            case .once(let moment): ["kind": "once", "at": .string(moment.text)]
            case .interval(let interval):
                ["kind": "interval", "every": .int(interval.seconds), "from": .string(ISO8601.text(interval.from))]
            case .cron(let expression): ["kind": "cron", "expression": .string(expression.text)]
            case .sun(let trigger): trigger.members
            }
        members["value"] = value
        return .object(members)
    }
}

/// In the order of the week.
private func names(_ days: Set<Weekday>) -> JSON {
    .array(Weekday.allCases.filter(days.contains).map { .string($0.rawValue) })
}

extension TimeOfDay {
    fileprivate var json: JSON { .string(description) }
}

extension WeeklyBlock {
    fileprivate var members: JSON.Members {
        var members: JSON.Members = ["kind": "weekly", "days": names(days), "from": from.json]
        members["to"] = to?.json
        return members
    }
}

extension OneShot {
    fileprivate var text: String {
        switch self {
        case .local(let day, let time): "\(day)T\(time)"
        case .instant(let instant): ISO8601.text(instant)
        }
    }
}

extension SunTrigger {
    fileprivate var members: JSON.Members {
        var members: JSON.Members = ["kind": "sun", "event": .string(event.rawValue)]
        if event == .dawn || event == .dusk { members["twilight"] = .string(twilight.rawValue) }
        members["offset"] = .int(offset)
        members["not_before"] = notBefore?.json
        members["not_after"] = notAfter?.json
        members["days"] = names(days)
        return members
    }
}

extension DateRange {
    var json: JSON {
        switch days {
        case .once(let range): ["from": .string("\(range.lowerBound)"), "through": .string("\(range.upperBound)")]
        case .yearly(let first, let last): ["from": .string(first.text), "through": .string(last.text)]
        }
    }
}

extension DateRange.YearDay {
    fileprivate var text: String { "\(month.twoDigits)-\(day.twoDigits)" }
}
