internal import LaresJSON

extension Trigger {
    private enum Name: String, CaseIterable { case weekly, once, interval, cron, sun }

    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let name: Name = try fields.choice("kind") else {
            throw fields.error("kind", "is missing; it may be \(Name.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let value = fields.value("value")
        switch name {
        case .weekly: self.init(.weekly(try WeeklyBlock(&fields)), value: value)
        case .once: self.init(.once(try OneShot(&fields)), value: value)
        case .interval: self.init(.interval(try Interval(&fields)), value: value)
        case .cron: self.init(.cron(try CronExpression(&fields)), value: value)
        case .sun: self.init(.sun(try SunTrigger(&fields)), value: value)
        }
        try fields.end()
    }
}

extension WeeklyBlock {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        let days = try fields.weekdays("days")
        guard let from = try fields.time("from") else { throw fields.error("from", "is missing: when it begins, such as \"07:30\"") }
        guard let block = Self(days: days, from: from, to: try fields.time("to")) else { throw fields.error("days", "must name a day") }
        self = block
    }
}

extension OneShot {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        guard let text = try fields.string("at") else { throw fields.error("at", "is missing: when, such as \"2026-12-24T16:00\"") }
        guard let reading = ISO8601.read(text) else {
            throw fields.error("at", "must be a moment such as \"2026-12-24T16:00\", with \"Z\" or an offset behind it or without")
        }
        guard let offset = reading.offset else {
            self = .local(reading.day, reading.time)
            return
        }
        let instant = reading.day.ordinal * 86_400 + reading.time.seconds - offset
        guard Instant.supported.contains(instant) else { throw fields.error("at", "must lie in the years 1900 to 2199") }
        self = .instant(instant)
    }
}

extension Interval {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        guard let seconds = try fields.int("every", in: Self.allowed) else { throw fields.error("every", "is missing: seconds") }
        guard let interval = Self(seconds: seconds, from: try fields.instant("from") ?? 0) else {
            throw fields.error("from", "is out of range")
        }
        self = interval
    }
}

extension CronExpression {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        guard let text = try fields.string("expression") else { throw fields.error("expression", "is missing: five fields") }
        do throws(ScheduleError) {
            self = try Self(text)
        } catch {
            throw fields.error("expression", "can't be read: \(error.message)")
        }
    }
}

extension SunTrigger {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        guard let event: SunEvent = try fields.choice("event") else {
            throw fields.error("event", "is missing; it may be \(SunEvent.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let twilight: Twilight? = try fields.choice("twilight")
        guard twilight == nil || event == .dawn || event == .dusk else { throw fields.error("twilight", "is for dawn and dusk") }
        let offset = try fields.int("offset", in: Self.offsets) ?? 0
        let (earliest, latest) = (try fields.time("not_before"), try fields.time("not_after"))
        let days = try fields.weekdays("days")
        guard
            let trigger = Self(
                event, twilight: twilight ?? .civil, offset: offset, notBefore: earliest, notAfter: latest, days: days)
        else { throw fields.error("not_before", "lies behind 'not_after'") }
        self = trigger
    }
}
