/// Statistics that new readings change, in order of time.
typealias RollupChanges = [StatisticPeriod: [Rollup]]

extension SeriesSource {
    /// The whole five-minute periods whose statistics these readings change, in order and apart from each other.
    ///
    /// Power holds until the next reading and a meter grows from the last one, so neighbours' periods change too.
    func affected(by times: some Sequence<Int64>) throws -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        for (first, last) in stretches(times) {
            switch kind {
            case .measurement, .state: ranges.append(first..<last + 1)
            case .power:
                // A pulse also says how long those shortly after it hold.
                let next = try number(from: last + 2 * PulseTime.period) ?? number(from: last + 1)
                ranges.append((try number(before: first)?.time ?? first)..<(next?.time ?? last) + 1)
            case .meter:
                ranges.append(first..<last + 1)
                if let next = try number(from: last + 1)?.time { ranges.append(next..<next + 1) }
            }
        }
        return joined(ranges.map { Self.whole($0, .fiveMinutes) })
    }

    /// First and last of readings that are less than an hour apart. Looking for neighbours costs more than making twelve periods again.
    private func stretches(_ times: some Sequence<Int64>) -> [(first: Int64, last: Int64)] {
        var stretches: [(first: Int64, last: Int64)] = []
        for time in times {
            if let last = stretches.last?.last, time - last < StatisticPeriod.hour.milliseconds {
                stretches[stretches.count - 1].last = time
            } else {
                stretches.append((time, time))
            }
        }
        return stretches
    }

    private func joined(_ ranges: [Range<Int64>]) -> [Range<Int64>] {
        var joined: [Range<Int64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, last.upperBound >= range.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// Whole periods around a range.
    static func whole(_ range: Range<Int64>, _ period: StatisticPeriod) -> Range<Int64> {
        range.lowerBound.floor(to: period.milliseconds)..<range.upperBound.ceiling(to: period.milliseconds)
    }

    /// Makes statistics again from readings: those by five minutes of the given periods, and those by hour and day that hold them.
    func rollups(again ranges: [Range<Int64>], upTo longest: StatisticPeriod = .day) throws -> RollupChanges {
        var changes: RollupChanges = [.fiveMinutes: try ranges.flatMap(fiveMinutes)]
        for (fine, coarse) in [(StatisticPeriod.fiveMinutes, StatisticPeriod.hour), (.hour, .day)] where coarse <= longest {
            changes[coarse] = try combined(changes[fine] ?? [], fine, coarse)
        }
        return changes
    }

    private func fiveMinutes(_ range: Range<Int64>) throws -> [Rollup] {
        let before = try number(before: range.lowerBound)
        var builder = RollupBuilder(kind, range, after: before, pulse: try before.flatMap { try pulse(upTo: $0.time) })
        try scan(range) { builder.add($0, $1) }
        return builder.changes(before: kind == .power ? try number(from: range.upperBound)?.time : nil)
    }

    /// The last pulse up to a reading of power, or the one before it.
    private func pulse(upTo time: Int64) throws -> Int64? {
        guard kind == .power, !PulseTime.isPulse(time) else { return nil }
        let latest = PulseTime.latest(upTo: time)
        return try [latest, latest - PulseTime.period].first { try $0 >= 0 && !page($0..<$0 + 1, .newestFirst, limit: 1).isEmpty }
    }

    /// Longer periods from shorter ones that changed and those stored beside them.
    private func combined(_ changed: [Rollup], _ fine: StatisticPeriod, _ coarse: StatisticPeriod) throws -> [Rollup] {
        var whole: [Rollup] = []
        var rest = changed[...]
        while let first = rest.first {
            let start = first.start.floor(to: coarse.milliseconds)
            let new = rest.prefix { $0.start < start + coarse.milliseconds }
            rest = rest.dropFirst(new.count)
            let stored = try self.stored(fine, start..<start + coarse.milliseconds)
            whole.append(Rollup.combined(Self.overlaid(stored, new), start: start) ?? .nothing(start: start))
        }
        return whole
    }

    /// Statistics as the files have them.
    func stored(_ period: StatisticPeriod, _ range: Range<Int64>) throws -> [Rollup] {
        try Month.spanning(range).flatMap { month in
            try months.read(month) { try $0.rollups(period, series, range.clamped(to: month.range)) } ?? []
        }
    }

    /// Stored statistics with changed ones in their places, without those of which nothing is left.
    static func overlaid(_ stored: [Rollup], _ changed: some Collection<Rollup>) -> [Rollup] {
        guard !changed.isEmpty else { return stored }
        guard !stored.isEmpty else { return changed.filter { !$0.isNothing } }
        var both = Dictionary(stored.map { ($0.start, $0) }, uniquingKeysWith: { $1 })
        for rollup in changed { both[rollup.start] = rollup }
        return both.values.filter { !$0.isNothing }.sorted { $0.start < $1.start }
    }
}
