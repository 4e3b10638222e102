/// Half-hourly electricity demand of Victoria, Australia, with temperature and holidays (Hyndman et al., tsibbledata; AEMO): the whole next day is
/// forecast where a day ends.
///
/// The temperature of the day that is forecast is given as it was observed, to every model alike. The score is the mean absolute percentage error
/// over the last fifth of the half hours.
public struct VictoriaEvaluation: Sendable {
    /// The demand, and what is known: temperature, and 1 on holidays.
    public let panel: Panel
    /// What clocks showed: read from the table's dates.
    public let clock: LocalClock
    /// Where each local day begins.
    private let beginnings: [Int]

    /// Reads `vic_electricity.csv`.
    ///
    /// - Throws: `ForecastError.badFile` for another table.
    public init(contentsOf path: String) throws {
        let table = try TableFile(contentsOf: path), (start, step) = try table.times("Time")
        let dates = try table.texts("Date")
        guard step == 1_800_000, table.count >= 48 * 730 else {
            throw ForecastError(
                .badFile, "'\(path)' has \(table.count) lines, \(step / 1000) s apart: Victoria's has two years of half hours at least")
        }
        beginnings = dates.indices.filter { $0 == 0 || dates[$0] != dates[$0 - 1] }
        clock = try VictoriaEvaluation.clock(beginnings, beginnings.map { dates[$0] }, start, step, path)
        let holidays = try table.texts("Holiday").map { $0 == "TRUE" ? 1.0 : 0 }
        panel = try Panel(
            start: start, step: step, series: [table.numbers("Demand")], known: [table.numbers("Temperature"), holidays])
    }

    /// A date begins at midnight: that says by how much clocks are ahead. Days of 23 and 25 hours change it at two and at three o'clock.
    private static func clock(_ beginnings: [Int], _ dates: [Substring], _ start: Int64, _ step: Int64, _ path: String) throws -> LocalClock
    {
        var (offsets, changes) = ([Int64](), [LocalClock.Change]())
        for (row, date) in zip(beginnings, dates) {
            guard let midnight = TableFile.time(date) else {
                throw ForecastError(.badFile, "'\(path)' line \(row + 2): 'Date' is '\(date.prefix(40))', which is no date")
            }
            let offset = midnight - (start + Int64(row) * step)
            guard abs(offset) <= LocalMoment.dayLength else {
                throw ForecastError(.badFile, "'\(path)' line \(row + 2): the date '\(date)' is more than a day from the time")
            }
            offsets.append(offset)
        }
        for day in offsets.indices.dropFirst() where offsets[day] != offsets[day - 1] {
            let hours: Int64 = offsets[day] > offsets[day - 1] ? 2 : 3
            changes.append(.init(at: start + Int64(beginnings[day - 1]) * step + hours * 3_600_000, offset: offsets[day]))
        }
        return LocalClock(offset: offsets.first ?? 0, changes: changes)
    }

    /// The half hours to test on: the last fifth.
    public var test: Range<Int> { Int(Double(panel.count) * 0.8)..<panel.count }
    /// The half hours to choose on: the year before those to test on.
    public var choice: Range<Int> { (test.lowerBound - 365 * 48)..<test.lowerBound }

    /// The mean absolute percentage error over some half hours; each day is forecast where the one before ends.
    ///
    /// - Parameter days: After how many days the forecaster learns anew, from all that has been by then.
    /// - Throws: ``ForecastError``, as the forecaster does.
    public func mape(_ forecaster: some Forecaster, on range: Range<Int>, learningEvery days: Int) throws -> Double {
        var (sum, count) = (0.0, 0)
        let last = (beginnings.lastIndex { $0 <= range.lowerBound } ?? 0)
        var fitted: (any FittedForecaster)?
        for day in last..<beginnings.count where beginnings[day] < range.upperBound {
            let begin = beginnings[day], end = day + 1 < beginnings.count ? beginnings[day + 1] : panel.count
            let history = panel.prefix(begin)
            if fitted == nil || (day - last) % max(1, days) == 0 { fitted = try forecaster.fitted(to: history) }
            guard let ahead = try fitted?.forecast(history, steps: end - begin)[0] else { continue }
            for row in range.clamped(to: begin..<end) {
                sum += abs(ahead[row - begin] / panel.series[0][row] - 1)
                count += 1
            }
        }
        return 100 * sum / Double(count)
    }

    /// The same error of repeating what was so many half hours before.
    public func naiveMAPE(lag: Int, on range: Range<Int>) -> Double {
        let demand = panel.series[0]
        return 100 * range.reduce(0) { $0 + abs(demand[$1 - lag] / demand[$1] - 1) } / Double(range.count)
    }
}
