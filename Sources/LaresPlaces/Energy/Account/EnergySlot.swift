internal import LaresThings

/// A stretch of time in which nothing changes: neither the hour that clocks show, nor the price.
struct EnergySlot: Hashable, Sendable {
    let start: Instant
    let end: Instant
    /// The day that clocks show.
    let day: CalendarDay
    /// Seconds since its 00:00 that clocks show at the start.
    let seconds: Int
    /// How far clocks are ahead of UTC.
    let offset: Int

    /// Whether it is an hour of UTC, which long-term statistics have.
    var isHour: Bool { start % 3600 == 0 && end - start == 3600 }

    var times: Range<Timestamp> {
        Timestamp(milliseconds: Int64(start) * 1000)..<Timestamp(milliseconds: Int64(end) * 1000)
    }

    /// The slots of days: the hours of clocks, cut where prices change. A day has 23 to 25 hours where clocks are changed.
    ///
    /// - Parameters:
    ///   - days: The days.
    ///   - zone: What clocks show.
    ///   - cuts: Seconds since 00:00 at which prices may change.
    ///   - isHourly: Whether prices change with each hour of UTC too, which in some zones isn't one of clocks.
    static func slots(_ days: ClosedRange<CalendarDay>, in zone: TimeZoneRules, cuts: Set<Int>, isHourly: Bool) -> [EnergySlot] {
        let edges = Set(cuts + (1...24).map { $0 * 3600 }).sorted()
        var slots: [EnergySlot] = []
        for day in days.lowerBound.ordinal...days.upperBound.ordinal {
            var start = zone.start(ofDay: day)
            let end = zone.start(ofDay: day + 1)
            while start < end {
                let (offset, change) = zone.steady(at: start)
                let seconds = (start + offset).flooredDivision(by: 86_400).remainder
                let edge = edges.first { $0 > seconds } ?? 86_400
                var next = min(start + edge - seconds, change ?? end, end)
                if isHourly { next = min(next, (start.flooredDivision(by: 3600).quotient + 1) * 3600) }
                slots.append(EnergySlot(start: start, end: next, day: CalendarDay(ordinal: day), seconds: seconds, offset: offset))
                start = next
            }
        }
        return slots
    }
}
