extension SeriesSource {
    /// Statistics of periods that begin in a range, from the files and from readings that are not in them yet.
    func rollups(_ period: StatisticPeriod, _ range: Range<Int64>) throws -> [Rollup] {
        let stored = try stored(period, range)
        guard !recent.isEmpty, !range.isEmpty else { return stored }
        let days = Self.whole(range, .day)
        let near = max(0, days.lowerBound - kind.sway)..<(days.upperBound + kind.sway)
        let affected = try affected(by: recent.times[recent.indices(near)]).map { $0.clamped(to: days) }.filter { !$0.isEmpty }
        let changed = try rollups(again: affected, upTo: period)[period] ?? []
        return Self.overlaid(stored, changed.filter { range.contains($0.start) })
    }

    /// Statistics of periods that begin in a range and are still kept.
    func statistics(_ period: StatisticPeriod, _ range: Range<Int64>, _ kept: KeptFrom) throws -> [Statistic] {
        try rollups(period, range.from(kept[period])).map { $0.statistic(kind) }
    }

    /// A series as a chart needs it.
    func buckets(_ range: Range<Int64>, atMost count: Int, _ kept: KeptFrom, _ limits: TelemetryLimits) throws -> BucketedSeries {
        var grid = BucketGrid(range, atMost: count, kept)
        if grid.period == nil, try isLong(range, limits.scanned) { grid = BucketGrid(range, atMost: count, kept, from: .fiveMinutes) }
        let range = range.from(kept[grid.period])
        var line = BucketLine(grid.width)
        if let period = grid.period {
            let whole = range.lowerBound.floor(to: period.milliseconds)..<range.upperBound
            for rollup in try rollups(period, whole) { line.add(rollup) }
        } else {
            try scan(range) { line.add($0, $1) }
        }
        return BucketedSeries(width: grid.width, buckets: line.finish())
    }
}

extension SeriesSource {
    /// Whether a range has more readings than should be looked at for a chart. Its five minutes know; what moves to the files counts twice.
    private func isLong(_ range: Range<Int64>, _ most: Int) throws -> Bool {
        let whole = range.lowerBound..<max(range.lowerBound, range.upperBound - StatisticPeriod.fiveMinutes.milliseconds + 1)
        return try recent.indices(range).count + stored(.fiveMinutes, whole).reduce(0) { $0 + $1.count } > most
    }
}

extension Range<Int64> {
    /// What of it is not before a time.
    func from(_ time: Int64) -> Range { Swift.max(lowerBound, time)..<Swift.max(upperBound, time) }
}

/// How a range is divided: into buckets of a width, filled from statistics of a period or, without one, from readings.
struct BucketGrid: Hashable {
    let width: Int64
    let period: StatisticPeriod?

    /// The narrowest buckets of which at most `count` touch the range; filled from statistics of a period or of longer ones.
    init(_ range: Range<Int64>, atMost count: Int, _ kept: KeptFrom, from least: StatisticPeriod? = nil) {
        // Starts are multiples of the width since 1970, so a chart that moves shows the same buckets; one more then touches the range.
        let wanted = max(1, Int64(range.count).ceiling(to: Int64(count - 1)) / Int64(count - 1))
        // Of a period twice as long, a pixel would lose half its width to rounding.
        let affordable = StatisticPeriod.allCases.last { 2 * $0.milliseconds <= wanted }
        let isLeft = { (period: StatisticPeriod?) in kept[period] <= range.lowerBound }
        let left = isLeft(nil) ? nil : StatisticPeriod.allCases.first(where: isLeft)
        period = [affordable, left, least].compactMap { $0 }.max()
        width = period.map { wanted.ceiling(to: $0.milliseconds) } ?? wanted
    }
}

/// Fills buckets in order of time.
struct BucketLine {
    private let width: Int64
    private var done: [Bucket] = []
    private var current: Rollup?

    init(_ width: Int64) { self.width = width }

    mutating func add(_ time: Int64, _ value: Double) {
        if let current, time < current.start + width {} else { begin(time, value) }
        current?.add(value)
    }

    /// Takes a shorter period whole. Held power without a reading is no reading.
    mutating func add(_ rollup: Rollup) {
        guard rollup.count > 0 else { return }
        if let before = current, rollup.start < before.start + width {
            current = Rollup.combined([before, rollup], start: before.start)
        } else {
            begin(rollup.start, 0)
            current = Rollup.combined(CollectionOfOne(rollup), start: rollup.start.floor(to: width))
        }
    }

    private mutating func begin(_ time: Int64, _ value: Double) {
        close()
        current = Rollup(start: time.floor(to: width), held: value)
    }

    private mutating func close() {
        guard let rollup = current, rollup.count > 0 else { return }
        done.append(
            Bucket(
                start: Timestamp(milliseconds: rollup.start), count: rollup.count, min: rollup.min, mean: rollup.sum / Double(rollup.count),
                max: rollup.max, last: rollup.last))
    }

    mutating func finish() -> [Bucket] {
        close()
        return done
    }
}
