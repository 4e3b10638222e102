import Glibc
import LaresTensor

/// A series by local days and times of day, beside temperature and holidays.
struct DayTable: Sendable {
    /// Values of a day: one for each time of day.
    let slots: Int
    /// The day of the first row.
    let firstDay: Int
    /// `[day][slot]`; NaN where nothing is known.
    private(set) var load: [[Double]]
    /// What is known of the temperature, and its means that forget by half in 2, 6, 24 and 72 hours, `[mean][day][slot]`.
    private(set) var warmth: [[[Double]]]
    private(set) var isHoliday: [Bool]
    private let start: Int64, step: Int64
    private let clock: LocalClock

    static let halfLives = [0.0, 2, 6, 24, 72]

    /// - Throws: `ForecastError.badSetting` for steps of which a day has no whole number from 1 to 288, `badSeries` when temperature and holidays
    ///   aren't what is known.
    init(_ panel: Panel, series: Int, clock: LocalClock) throws {
        let day = LocalMoment.dayLength
        guard panel.step <= day, day % panel.step == 0, day / panel.step <= 288 else {
            throw ForecastError(.badSetting, "a value comes every \(panel.step) ms: a day has to have 1 to 288 of them, and a whole number")
        }
        guard panel.known.count == 2 else {
            throw ForecastError(
                .badSeries, "\(panel.known.count) covariates are given: a day-ahead forecast needs two, the temperature and 1 on holidays")
        }
        (slots, start, step, self.clock) = (Int(day / panel.step), panel.start, panel.step, clock)
        let known = panel.known.map(\.count).min() ?? 0
        firstDay = clock.moment(at: start).day
        let days = known == 0 ? 0 : clock.moment(at: start + Int64(known - 1) * step).day - firstDay + 1
        load = [[Double]](repeating: [Double](repeating: .nan, count: slots), count: days)
        warmth = [[[Double]]](repeating: load, count: DayTable.halfLives.count)
        isHoliday = [Bool](repeating: false, count: days)
        read(panel, panel.series[series], known)
        fill()
    }

    /// The row and the time of day of a step.
    func place(_ step: Int) -> (day: Int, slot: Int) {
        let moment = clock.moment(at: start + Int64(step) * self.step)
        return (moment.day - firstDay, Int(moment.timeOfDay / self.step))
    }

    private mutating func read(_ panel: Panel, _ values: [Double], _ known: Int) {
        let keeps = DayTable.halfLives.map { $0 == 0 ? 0 : pow(0.5, Double(step) / ($0 * 3_600_000)) }
        var means: [Double]?
        for time in 0..<known {
            let (day, slot) = place(time)
            guard load.indices.contains(day), slot < slots else { continue }
            if time < values.count { load[day][slot] = values[time] }
            if panel.known[1][time] > 0.5 { isHoliday[day] = true }
            let temperature = panel.known[0][time]
            if !temperature.isNaN {
                means = zip(means ?? keeps.map { _ in temperature }, keeps).map { $0 * $1 + temperature * (1 - $1) }
            }
            for (mean, value) in (means ?? keeps.map { _ in 0 }).enumerated() { warmth[mean][day][slot] = value }
        }
    }

    /// Times of day that clocks skip, or of which nothing is known, take the one before: of the day, else of the day before.
    private mutating func fill() {
        for day in load.indices {
            for mean in warmth.indices {
                for slot in 0..<slots where warmth[mean][day][slot].isNaN {
                    warmth[mean][day][slot] = slot > 0 ? warmth[mean][day][slot - 1] : day > 0 ? warmth[mean][day - 1][slots - 1] : 0
                }
            }
        }
    }

    /// The load, or what stands nearest before it.
    func filledLoad(_ day: Int, _ slot: Int) -> Double {
        let value = load[day][slot]
        guard value.isNaN else { return value }
        if slot > 0, !load[day][slot - 1].isNaN { return load[day][slot - 1] }
        // The same time a week before, or as many weeks as it takes.
        return stride(from: day - 7, through: 0, by: -7).lazy.map { load[$0][slot] }.first { !$0.isNaN } ?? .nan
    }
}
