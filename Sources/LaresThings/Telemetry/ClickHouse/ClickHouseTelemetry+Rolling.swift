internal import Synchronization

/// Days of series whose statistics are to be stored again.
typealias ChangedDays = [(line: UInt64, days: [Int64])]

extension Rollup {
    /// What takes the place of stored statistics that are no more: no readings, and a least that is more than the greatest.
    static func takenBack(start: Int64) -> Rollup { Rollup(start: start, count: 0, min: 1, max: 0, sum: 0, last: 0, amount: 0) }

    /// Whether it only says that nothing is left.
    var isTakenBack: Bool { count == 0 && min > max }
}

extension ClickHouseTelemetry {
    /// Stores the statistics, by hour and day, of all that changed since they were stored last.
    ///
    /// Until that is done statistics count as old, so when it fails in the middle it is done again and changes nothing.
    package func rollUp() async throws {
        let start = nextVersion()
        let kept = register.withLock { register in register.rows.mapValues { $0.entry.kept.raw..<Timestamp.end.milliseconds } }
        try await roll("version > \(rolled.withLock(\.self))", from: .hour, kept)
        let done = start - min(start, settings.settling.versions)
        guard done > rolled.withLock(\.self) else { return }
        try await set([.rolled: Int64(clamping: done)])
        rolled.withLock { $0 = done }
    }

    /// Makes statistics again from readings and stores them, where they lie in given ranges.
    ///
    /// - Parameters:
    ///   - condition: which rows of changes are looked at.
    ///   - finest: the shortest period.
    ///   - ranges: where, by line; nowhere for a line that is not among them.
    func roll(_ condition: String, from finest: StatisticPeriod, _ ranges: [UInt64: Range<Int64>]) async throws {
        var after: UInt64 = 0
        while let page = try await changes(condition, after: after) {
            after = page.last?.line ?? .max
            let kinds = register.withLock { register in
                page.compactMap { one in register.rows[one.line].map { (kind: $0.entry.series.kind, line: one.line, days: one.days) } }
            }
            let plain = kinds.filter { $0.kind == .measurement }.map { (line: $0.line, days: $0.days) }
            try await rollPlain(plain, from: finest, ranges)
            for one in kinds where one.kind.reach > 0 { try await rollReaching(one.line, one.days, one.kind, from: finest, ranges) }
        }
    }

    /// More days than the times of readings have: a series is never cut in two.
    private static let mostDays = 100_000

    /// The next series with changes; nil after the last.
    private func changes(_ condition: String, after line: UInt64) async throws -> ChangedDays? {
        guard line < .max else { return nil }
        var rows = try await connection.rows(
            """
            SELECT series, day FROM \(ClickHouseTable.changes.rawValue) WHERE series > \(line) AND \(condition)
            GROUP BY series, day ORDER BY series, day LIMIT \(Self.mostDays)
            """)
        var changes: ChangedDays = []
        var count = 0
        while !rows.isAtEnd {
            let (line, day) = (try rows.integer(UInt64.self), Int64(try rows.integer(Int32.self)))
            if changes.last?.line != line { changes.append((line, [])) }
            changes[changes.count - 1].days.append(day)
            count += 1
        }
        if count == Self.mostDays, changes.count > 1 { changes.removeLast() }
        return changes.isEmpty ? nil : changes
    }

    /// Series whose days stand for themselves: day by day, many at once.
    private func rollPlain(_ changes: ChangedDays, from finest: StatisticPeriod, _ ranges: [UInt64: Range<Int64>]) async throws {
        let width = StatisticPeriod.day.milliseconds
        var lines: [Int64: [UInt64]] = [:]
        for (line, days) in changes {
            for day in days where ranges[line]?.contains(day * width) ?? false { lines[day, default: []].append(line) }
        }
        for (day, lines) in lines.sorted(by: { $0.key < $1.key }) {
            for list in SQL.lists(lines, of: finest == .fiveMinutes ? 500 : 5_000) {
                try await store(try await aggregates(list, day * width..<(day + 1) * width, finest), from: finest)
            }
        }
    }

    /// Counts, sums and extremes of many series.
    private func aggregates(_ lines: String, _ range: Range<Int64>, _ period: StatisticPeriod) async throws -> [UInt64: [Rollup]] {
        var rows = try await connection.rows(
            """
            SELECT series, toInt64(intDiv(time, \(period.milliseconds)) * \(period.milliseconds)) AS start,
            count(), min(n), max(n), sum(n), argMax(n, time) FROM (
            SELECT series, time, argMax(number, version) AS n FROM \(ClickHouseTable.readings.rawValue)
            WHERE series IN (\(lines)) AND \(SQL.within(range)) GROUP BY series, time) GROUP BY series, start ORDER BY series, start
            """)
        var found: [UInt64: [Rollup]] = [:]
        while !rows.isAtEnd { found[try rows.integer(), default: []].append(try Rollup(aggregated: &rows)) }
        return found
    }

    /// A series whose readings change days beside theirs.
    private func rollReaching(
        _ line: UInt64, _ days: [Int64], _ kind: SeriesKind, from finest: StatisticPeriod, _ ranges: [UInt64: Range<Int64>]
    ) async throws {
        guard let row = register.withLock({ $0.rows[line] }), let wanted = ranges[line] else { return }
        let width = StatisticPeriod.day.milliseconds
        for stretch in Self.stretches(days, kind.reachDays) {
            let range = (stretch.lowerBound * width..<stretch.upperBound * width).clamped(to: wanted)
            let rollups = Rollup.lengthened(try await computed(AskedSeries(row), range, .fiveMinutes), from: .fiveMinutes)
            try await store([line: rollups[finest] ?? []], from: finest)
            if kind == .power { try await takeBack(AskedSeries(row), range, besides: rollups, from: finest) }
        }
    }

    /// Has stored statistics of power count no more where none is left: a pulse that came late says that it had ended.
    private func takeBack(_ asked: AskedSeries, _ range: Range<Int64>, besides rollups: RollupChanges, from finest: StatisticPeriod)
        async throws
    {
        for period in StatisticPeriod.allCases where finest <= period {
            let there = Set(rollups[period]?.map(\.start) ?? [])
            let gone = try await stored(asked, period, range).map(\.start).filter { !there.contains($0) }
            try await insert(
                gone.map(Rollup.takenBack), gone.map { _ in asked.line }, gone.map { _ in UInt8(period.rawValue) }, version: nextVersion())
        }
    }

    /// Stores statistics of whole days, and the longer periods they come to.
    private func store(_ rollups: [UInt64: [Rollup]], from finest: StatisticPeriod) async throws {
        var (lines, periods, all): ([UInt64], [UInt8], [Rollup]) = ([], [], [])
        for (line, fine) in rollups.sorted(by: { $0.key < $1.key }) {
            for (period, whole) in Rollup.lengthened(fine, from: finest) {
                all += whole
                lines += repeatElement(line, count: whole.count)
                periods += repeatElement(UInt8(period.rawValue), count: whole.count)
            }
        }
        try await insert(all, lines, periods, version: nextVersion())
    }

    /// Inserts statistics; those of a later version take the place of those before.
    func insert(_ rollups: [Rollup], _ lines: [UInt64], _ periods: [UInt8], version: UInt64) async throws {
        let months = rollups.map { Month(containing: $0.start).stamp }
        let places = AppendedRows.Columns(months: months, series: lines, times: rollups.map(\.start), values: Array(rollups.indices))
        for piece in places.pieces() {
            let some = piece.values.map { rollups[$0] }
            var block = NativeBlock(rows: piece.count)
            block.add("month", piece.months)
            block.add("period", piece.values.map { periods[$0] })
            block.add("series", piece.series)
            block.add("start", piece.times)
            block.add("count", some.map { UInt64($0.count) })
            block.add("min", some.map(\.min))
            block.add("max", some.map(\.max))
            block.add("sum", some.map(\.sum))
            block.add("last", some.map(\.last))
            block.add("amount", some.map(\.amount))
            block.add("version", repeatElement(version, count: piece.count))
            try await connection.insert(block, into: ClickHouseTable.rollups.rawValue)
        }
    }
}
