internal import Synchronization

/// A series that something is asked about, as it was when the question began.
struct AskedSeries: Hashable, Sendable {
    let id: SeriesID
    let line: UInt64
    let kind: SeriesKind
    let kept: KeptFrom

    init(_ row: SeriesRow) {
        (id, line, kind, kept) = (row.id, row.line, row.entry.series.kind, row.entry.kept)
    }
}

extension ClickHouseTelemetry {
    /// Readings of one series, from one end of a range.
    public func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading] {
        try limits.check(page: limit)
        let asked = try asked(series)
        return try await page(asked, Self.milliseconds(range).from(asked.kept.raw), order, limit: limit)
    }

    /// A series of numbers as a chart of so many pixels needs it.
    public func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        try limits.check(buckets: count)
        let asked = try asked(series, numbers: true), range = Self.milliseconds(range)
        var grid = BucketGrid(range, atMost: count, asked.kept)
        if grid.period == nil, try await self.count(asked, range) > limits.scanned {
            grid = BucketGrid(range, atMost: count, asked.kept, from: .fiveMinutes)
        }
        let kept = range.from(asked.kept[grid.period])
        var line = BucketLine(grid.width)
        if let period = grid.period {
            for rollup in try await joined(asked, period, kept, width: grid.width) { line.add(rollup) }
        } else {
            for rollup in try await aggregates(asked, kept, width: grid.width) { line.add(rollup) }
        }
        return BucketedSeries(width: grid.width, buckets: line.finish())
    }

    /// Statistics by periods that begin in a range.
    public func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        try limits.check(range, every: period)
        let asked = try asked(series, numbers: true)
        let rollups = try await rollups(asked, period, Self.milliseconds(range).from(asked.kept[period]))
        return rollups.map { $0.statistic(asked.kind) }
    }

    /// The reading with the latest time of each series that has one.
    public func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] {
        var rest = try series.map { try asked($0) }
        var latest: [SeriesID: Reading] = [:]
        var before: [UInt64: Int64] = [:]
        // A day is marked before it has readings; where that failed, an earlier one is looked at.
        while !rest.isEmpty {
            let days = try await lastDays(rest, before: before)
            for (day, some) in Dictionary(grouping: rest, by: { days[$0.line] }) {
                guard let day else { continue }
                latest.merge(try await newest(some, of: day)) { $1 }
            }
            before = days
            rest = rest.filter { latest[$0.id] == nil && days[$0.line] != nil }
        }
        let kept = Dictionary(try series.map { try asked($0) }.map { ($0.id, $0.kept.raw) }) { $1 }
        return latest.filter { id, reading in kept[id].map { reading.time.milliseconds >= $0 } ?? false }
    }

    func asked(_ id: SeriesID, numbers: Bool = false) throws -> AskedSeries {
        try checkOpen()
        return try register.withLock { register in
            if numbers { _ = try register.book.numbers(id) }
            return AskedSeries(try register.row(id))
        }
    }

    private static func milliseconds(_ range: Range<Timestamp>) -> Range<Int64> {
        Timestamp.milliseconds(range.clamped(to: .earliest ..< .end))
    }
}

extension ClickHouseTelemetry {
    /// Up to `limit` readings from one end of a range.
    func page(_ asked: AskedSeries, _ range: Range<Int64>, _ order: ReadingOrder, limit: Int) async throws -> [Reading] {
        guard !range.isEmpty else { return [] }
        var days = try await days(asked, range)[...]
        var found: [Reading] = []
        // A few days at first, then more: sorting a year for its last reading would take a second.
        var step = limit < 1_000 ? 1 : 8
        while found.count < limit, !days.isEmpty {
            let some = order == .oldestFirst ? days.prefix(step) : days.suffix(step)
            days = order == .oldestFirst ? days.dropFirst(step) : days.dropLast(step)
            let part = range.clamped(to: (some.first ?? 0) * Self.day..<((some.last ?? 0) + 1) * Self.day)
            found += try await rows(asked, part, order, limit: limit - found.count)
            step *= 8
        }
        return found
    }

    private static let day = StatisticPeriod.day.milliseconds

    /// The days of a range that a series has readings of, earliest first; those of which storing failed too.
    private func days(_ asked: AskedSeries, _ range: Range<Int64>) async throws -> [Int64] {
        let (first, last) = (range.lowerBound / Self.day, (range.upperBound - 1) / Self.day)
        var rows = try await connection.rows(
            """
            SELECT DISTINCT day FROM \(ClickHouseTable.changes.rawValue)
            WHERE series = \(asked.line) AND day >= \(first) AND day <= \(last) ORDER BY day
            """)
        return try rows.all { Int64(try $0.integer(Int32.self)) }
    }

    private func rows(_ asked: AskedSeries, _ range: Range<Int64>, _ order: ReadingOrder, limit: Int) async throws -> [Reading] {
        let isState = asked.kind == .state
        let table = isState ? ClickHouseTable.texts : .readings
        var rows = try await connection.rows(
            """
            SELECT time, \(isState ? "text" : "number") FROM \(table.rawValue) WHERE series = \(asked.line) AND \(SQL.within(range))
            ORDER BY time\(order == .oldestFirst ? "" : " DESC"), version DESC LIMIT 1 BY time LIMIT \(limit)
            """)
        return try rows.all { row in
            let time = Timestamp(milliseconds: try row.integer())
            return Reading(asked.id, at: time, isState ? .state(try row.text()) : .number(try row.double()))
        }
    }

    /// The last marked day of series, before given ones.
    private func lastDays(_ series: [AskedSeries], before: [UInt64: Int64]) async throws -> [UInt64: Int64] {
        var days: [UInt64: Int64] = [:]
        for (limit, some) in Dictionary(grouping: series, by: { before[$0.line] ?? Int64(Int32.max) }) {
            for lines in SQL.lists(some.map(\.line)) {
                var rows = try await connection.rows(
                    """
                    SELECT series, max(day) FROM \(ClickHouseTable.changes.rawValue)
                    WHERE series IN (\(lines)) AND day < \(limit) GROUP BY series
                    """)
                while !rows.isAtEnd { days[try rows.integer()] = Int64(try rows.integer(Int32.self)) }
            }
        }
        return days
    }

    /// The newest readings that series have of a day.
    private func newest(_ series: [AskedSeries], of day: Int64) async throws -> [SeriesID: Reading] {
        let ids = Dictionary(series.map { ($0.line, $0.id) }) { $1 }
        var newest: [SeriesID: Reading] = [:]
        for (isState, some) in Dictionary(grouping: series, by: { $0.kind == .state }) {
            for lines in SQL.lists(some.map(\.line)) {
                var rows = try await connection.rows(
                    """
                    SELECT series, time, \(isState ? "text" : "number") FROM \((isState ? ClickHouseTable.texts : .readings).rawValue)
                    WHERE series IN (\(lines)) AND \(SQL.within(day * Self.day..<(day + 1) * Self.day))
                    ORDER BY series, time DESC, version DESC LIMIT 1 BY series
                    """)
                while !rows.isAtEnd {
                    let (line, time) = (try rows.integer(UInt64.self), Timestamp(milliseconds: try rows.integer()))
                    let value: ReadingValue = isState ? .state(try rows.text()) : .number(try rows.double())
                    if let id = ids[line] { newest[id] = Reading(id, at: time, value) }
                }
            }
        }
        return newest
    }
}

/// Parts of statements.
enum SQL {
    /// Rows whose time lies in a range, which is not empty.
    static func within(_ range: Range<Int64>, _ column: String = "time") -> String {
        let months = (Month(containing: range.lowerBound).stamp, Month(containing: max(range.lowerBound, range.upperBound - 1)).stamp)
        return "month >= \(months.0) AND month <= \(months.1) AND \(column) >= \(range.lowerBound) AND \(column) < \(range.upperBound)"
    }

    /// Lines as lists of a length that statements may have.
    static func lists(_ lines: [UInt64], of size: Int = 20_000) -> [String] {
        stride(from: 0, to: lines.count, by: size).map { start in
            lines[start...].prefix(size).map { String($0) }.joined(separator: ",")
        }
    }
}
