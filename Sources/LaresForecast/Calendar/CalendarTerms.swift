import Glibc
import LaresTime

/// Covariates that follow from times: what a forecaster is told of hours, weekdays, seasons and holidays.
///
///     let calendar = CalendarTerms(day: 3, year: 2, hasWeekdays: true, clock: melbourne, holidays: days)
///     let known = calendar.covariates(from: panel.start, step: panel.step, count: panel.count + 48)
///
/// Each covariate is a row as long as `count`: first the sines and cosines of the day, of the week and of the year, then the weekdays Monday to
/// Saturday as 0 or 1 (Sunday is when none is), then 1 on holidays.
public struct CalendarTerms: Sendable, Hashable {
    /// Sines and cosines of the day, week and year: so many of each.
    public let day: Int, week: Int, year: Int
    /// Whether weekdays are told apart.
    public let hasWeekdays: Bool
    /// What clocks show.
    public let clock: LocalClock
    /// Days that are holidays, as days since 1970-01-01; nil when nothing is said of holidays.
    public let holidays: Set<Int>?

    /// - Throws: `ForecastError.badSetting` for more than 50 waves of a kind, or fewer than none.
    public init(
        day: Int = 0, week: Int = 0, year: Int = 0, hasWeekdays: Bool = false, clock: LocalClock = .utc, holidays: Set<Int>? = nil
    ) throws {
        if let odd = [day, week, year].first(where: { !(0...50).contains($0) }) {
            throw ForecastError(.badSetting, "\(odd) waves are asked for: ask for 0 to 50 of the day, the week and the year")
        }
        (self.day, self.week, self.year) = (day, week, year)
        (self.hasWeekdays, self.clock, self.holidays) = (hasWeekdays, clock, holidays)
    }

    /// How many covariates there are.
    public var count: Int { 2 * (day + week + year) + (hasWeekdays ? 6 : 0) + (holidays == nil ? 0 : 1) }

    /// The covariates of `count` steps, `[covariate][step]`.
    ///
    /// - Parameters:
    ///   - start: When the first step is, in milliseconds since 1970-01-01T00:00Z.
    ///   - step: Milliseconds from step to step.
    public func covariates(from start: Int64, step: Int64, count: Int) -> [[Double]] {
        var rows = [[Double]](repeating: [], count: self.count)
        for i in rows.indices { rows[i].reserveCapacity(count) }
        for place in 0..<max(0, count) {
            let moment = clock.moment(at: start &+ Int64(place) &* step)
            for (row, value) in terms(moment).enumerated() { rows[row].append(value) }
        }
        return rows
    }

    private func terms(_ moment: LocalMoment) -> [Double] {
        let part = Double(moment.timeOfDay) / Double(LocalMoment.dayLength), weekday = moment.weekday
        var terms = waves(part, day) + waves((Double(weekday) + part) / 7, week)
        if year > 0 {
            let place = CivilDay(moment.day).placeInYear
            terms += waves((Double(place.day) + part) / Double(place.of), year)
        }
        if hasWeekdays { terms += (0..<6).map { $0 == weekday ? 1 : 0 } }
        if let holidays { terms.append(holidays.contains(moment.day) ? 1 : 0) }
        return terms
    }

    /// Sines and cosines of 1, 2, … turns.
    private func waves(_ part: Double, _ count: Int) -> [Double] {
        (0..<count).flatMap { wave -> [Double] in
            let angle = 2 * Double.pi * Double(wave + 1) * part
            return [sin(angle), cos(angle)]
        }
    }
}
