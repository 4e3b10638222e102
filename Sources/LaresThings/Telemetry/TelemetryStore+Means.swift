/// Means over time.
///
/// A store's own count every reading once: an hour in which a machine ran for five minutes, and reported a hundred times, would seem one in which it
/// ran all the time. Here every five minutes count once, and power is what flowed. It is worked out from what every store has, so that none must keep
/// more; a year of hours is read with 105,000 periods of five minutes.
extension TelemetryStore {
    /// Statistics by periods that begin in a range, earliest first, with means over the time of which something is known.
    ///
    /// With pulses (``Pulse``) a mean is off by a twelfth of an hour's swing at most, and that of power in the middle of a stretch is exact. Where
    /// five minutes are deleted already, means are the store's.
    ///
    /// - Throws: ``TelemetryError``, as ``statistics(of:in:every:)``.
    public func timedStatistics(of series: Series, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        var whole = try await statistics(of: series.id, in: range, every: period)
        guard let first = whole.first?.start.milliseconds, let last = whole.last?.start.milliseconds else { return [] }
        let means = try await means(of: series, in: first..<last + period.milliseconds, every: period.milliseconds)
        for place in whole.indices {
            guard let mean = means[whole[place].start.milliseconds], mean.readings == whole[place].count else { continue }
            whole[place].mean = mean.value
        }
        return whole
    }

    /// A chart, with means over time where its buckets are put together from statistics.
    ///
    /// - Throws: ``TelemetryError``, as ``buckets(of:in:atMost:)``.
    public func timedBuckets(of series: Series, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        var chart = try await buckets(of: series.id, in: range, atMost: count)
        guard chart.width >= 2 * StatisticPeriod.fiveMinutes.milliseconds, chart.width % StatisticPeriod.fiveMinutes.milliseconds == 0,
            let first = chart.buckets.first?.start.milliseconds, let last = chart.buckets.last?.start.milliseconds
        else { return chart }
        let means = try await means(of: series, in: first..<last + chart.width, every: chart.width)
        for place in chart.buckets.indices {
            let bucket = chart.buckets[place]
            guard let mean = means[bucket.start.milliseconds], mean.readings == bucket.count else { continue }
            chart.buckets[place].mean = mean.value
        }
        return chart
    }

    /// Means by the multiples of a width that a range consists of, and how many readings they have.
    private func means(of series: Series, in range: Range<Int64>, every width: Int64) async throws -> [Int64: TimeMean] {
        var means: [Int64: TimeMean] = [:]
        // A store gives 100,000 periods at most; the neighbours of a stretch tell whether power was known from its begin to its end.
        let (step, five) = (StatisticPeriod.fiveMinutes.milliseconds, StatisticPeriod.fiveMinutes)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(20_000 * step)) {
            let end = min(range.upperBound, start + 20_000 * step)
            let times = Timestamp(milliseconds: max(0, start - step))..<Timestamp(milliseconds: end + step)
            let parts = try await statistics(of: series.id, in: times, every: five)
            for (place, part) in parts.enumerated() where (start..<end).contains(part.start.milliseconds) {
                let time = part.start.milliseconds
                let isWhole =
                    place > 0 && parts[place - 1].start.milliseconds == time - step && place + 1 < parts.count
                    && parts[place + 1].start.milliseconds == time + step
                let flow = series.kind == .power && isWhole ? part.amount.map { $0 * Double(3_600_000 / step) } : nil
                means[time.floor(to: width), default: TimeMean()].add(flow ?? part.mean, readings: part.count)
            }
        }
        return means
    }
}

/// A mean in which equal times count alike.
private struct TimeMean {
    private var sum = 0.0
    private var count = 0.0
    private(set) var readings = 0

    var value: Double { sum / max(1, count) }

    mutating func add(_ value: Double, readings: Int) {
        sum += value
        count += 1
        self.readings += readings
    }
}
