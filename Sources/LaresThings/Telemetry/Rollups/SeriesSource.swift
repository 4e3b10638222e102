/// Where the sorted readings and statistics of months are.
protocol MonthReading {
    /// Gives access to a month; nil when there is nothing of it.
    func read<R>(_ month: Month, _ body: (any MonthRows) throws -> R) throws -> R?
}

/// The rows of one month.
protocol MonthRows {
    /// Gives numbers of a series in order of time.
    func scan(_ series: SeriesID, _ range: Range<Int64>, _ body: (Int64, Double) -> Void) throws
    /// Up to `limit` readings of a series.
    func page(_ series: SeriesID, _ range: Range<Int64>, _ order: ReadingOrder, limit: Int) throws -> SeriesRun
    /// Statistics of a series whose periods begin in a range, in order of time.
    func rollups(_ period: StatisticPeriod, _ series: SeriesID, _ range: Range<Int64>) throws -> [Rollup]
}

/// The readings of one series: those in the files of months, and newer ones in memory, which count where both have a time.
///
/// Memory is looked at before the files. Readings move from the first to the second, so they may be seen twice, and never missed.
struct SeriesSource<Months: MonthReading> {
    let series: SeriesID
    let kind: SeriesKind
    let months: Months
    /// Settled readings that may not be in the files.
    let recent: SeriesRun

    /// Gives numbers in order of time.
    func scan(_ range: Range<Int64>, _ body: (Int64, Double) -> Void) throws {
        for month in Month.spanning(range) {
            let part = range.clamped(to: month.range)
            let newer = recent.indices(part)
            var next = newer.lowerBound
            _ = try months.read(month) { rows in
                try rows.scan(series, part) { time, value in
                    while next < newer.upperBound, recent.times[next] < time {
                        body(recent.times[next], recent.numbers[next])
                        next += 1
                    }
                    if next == newer.upperBound || recent.times[next] != time { body(time, value) }
                }
            }
            for place in next..<newer.upperBound { body(recent.times[place], recent.numbers[place]) }
        }
    }

    /// Up to `limit` readings from one end of a range.
    func page(_ range: Range<Int64>, _ order: ReadingOrder, limit: Int) throws -> [Reading] {
        var found: [Reading] = []
        let months = Month.spanning(range)
        for month in order == .oldestFirst ? months : months.reversed() where found.count < limit {
            found += try page(month, range.clamped(to: month.range), order, limit: limit - found.count)
        }
        return found
    }

    private func page(_ month: Month, _ range: Range<Int64>, _ order: ReadingOrder, limit: Int) throws -> [Reading] {
        let newer = recent.indices(range)
        let older = try months.read(month) { try $0.page(series, range, order, limit: limit) } ?? SeriesRun()
        let kept = order == .oldestFirst ? newer.prefix(limit) : newer.suffix(limit)
        let both = recent.slice(kept).over(older)
        let places = order == .oldestFirst ? Array(both.times.indices.prefix(limit)) : both.times.indices.suffix(limit).reversed()
        return places.map { Reading(series, at: Timestamp(milliseconds: both.times[$0]), both.value(at: $0)) }
    }

    /// The number before a time, when it is within reach of it.
    func number(before time: Int64) throws -> (time: Int64, value: Double)? {
        try number(max(0, time - kind.reach)..<time, .newestFirst)
    }

    /// The number at or after a time, when it is within reach of the time before that.
    func number(from time: Int64) throws -> (time: Int64, value: Double)? { try number(time..<(time + kind.reach), .oldestFirst) }

    private func number(_ range: Range<Int64>, _ order: ReadingOrder) throws -> (time: Int64, value: Double)? {
        guard kind.reach > 0, !range.isEmpty, let reading = try page(range, order, limit: 1).first, case .number(let value) = reading.value
        else { return nil }
        return (reading.time.milliseconds, value)
    }
}
