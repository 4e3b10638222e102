internal import Foundation
package import LaresThings

/// One value for each step of a series: what forecasters learn from, go on from and are held to. Training and serving read the same.
extension TelemetryStore {
    /// How long a value holds that nobody says again, where steps are shorter than statistics.
    private static var holding: Int64 { 900_000 }

    /// Means over time, or what a meter grew by; NaN where nothing is known.
    ///
    /// Steps of whole days, hours or five minutes come from statistics; others from readings, of which the last holds for a quarter of an hour.
    ///
    /// - Parameters:
    ///   - series: A series of numbers.
    ///   - start: When the first step begins, in milliseconds since 1970.
    ///   - end: No step begins then or later.
    ///   - step: Milliseconds from one step to the next; both times are multiples of it.
    /// - Throws: ``TelemetryError``.
    package func values(of series: Series, from start: Int64, until end: Int64, step: Int64) async throws -> [Double] {
        guard step > 0, start >= 0, end > start else { return [] }
        let periods: [StatisticPeriod] = [.day, .hour, .fiveMinutes]
        guard let period = periods.first(where: { step % $0.milliseconds == 0 }) else {
            return try await read(series, from: start, until: end, step: step)
        }
        var values = StepValues(start: start, step: step, count: Int((end - start + step - 1) / step))
        for from in stride(from: start, to: end, by: Int(50_000 * period.milliseconds)) {
            let range = Timestamp(milliseconds: from)..<Timestamp(milliseconds: min(end, from + 50_000 * period.milliseconds))
            // An hour of many reports in five minutes isn't one of that value: means of hours are over time. Days would read a year of five minutes.
            let statistics =
                period == .hour && series.kind != .meter
                ? try await timedStatistics(of: series, in: range, every: period)
                : try await self.statistics(of: series.id, in: range, every: period)
            for one in statistics where series.kind == .meter ? one.amount != nil : one.count > 0 || series.kind == .power {
                values.add(series.kind == .meter ? one.amount ?? 0 : one.mean, at: one.start.milliseconds)
            }
        }
        return series.kind == .meter ? values.sums : values.means
    }

    private func read(_ series: Series, from start: Int64, until end: Int64, step: Int64) async throws -> [Double] {
        var values = StepValues(start: start, step: step, count: Int((end - start + step - 1) / step))
        let before = max(0, start - Self.holding)
        var last: (time: Int64, value: Double)?
        for reading in try await readings(
            of: series.id, in: Timestamp(milliseconds: before)..<Timestamp(milliseconds: start), order: .newestFirst, limit: 1)
        {
            if case .number(let number) = reading.value { last = (reading.time.milliseconds, number) }
        }
        let meter = series.kind == .meter
        for try await page in pages(of: series.id, in: Timestamp(milliseconds: start)..<Timestamp(milliseconds: end)) {
            for reading in page {
                guard case .number(let number) = reading.value else { continue }
                let time = reading.time.milliseconds
                if meter {
                    if let last, number >= last.value { values.add(number - last.value, at: time) }
                } else if let last {
                    values.hold(last.value, from: last.time, until: min(time / step * step, last.time + Self.holding))
                }
                if !meter { values.add(number, at: time) }
                last = (time, number)
            }
        }
        if !meter, let last { values.hold(last.value, from: last.time, until: min(end, last.time + Self.holding)) }
        return meter ? values.sums : values.means
    }
}

/// What is said of steps that are still to come.
extension TelemetryStore {
    /// Readings that lie no further apart than this are on a line.
    private static var reach: Int64 { 6 * 3_600_000 }

    /// One value for each step of what is expected: the mean of what is said of it. A step of which nothing is said lies on the line between two readings at
    /// most six hours apart; NaN where nothing is known.
    ///
    /// - Parameters:
    ///   - series: A series of numbers, such as a forecast of the weather.
    ///   - start: When the first step begins, in milliseconds since 1970.
    ///   - count: So many steps.
    ///   - step: Milliseconds from one step to the next.
    /// - Throws: ``TelemetryError``.
    package func expected(_ series: Series, from start: Int64, count: Int, step: Int64) async throws -> [Double] {
        var values = StepValues(start: start, step: step, count: count), points: [(time: Int64, value: Double)] = []
        let end = start + Int64(count) * step
        let range = Timestamp(milliseconds: max(0, start - Self.reach))..<Timestamp(milliseconds: end + Self.reach)
        for reading in try await readings(of: series.id, in: range, order: .oldestFirst, limit: 100_000) {
            guard case .number(let number) = reading.value else { continue }
            points.append((reading.time.milliseconds, number))
            values.add(number, at: reading.time.milliseconds)
        }
        var (means, next) = (values.means, 0)
        for place in means.indices where means[place].isNaN {
            let time = start + Int64(place) * step
            while next < points.count, points[next].time < time { next += 1 }
            guard next > 0, next < points.count else { continue }
            let (before, after) = (points[next - 1], points[next])
            guard after.time - before.time <= Self.reach, after.time > before.time else { continue }
            means[place] = before.value + (after.value - before.value) * Double(time - before.time) / Double(after.time - before.time)
        }
        return means
    }
}

/// Sums of what falls into each step.
private struct StepValues {
    let start: Int64
    let step: Int64
    private(set) var totals: [Double]
    private(set) var counts: [Int]

    init(start: Int64, step: Int64, count: Int) {
        (self.start, self.step) = (start, step)
        (totals, counts) = ([Double](repeating: 0, count: count), [Int](repeating: 0, count: count))
    }

    var means: [Double] { zip(totals, counts).map { $1 > 0 ? $0 / Double($1) : .nan } }
    var sums: [Double] { zip(totals, counts).map { $1 > 0 ? $0 : .nan } }

    mutating func add(_ value: Double, at time: Int64) {
        guard time >= start else { return }
        let place = Int((time - start) / step)
        guard place < totals.count else { return }
        totals[place] += value
        counts[place] += 1
    }

    /// A value for the steps between two times that nothing is known of yet.
    mutating func hold(_ value: Double, from time: Int64, until end: Int64) {
        var place = Int(max(0, time - start) / step)
        while place < totals.count, start + Int64(place) * step < end {
            if counts[place] == 0 { (totals[place], counts[place]) = (value, 1) }
            place += 1
        }
    }
}
