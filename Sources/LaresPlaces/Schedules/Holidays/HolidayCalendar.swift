/// Days that are holidays, with their names.
///
/// Public holidays by country come from a source that is kept up to date, as iCalendar files. The Python package `holidays` writes them for
/// over 200 countries and their parts: `python3 -m holidays.generate_ics DE -s BE -y 2020-2035`.
public struct HolidayCalendar: Hashable, Sendable {
    /// What each holiday is called; the first name counts where a day has several.
    public let days: [CalendarDay: String]
    /// How many events of an imported file were left out: those with a time of day, and cancelled ones.
    public let skipped: Int

    /// These days.
    public init(days: [CalendarDay: String]) { (self.days, skipped) = (days, 0) }

    /// The most that an imported text may have, in bytes.
    public static let largestText = 4 << 20
    /// The most events that an imported text may have.
    public static let mostEvents = 20_000
    /// How many days may be looked at to make all events' repetitions.
    private static let budget = 1_000_000

    /// Reads the all-day events of an iCalendar text (RFC 5545).
    ///
    /// Understood are DTSTART, DTEND, DURATION in days and weeks, SUMMARY, STATUS, RDATE, EXDATE, RECURRENCE-ID, and RRULE with FREQ=YEARLY, INTERVAL,
    /// COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY and BYSETPOS: what files of public holidays use.
    ///
    /// - Parameters:
    ///   - bytes: The text, at most ``largestText`` bytes.
    ///   - years: The years for which repetitions are made, in 1900 to 2199; days outside them are left out.
    /// - Throws: ``ScheduleError`` with `badCalendar`, naming the line, for a damaged or too large text and a rule that isn't understood.
    public init(iCalendar bytes: [UInt8], years: ClosedRange<Int> = 1970...2099) throws(ScheduleError) {
        var days: [CalendarDay: String] = [:]
        var (skipped, budget) = (0, Self.budget)
        let events = try CalendarEvents(parsing: bytes).events
        let replaced = Set(events.compactMap { event in event.recurrence.map { [event.uid, $0.description] } })
        for event in events {
            guard let first = event.start, !event.isCancelled else {
                skipped += 1
                continue
            }
            for start in try event.starts(first, in: years, budget: &budget) {
                if event.recurrence == nil, !event.uid.isEmpty, replaced.contains([event.uid, start.description]) { continue }
                for day in 0..<event.length where years.contains(start.adding(day).parts.year) {
                    if days[start.adding(day)] == nil { days[start.adding(day)] = event.summary }
                }
            }
        }
        (self.days, self.skipped) = (days, skipped)
    }
}
