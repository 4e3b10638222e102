/// Series that share one clock: each has a value for every step since the same start.
///
///     let panel = try Panel(start: 1_467_331_200_000, step: 3_600_000, series: [load, temperature])
///
/// A value that is missing is NaN. What is known beforehand (calendar, holidays, a weather forecast) is in `known`, which may go on
/// after the series end: that is the future a forecaster may look at.
public struct Panel: Sendable, Hashable {
    /// When the first value is, in milliseconds since 1970-01-01T00:00Z.
    public let start: Int64
    /// Milliseconds from one value to the next, more than 0.
    public let step: Int64
    /// The values, `[series][time]`; every series is as long as the others.
    public let series: [[Double]]
    /// Covariates that are the same for all series and known beforehand, `[covariate][time]`; at least as long as the series.
    public let known: [[Double]]

    /// How many values each series has.
    public var count: Int { series.first?.count ?? 0 }

    /// - Throws: `ForecastError.badSeries` when lengths differ, the step isn't positive, a value is infinite, or the times don't fit 64 bits.
    public init(start: Int64, step: Int64, series: [[Double]], known: [[Double]] = []) throws {
        let count = series.first?.count ?? 0
        guard step > 0 else { throw ForecastError(.badSeries, "the step between values is \(step) ms: it has to be more than 0") }
        guard let length = Int64(exactly: max(count, known.map(\.count).max() ?? 0)),
            case let (span, far) = length.multipliedReportingOverflow(by: step), !far,
            !start.addingReportingOverflow(span).overflow
        else { throw ForecastError(.badSeries, "\(count) values every \(step) ms from \(start) end after the last time there is") }
        if let odd = series.firstIndex(where: { $0.count != count }) {
            throw ForecastError(.badSeries, "series \(odd) has \(series[odd].count) values, the first has \(count): all have to be as long")
        }
        if let short = known.firstIndex(where: { $0.count < count }) {
            throw ForecastError(
                .badSeries, "covariate \(short) has \(known[short].count) values, the series have \(count): it has to be known throughout")
        }
        if let row = (series + known).first(where: { $0.contains(where: \.isInfinite) }), let at = row.firstIndex(where: \.isInfinite) {
            throw ForecastError(.badSeries, "value \(at) is infinite: a missing value is NaN")
        }
        (self.start, self.step, self.series, self.known) = (start, step, series, known)
    }

    /// The steps before `end`, with all that is known beforehand.
    ///
    /// - Precondition: `end` is 0 to `count`.
    public func prefix(_ end: Int) -> Panel { Panel(self, series: series.map { Array($0.prefix(end)) }) }

    /// The steps before `end`; of what is known of those after it, only what was so many steps before: what somebody has to say who has no forecast of it.
    ///
    /// - Parameter last: How many steps are known so.
    /// - Precondition: `end` is 0 to `count`, and `last` isn't less.
    func prefix(_ end: Int, repeating season: Int, until last: Int) -> Panel {
        let known = known.map { row in
            var row = Array(row.prefix(end))
            while row.count < last { row.append(row.count >= season ? row[row.count - season] : .nan) }
            return row
        }
        return Panel(self, series: series.map { Array($0.prefix(end)) }, known: known)
    }

    private init(_ other: Panel, series: [[Double]], known: [[Double]]? = nil) {
        (start, step) = (other.start, other.step)
        (self.series, self.known) = (series, known ?? other.known)
    }
}
