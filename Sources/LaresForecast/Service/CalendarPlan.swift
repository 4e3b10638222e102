public import LaresJSON

/// What a plan knows of times beforehand: hours, weekdays and seasons of the year by the clocks of a place.
///
/// `{"day": 3, "week": 2, "year": 1, "weekdays": true, "offset": 3600}`: so many waves of the day, the week and the year, weekdays told apart, clocks that
/// are so many seconds ahead of UTC all year.
public struct CalendarPlan: Sendable, Hashable {
    /// The covariates.
    public let terms: CalendarTerms

    init(_ fields: JSONFields) throws {
        var fields = fields
        let range = 0...50
        let (day, week) = (try fields.int("day", in: range) ?? 0, try fields.int("week", in: range) ?? 0)
        let (year, hasWeekdays) = (try fields.int("year", in: range) ?? 0, try fields.bool("weekdays") ?? false)
        let offset = try fields.int("offset", in: -50_400...50_400) ?? 0
        try fields.end()
        terms = try CalendarTerms(
            day: day, week: week, year: year, hasWeekdays: hasWeekdays, clock: LocalClock(offset: Int64(offset) * 1_000))
        guard terms.count > 0 else { throw fields.error("day", "'week', 'year' or 'weekdays' has to say what is known") }
    }

    /// The plan as it is read.
    public var json: JSON {
        [
            "day": .int(terms.day), "week": .int(terms.week), "year": .int(terms.year), "weekdays": .bool(terms.hasWeekdays),
            "offset": .int(Int(terms.clock.offset / 1_000)),
        ]
    }
}
