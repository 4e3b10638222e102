/// The days on which a schedule holds.
struct DayFilter: Sendable {
    private let dates: [DateRange]
    private let holidays: (rule: Schedule.HolidayFilter.Rule, days: Set<CalendarDay>)?

    /// Whether it lets every day pass.
    let isOpen: Bool

    init(_ schedule: Schedule, _ site: Site) throws(ScheduleError) {
        dates = schedule.dates
        isOpen = schedule.dates.isEmpty && schedule.holidays == nil
        guard let filter = schedule.holidays else {
            holidays = nil
            return
        }
        var days: Set<CalendarDay> = []
        for name in filter.calendars {
            guard let calendar = site.holidays[name] else {
                throw ScheduleError(
                    .noCalendar, "there is no calendar of holidays \"\(name.prefix(64))\" here: import it, or leave it out of the schedule")
            }
            days.formUnion(calendar.days.keys)
        }
        holidays = (filter.rule, days)
    }

    func allows(_ day: CalendarDay) -> Bool {
        if isOpen { return true }
        guard dates.isEmpty || dates.contains(where: { $0.contains(day) }) else { return false }
        guard let holidays else { return true }
        return holidays.days.contains(day) == (holidays.rule == .only)
    }
}
