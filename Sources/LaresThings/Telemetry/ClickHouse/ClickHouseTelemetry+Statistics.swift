internal import Synchronization

extension ClickHouseTelemetry {
    /// Statistics of periods that begin in a range.
    ///
    /// Where readings are gone, as they were stored. Where they are there, five minutes are made from them; hours and days too, of days that changed
    /// since statistics were last stored.
    func rollups(_ asked: AskedSeries, _ period: StatisticPeriod, _ range: Range<Int64>) async throws -> [Rollup] {
        let (old, new) = (range.clamped(to: 0..<asked.kept.raw), range.from(asked.kept.raw))
        let width = period.milliseconds
        let starts = new.lowerBound.ceiling(to: width)..<new.upperBound.ceiling(to: width)
        guard period != .fiveMinutes else {
            return try await stored(asked, period, old) + computed(asked, starts, period)
        }
        let changed = try await changedDays(asked, starts, asked.kind.reachDays)
        var fresh: [Rollup] = []
        for days in changed {
            fresh += try await computed(asked, days, period).filter { starts.contains($0.start) }
        }
        let stored = try await stored(asked, period, range).filter { rollup in !changed.contains { $0.contains(rollup.start) } }
        return fresh.isEmpty ? stored : (stored + fresh).sorted { $0.start < $1.start }
    }

    /// Statistics as they are stored, without those that were taken back.
    func stored(_ asked: AskedSeries, _ period: StatisticPeriod, _ range: Range<Int64>) async throws -> [Rollup] {
        guard !range.isEmpty else { return [] }
        var rows = try await connection.rows(
            """
            SELECT start, count, min, max, sum, last, amount FROM \(ClickHouseTable.rollups.rawValue)
            WHERE period = \(period.rawValue) AND series = \(asked.line) AND \(SQL.within(range, "start"))
            ORDER BY start, version DESC LIMIT 1 BY start
            """)
        return try rows.all { row in
            Rollup(
                start: try row.integer(), count: try row.count(), min: try row.double(), max: try row.double(), sum: try row.double(),
                last: try row.double(), amount: try row.double())
        }.filter { !$0.isTakenBack }
    }

    /// Stretches of whole days, not before readings are there, whose stored statistics may not be those of the readings.
    func changedDays(
        _ asked: AskedSeries, _ range: Range<Int64>, _ reach: (before: Int64, after: Int64)
    ) async throws -> [Range<Int64>] {
        guard !range.isEmpty else { return [] }
        let day = StatisticPeriod.day.milliseconds
        let (first, last) = (range.lowerBound / day, (range.upperBound - 1) / day)
        let near = first - reach.after..<last + reach.before + 1
        let days = try await changes.answer(asked.line, near) { try await self.changedDays($1, $0) } ?? []
        return Self.stretches(days, reach).map { ($0.lowerBound * day..<$0.upperBound * day).clamped(to: first * day..<(last + 1) * day) }
            .filter { !$0.isEmpty }
    }

    /// The days of a range that changed, of each series that has any.
    private func changedDays(_ lines: [UInt64], _ days: Range<Int64>) async throws -> [UInt64: [Int64]] {
        var changed: [UInt64: [Int64]] = [:]
        for list in SQL.lists(lines) {
            var rows = try await connection.rows(
                """
                SELECT series, day FROM \(ClickHouseTable.changes.rawValue) WHERE series IN (\(list))
                AND day >= \(days.lowerBound) AND day < \(days.upperBound) AND version > \(rolled.withLock(\.self))
                GROUP BY series, day ORDER BY series, day
                """)
            while !rows.isAtEnd { changed[try rows.integer(), default: []].append(Int64(try rows.integer(Int32.self))) }
        }
        return changed
    }

    /// Days, and those near them, as stretches. A stretch with a gap of a month is made in less time than two.
    static func stretches(_ days: [Int64], _ reach: (before: Int64, after: Int64)) -> [Range<Int64>] {
        days.reduce(into: []) { stretches, day in
            let range = day - reach.before..<day + reach.after + 1
            if let last = stretches.last, range.lowerBound <= last.upperBound + 31 {
                stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                stretches.append(range)
            }
        }
    }

    /// Statistics made from the readings of whole periods.
    func computed(_ asked: AskedSeries, _ range: Range<Int64>, _ period: StatisticPeriod) async throws -> [Rollup] {
        guard !range.isEmpty else { return [] }
        guard asked.kind.reach > 0 else { return try await aggregates(asked, range, width: period.milliseconds) }
        return Rollup.lengthened(try await fiveMinutes(asked, range), from: .fiveMinutes)[period] ?? []
    }

    /// Counts, sums and extremes by the multiples of a width; amounts are left out.
    func aggregates(_ asked: AskedSeries, _ range: Range<Int64>, width: Int64) async throws -> [Rollup] {
        guard !range.isEmpty else { return [] }
        var rows = try await connection.rows(
            """
            SELECT toInt64(intDiv(time, \(width)) * \(width)) AS start, count(), min(n), max(n), sum(n), argMax(n, time) FROM (
            SELECT time, argMax(number, version) AS n FROM \(ClickHouseTable.readings.rawValue)
            WHERE series = \(asked.line) AND \(SQL.within(range)) GROUP BY time) GROUP BY start ORDER BY start
            """)
        return try rows.all { try Rollup(aggregated: &$0) }
    }

    /// Five minutes of power or a meter, for which the readings around the range count too.
    private func fiveMinutes(_ asked: AskedSeries, _ range: Range<Int64>) async throws -> [Rollup] {
        let before = max(0, range.lowerBound - asked.kind.reach)..<range.lowerBound
        let last = try await number(asked, before, .newestFirst)
        var builder = RollupBuilder(asked.kind, range, after: last, pulse: try await pulse(asked, upTo: last?.time))
        for month in Month.spanning(range) {
            var rows = try await connection.rows(
                """
                SELECT time, argMax(number, version) FROM \(ClickHouseTable.readings.rawValue)
                WHERE series = \(asked.line) AND \(SQL.within(range.clamped(to: month.range))) GROUP BY time ORDER BY time
                """)
            while !rows.isAtEnd { builder.add(try rows.integer(), try rows.double()) }
        }
        guard asked.kind == .power else { return builder.finish(before: nil) }
        return builder.finish(before: try await number(asked, range.upperBound..<range.upperBound + asked.kind.reach, .oldestFirst)?.time)
    }

    /// The last pulse up to a reading of power, or the one before it.
    private func pulse(_ asked: AskedSeries, upTo time: Int64?) async throws -> Int64? {
        guard asked.kind == .power, let time, !PulseTime.isPulse(time) else { return nil }
        let latest = PulseTime.latest(upTo: time)
        for pulse in [latest, latest - PulseTime.period] where pulse >= 0 {
            if try await number(asked, pulse..<pulse + 1, .newestFirst) != nil { return pulse }
        }
        return nil
    }

    /// The number nearest to an end of a range.
    private func number(_ asked: AskedSeries, _ range: Range<Int64>, _ order: ReadingOrder) async throws -> (time: Int64, value: Double)? {
        guard let reading = try await page(asked, range, order, limit: 1).first, case .number(let value) = reading.value else { return nil }
        return (reading.time.milliseconds, value)
    }

    /// How many readings a range has; some count twice until servers have merged them.
    func count(_ asked: AskedSeries, _ range: Range<Int64>) async throws -> Int {
        guard !range.isEmpty else { return 0 }
        var rows = try await connection.rows(
            "SELECT count() FROM \(ClickHouseTable.readings.rawValue) WHERE series = \(asked.line) AND \(SQL.within(range))")
        return rows.isAtEnd ? 0 : try rows.count()
    }
}

extension Rollup {
    /// Reads start, count, min, max, sum and last.
    init(aggregated row: inout RowBinaryReader) throws {
        self.init(
            start: try row.integer(), count: try row.count(), min: try row.double(), max: try row.double(), sum: try row.double(),
            last: try row.double(), amount: 0)
    }

    /// All longer periods too: days from hours, as everywhere, because sums of doubles depend on their order.
    static func lengthened(_ rollups: [Rollup], from finest: StatisticPeriod) -> RollupChanges {
        var all: RollupChanges = [finest: rollups]
        var last = rollups
        for period in StatisticPeriod.allCases where period > finest {
            last = joined(last, every: period)
            all[period] = last
        }
        return all
    }

    /// Longer periods from all the shorter ones they consist of, in order of time.
    private static func joined(_ parts: [Rollup], every period: StatisticPeriod) -> [Rollup] {
        var joined: [Rollup] = []
        var rest = parts[...]
        while let first = rest.first {
            let start = first.start.floor(to: period.milliseconds)
            let inside = rest.prefix { $0.start < start + period.milliseconds }
            rest = rest.dropFirst(inside.count)
            if let whole = Rollup.combined(inside, start: start) { joined.append(whole) }
        }
        return joined
    }
}

extension SeriesKind {
    /// Days before and after one with a new reading whose statistics it may change.
    var reachDays: (before: Int64, after: Int64) {
        switch self {
        case .measurement, .state: (0, 0)
        case .power: (1, 1)
        case .meter: (0, 28)
        }
    }
}
