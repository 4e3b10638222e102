internal import Foundation
public import LaresForecast

extension ForecastPlan {
    /// The plan with what its calendar's clocks show and which days are holidays: by the system's time zones, and the public holidays of the country that
    /// come with Lares.
    ///
    /// - Throws: ``ForecastError`` with `badSetting` for a zone or a country that there isn't.
    public func lookedUp() throws -> ForecastPlan {
        try lookedUp { zone in
            do throws(ScheduleError) { return LocalClock(try TimeZoneRules(zone)) } catch {
                throw ForecastError(.badSetting, "the calendar's zone: \(error.message)")
            }
        } holidays: { country in
            guard let calendar = HolidayCalendar.builtIn[country.lowercased()] else {
                let known = HolidayCalendar.builtIn.keys.sorted().joined(separator: ", ")
                throw ForecastError(
                    .badSetting, "the calendar's holidays: nothing is known of '\(country.prefix(20))': use one of \(known)")
            }
            return Set(calendar.days.keys.map(\.ordinal))
        }
    }
}

extension LocalClock {
    /// The clocks of a zone, as they change from 1970 to 2099.
    init(_ rules: TimeZoneRules) {
        let changes = rules.changes.filter { (1..<4_102_444_800).contains($0.at) }
        self.init(
            offset: Int64(rules.offset(at: Date(timeIntervalSince1970: 0))) * 1_000,
            changes: changes.map { Change(at: Int64($0.at) * 1_000, offset: Int64($0.after) * 1_000) })
    }
}
