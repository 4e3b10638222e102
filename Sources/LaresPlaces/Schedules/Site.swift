/// Where schedules are kept: its clocks, its sun and its holidays.
public struct Site: Hashable, Sendable {
    /// What its wall clocks show.
    public let zone: TimeZoneRules
    /// Where it lies; nil: schedules that follow the sun can't be kept here.
    public let position: GeographicPosition?
    /// Its calendars of holidays by name, such as "de-be".
    public let holidays: [String: HolidayCalendar]

    /// A site.
    public init(zone: TimeZoneRules, position: GeographicPosition? = nil, holidays: [String: HolidayCalendar] = [:]) {
        (self.zone, self.position, self.holidays) = (zone, position, holidays)
    }

    /// The site where settings say that it is; what they leave out, and the holidays, stay.
    ///
    /// - Throws: ``ScheduleError`` with `badTimeZone`.
    func moved(to settings: SiteSettings) throws -> Site {
        Site(
            zone: try settings.zone.map { try TimeZoneRules($0) } ?? zone, position: settings.position ?? position, holidays: holidays)
    }
}
