public import LaresJSON

extension Schedule {
    /// Reads and checks a schedule. Throws ``ScheduleError`` with `badSchedule`; unknown members are errors.
    public init(_ json: JSON) throws(ScheduleError) {
        do throws(JSONError) {
            try self.init(JSONFields(json))
        } catch {
            throw ScheduleError(.badSchedule, "the schedule: \(error.message)")
        }
    }

    /// Reads a text, which the caller has bounded. Throws ``ScheduleError`` with `badSchedule`.
    public init(parsing bytes: [UInt8]) throws(ScheduleError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw ScheduleError(.badSchedule, "the schedule is not JSON: \(error.message)")
        }
        try self.init(json)
    }

    private init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let name = try fields.string("name")
        var triggers: [Trigger] = []
        for object in try fields.objects("triggers") ?? [] { triggers.append(try Trigger(object)) }
        var dates: [DateRange] = []
        for object in try fields.objects("dates") ?? [] { dates.append(try DateRange(object)) }
        let holidays = try fields.fields("holidays").map { (inner) throws(JSONError) in try HolidayFilter(inner) }
        let isEnabled = try fields.bool("enabled") ?? true
        let pause = try fields.instant("pause_until")
        let missed = try MissedPolicy(try fields.fields("missed"))
        try fields.end()
        do throws(ScheduleError) {
            try self.init(
                name: name, triggers: triggers, dates: dates, holidays: holidays, isEnabled: isEnabled, pausedUntil: pause, missed: missed)
        } catch {
            throw JSONError(message: error.message)
        }
    }
}

extension JSONFields {
    /// A time of day; nil when it is left out.
    mutating func time(_ key: String) throws(JSONError) -> TimeOfDay? {
        guard let text = try string(key) else { return nil }
        guard let time = TimeOfDay(text) else { throw error(key, "must be a time such as \"07:30\" or \"07:30:15\"") }
        return time
    }

    /// A moment that says where it is counted from; nil when it is left out.
    mutating func instant(_ key: String) throws(JSONError) -> Instant? {
        guard let text = try string(key) else { return nil }
        guard let instant = ISO8601.instant(text), Instant.supported.contains(instant) else {
            throw error(key, "must be a moment such as \"2026-12-24T16:00:00Z\" or \"2026-12-24T16:00:00+01:00\"")
        }
        return instant
    }

    /// Weekdays; all when they are left out.
    mutating func weekdays(_ key: String) throws(JSONError) -> Set<Weekday> {
        guard let names = try strings(key) else { return Set(Weekday.allCases) }
        var days: Set<Weekday> = []
        for name in names {
            guard let day = Weekday(rawValue: name) else {
                throw error(key, "has \"\(name.prefix(40))\"; it may have \(Weekday.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            days.insert(day)
        }
        guard !days.isEmpty else { throw error(key, "must name a day, or be left out for all") }
        return days
    }
}

extension MissedPolicy {
    private enum Name: String, CaseIterable { case skip, run_once }

    init(_ fields: JSONFields?) throws(JSONError) {
        guard var fields else {
            self = .skip
            return
        }
        let name: Name = try fields.choice("policy") ?? .skip
        let within = try fields.int("within", in: 1...Self.longest)
        try fields.end()
        switch (name, within) {
        case (.skip, nil): self = .skip
        case (.run_once, let within?): self = .runOnce(within: within)
        case (.skip, _): throw fields.error("within", "is for \"run_once\"")
        case (.run_once, nil): throw fields.error("within", "is missing: seconds, up to \(Self.longest)")
        }
    }

    var json: JSON {
        switch self {
        case .skip: ["policy": "skip"]
        case .runOnce(let within): ["policy": "run_once", "within": .int(within)]
        }
    }
}

extension Schedule.HolidayFilter {
    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let rule: Rule = try fields.choice("days") ?? .exclude
        let calendars = try fields.strings("calendars") ?? []
        try fields.end()
        guard let filter = Self(rule, calendars: calendars) else { throw fields.error("calendars", "must name 1 to 16 calendars") }
        self = filter
    }
}

extension DateRange {
    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let (first, last) = (try fields.string("from") ?? "", try fields.string("through") ?? "")
        try fields.end()
        if let first = CalendarDay(first), let last = CalendarDay(last), first <= last {
            self.init(.once(first...last))
        } else if let first = YearDay(first), let last = YearDay(last) {
            self.init(.yearly(from: first, through: last))
        } else {
            throw fields.error("from", "and 'through' must be two days such as \"2026-07-01\", or two of every year such as \"10-01\"")
        }
    }
}

extension DateRange.YearDay {
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let month = parts[0].digits(2), let day = parts[1].digits(2) else { return nil }
        self.init(month: month, day: day)
    }
}
