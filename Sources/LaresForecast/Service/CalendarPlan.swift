public import LaresJSON
internal import LaresTime

/// What a plan knows of times beforehand: hours, weekdays, seasons of the year and holidays by the clocks of a place.
///
/// `{"day": 3, "week": 2, "year": 1, "weekdays": true, "zone": "Europe/Berlin", "holidays": "DE"}`: so many waves of the day, the week and the year,
/// weekdays told apart, the clocks of a zone and the holidays of a country. Or `"offset": 3600`: clocks that are so many seconds ahead of UTC all year.
///
/// What a zone's clocks show and which days are holidays isn't known here: ``lookedUp(clock:holidays:)`` is told, before anything is learnt, and
/// files have it: `"zone": {"name": "Europe/Berlin", "offset": 3600, "changes": "1774746000 7200 …"}`, `"holidays": {"country": "DE", "days": "2026-01-01 …"}`.
public struct CalendarPlan: Sendable, Hashable {
    /// The covariates.
    public let terms: CalendarTerms
    /// The zone whose clocks they are, by its IANA name; nil: clocks have one offset all year.
    public let zone: String?
    /// Whose holidays they are, as `DE`; nil: none are told apart.
    public let country: String?
    /// Whether it is known what the zone's clocks show, and which days are holidays.
    public let isLookedUp: Bool

    init(_ fields: JSONFields) throws {
        var fields = fields
        let range = 0...50
        let (day, week) = (try fields.int("day", in: range) ?? 0, try fields.int("week", in: range) ?? 0)
        let (year, hasWeekdays) = (try fields.int("year", in: range) ?? 0, try fields.bool("weekdays") ?? false)
        let offset = try fields.int("offset", in: CalendarPlan.offsets)
        let (zone, holidays) = (try CalendarPlan.zone(&fields), try CalendarPlan.holidays(&fields))
        try fields.end()
        guard zone == nil || offset == nil else { throw fields.error("offset", "or 'zone' says what clocks show, one of the two") }
        (self.zone, country) = (zone?.name, holidays?.country)
        isLookedUp = (zone == nil || zone?.clock != nil) && (holidays == nil || holidays?.days != nil)
        terms = try CalendarTerms(
            day: day, week: week, year: year, hasWeekdays: hasWeekdays,
            clock: zone.map { $0.clock ?? .utc } ?? LocalClock(offset: Int64(offset ?? 0) * 1_000),
            holidays: holidays.map { $0.days ?? [] })
        guard terms.count > 0 else { throw fields.error("day", "'week', 'year', 'weekdays' or 'holidays' has to say what is known") }
    }

    private init(_ terms: CalendarTerms, zone: String?, country: String?) {
        (self.terms, self.zone, self.country, isLookedUp) = (terms, zone, country, true)
    }

    /// The same with what its zone's clocks show and which days are holidays, in days since 1970-01-01; what isn't asked for stays as it is.
    ///
    /// - Throws: what looking up throws; `ForecastError`.
    public func lookedUp(clock: (_ zone: String) throws -> LocalClock, holidays: (_ country: String) throws -> Set<Int>) throws
        -> CalendarPlan
    {
        let terms = try CalendarTerms(
            day: terms.day, week: terms.week, year: terms.year, hasWeekdays: terms.hasWeekdays,
            clock: try zone.map { try clock($0) } ?? terms.clock, holidays: try country.map { try holidays($0) })
        return CalendarPlan(terms, zone: zone, country: country)
    }

    /// The plan as it is read.
    public var json: JSON {
        var members: JSON.Members = [
            "day": .int(terms.day), "week": .int(terms.week), "year": .int(terms.year), "weekdays": .bool(terms.hasWeekdays),
        ]
        switch zone {
        case nil: members.append("offset", .int(Int(terms.clock.offset / 1_000)))
        case let zone?: members.append("zone", isLookedUp ? clockJSON(zone) : .string(zone))
        }
        if let country { members.append("holidays", isLookedUp ? daysJSON(country) : .string(country)) }
        return .object(members)
    }
}

/// What was looked up, in texts: a file may have as many calendars as series.
extension CalendarPlan {
    private static let offsets = -50_400...50_400
    private static let mostEntries = 20_000

    private func clockJSON(_ zone: String) -> JSON {
        let changes = terms.clock.changes.map { "\($0.time / 1_000) \($0.offset / 1_000)" }.joined(separator: " ")
        return ["name": .string(zone), "offset": .int(Int(terms.clock.offset / 1_000)), "changes": .string(changes)]
    }

    private func daysJSON(_ country: String) -> JSON {
        let days = (terms.holidays ?? []).sorted().map { CivilDay($0).date }
        func padded(_ number: Int, _ count: Int) -> String {
            String(repeating: "0", count: max(0, count - "\(number)".count)) + "\(number)"
        }
        let texts = days.map { "\(padded($0.year, 4))-\(padded($0.month, 2))-\(padded($0.day, 2))" }
        return ["country": .string(country), "days": .string(texts.joined(separator: " "))]
    }

    private static func zone(_ fields: inout JSONFields) throws -> (name: String, clock: LocalClock?)? {
        guard let value = fields.value("zone") else { return nil }
        if case .string(let name) = value { return (try named(name, "zone", fields), nil) }
        var inner = try JSONFields(value, at: fields.name("zone"))
        let (name, offset) = (try inner.string("name") ?? "", try inner.int("offset", in: offsets) ?? 0)
        let numbers = (try inner.string("changes") ?? "").split(separator: " ", maxSplits: 2 * mostEntries).map { Int64($0) }
        try inner.end()
        var changes: [LocalClock.Change] = []
        guard numbers.count % 2 == 0 else { throw inner.error("changes", "must be pairs of seconds") }
        for place in stride(from: 0, to: numbers.count, by: 2) {
            guard let time = numbers[place], (-100_000_000_000...100_000_000_000).contains(time), let offset = numbers[place + 1],
                (-50_400...50_400).contains(offset)
            else { throw inner.error("changes", "must be pairs of seconds: when, and how far clocks are ahead from then on") }
            changes.append(LocalClock.Change(at: time * 1_000, offset: offset * 1_000))
        }
        return (try named(name, "zone", fields), LocalClock(offset: Int64(offset) * 1_000, changes: changes))
    }

    private static func holidays(_ fields: inout JSONFields) throws -> (country: String, days: Set<Int>?)? {
        guard let value = fields.value("holidays") else { return nil }
        if case .string(let country) = value { return (try named(country, "holidays", fields), nil) }
        var inner = try JSONFields(value, at: fields.name("holidays"))
        let (country, text) = (try inner.string("country") ?? "", try inner.string("days") ?? "")
        try inner.end()
        var days: Set<Int> = []
        for one in text.split(separator: " ", maxSplits: mostEntries) {
            let parts = one.split(separator: "-").map { Int($0) ?? -1 }
            guard parts.count == 3, let day = CivilDay(year: parts[0], month: parts[1], day: parts[2]) else {
                throw inner.error("days", "must be days such as 2026-12-25")
            }
            days.insert(day.number)
        }
        return (try named(country, "holidays", fields), days)
    }

    private static func named(_ name: String, _ key: String, _ fields: JSONFields) throws -> String {
        guard (1...64).contains(name.utf8.count) else { throw fields.error(key, "must be a name of 1 to 64 bytes") }
        return name
    }
}
