internal import LaresThings

/// Calendars of holidays that come and go, effective at once.
extension Automations {
    /// Takes in a calendar, new or in the place of another; rules that waited for it begin.
    ///
    /// - Parameters:
    ///   - text: The iCalendar text.
    ///   - calendar: What was read of it.
    ///   - name: Its name: 1 to 60 lower-case letters, digits, "_" and "-".
    /// - Throws: ``ScheduleError`` with `badCalendar`, `full`; an error of the file system or the database.
    public func set(_ text: [UInt8], _ calendar: HolidayCalendar, as name: String) throws {
        guard RuleID(name) != nil else {
            throw ScheduleError(.badCalendar, "a calendar's name has 1 to 60 lower-case letters, digits, '_' and '-', such as \"de-be\"")
        }
        guard !calendar.days.isEmpty else {
            throw ScheduleError(.badCalendar, "the calendar has no whole days in it: export one of holidays, not of appointments")
        }
        try holidays?.save(text, as: name)
        var calendars = site.holidays
        calendars[name] = calendar
        try change(calendars)
    }

    /// Takes away a calendar that was added. One that comes with Lares under the same name counts again.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: ``ScheduleError`` with `inUse` when a rule needs it; an error of the file system or the database.
    public func removeHolidays(_ name: String) throws -> Bool {
        var calendars = site.holidays
        let usual = HolidayCalendar.builtIn[name]
        guard let calendar = calendars[name], calendar != usual else { return false }
        if usual == nil, let rule = rules.first(where: { $0.calendars.contains(name) }) {
            throw ScheduleError(.inUse, "the rule '\(rule.id)' needs the calendar '\(name)': change the rule first")
        }
        if try holidays?.has(name) == true { try holidays?.remove(name) }
        calendars[name] = usual
        try change(calendars)
        return true
    }
}
