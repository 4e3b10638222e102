/// Moments as plain data writes them (RFC 3339, whole seconds).
enum ISO8601 {
    /// A day and a time, and how far its clock is ahead of UTC in seconds; nil: the clock of wherever the schedule is kept.
    struct Reading: Hashable {
        let day: CalendarDay
        let time: TimeOfDay
        let offset: Int?
    }

    /// Reads "2026-11-28T07:30", with seconds or without, and with "Z", "+01:00" or neither behind it.
    static func read(_ text: String) -> Reading? {
        let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let day = CalendarDay(halves[0]) else { return nil }
        var (clock, offset) = (halves[1], Int?.none)
        if clock.hasSuffix("Z") {
            (clock, offset) = (clock.dropLast(), 0)
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let ahead = TimeOfDay(clock[clock.index(after: sign)...]), ahead.seconds % 60 == 0 else { return nil }
            (clock, offset) = (clock[..<sign], clock[sign] == "-" ? -ahead.seconds : ahead.seconds)
        }
        guard let time = TimeOfDay(clock) else { return nil }
        return Reading(day: day, time: time, offset: offset)
    }

    /// Reads a moment that says where it is counted from, "2026-11-28T07:30:00Z" or with an offset; nil for anything else.
    static func instant(_ text: String) -> Instant? {
        guard let reading = read(text), let offset = reading.offset else { return nil }
        return reading.day.ordinal * 86_400 + reading.time.seconds - offset
    }

    /// The moment in UTC, "2026-11-28T07:30:00Z".
    static func text(_ instant: Instant) -> String {
        let (day, seconds) = instant.flooredDivision(by: 86_400)
        let (minutes, second) = seconds.quotientAndRemainder(dividingBy: 60)
        return "\(CalendarDay(ordinal: day))T\((minutes / 60).twoDigits):\((minutes % 60).twoDigits):\(second.twoDigits)Z"
    }
}
