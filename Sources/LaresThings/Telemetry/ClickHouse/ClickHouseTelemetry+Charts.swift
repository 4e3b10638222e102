extension ClickHouseTelemetry {
    /// What is in each bucket of a chart: from stored statistics of a period, and from readings where those may have changed since.
    ///
    /// They are put together where they are: a year by the hour is 8,760 rows, a chart of it 500.
    func joined(_ asked: AskedSeries, _ period: StatisticPeriod, _ range: Range<Int64>, width: Int64) async throws -> [Rollup] {
        let whole = range.lowerBound.floor(to: period.milliseconds)..<range.upperBound.ceiling(to: period.milliseconds)
        let new = whole.from(asked.kept.raw)
        // Only power that holds shows beside its own day.
        let isPower = asked.kind == .power
        let changed = period == .fiveMinutes ? [new] : try await changedDays(asked, new, isPower ? asked.kind.reachDays : (0, 0))
        let fresh = Self.widened(changed, to: width).map { $0.clamped(to: new) }.filter { !$0.isEmpty }
        var parts = try await stored(asked, ChartQuestion(period: period, range: whole, width: width), without: fresh)
        for range in fresh {
            parts += isPower ? try await computed(asked, range, period) : try await aggregates(asked, range, width: width)
        }
        // Of a bucket whose first readings are deleted, the stored part comes first.
        return parts.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    }

    /// Ranges as whole buckets, apart from each other.
    private static func widened(_ ranges: [Range<Int64>], to width: Int64) -> [Range<Int64>] {
        ranges.reduce(into: []) { widened, range in
            let wide = range.lowerBound.floor(to: width)..<range.upperBound.ceiling(to: width)
            if let last = widened.last, wide.lowerBound <= last.upperBound {
                widened[widened.count - 1] = last.lowerBound..<max(last.upperBound, wide.upperBound)
            } else {
                widened.append(wide)
            }
        }
    }

    /// Stored statistics by the multiples of a width, without those of ranges that are made from readings.
    private func stored(_ asked: AskedSeries, _ question: ChartQuestion, without fresh: [Range<Int64>]) async throws -> [Rollup] {
        guard !question.range.isEmpty, fresh != [question.range] else { return [] }
        let cut = fresh.first.flatMap { $0.lowerBound == asked.kept.raw ? $0 : nil }
        // Of a bucket in which readings begin to be there, only the part before them is taken.
        if let cut, cut.lowerBound > question.range.lowerBound, cut.lowerBound % question.width != 0 {
            return try await stored([asked.line], question, without: fresh)[asked.line] ?? []
        }
        let found = try await charts.answer(asked.line, question) { try await self.stored($1, $0) } ?? []
        return fresh.isEmpty
            ? found
            : found.filter { rollup in
                !fresh.contains { ($0.lowerBound.floor(to: question.width)..<$0.upperBound).contains(rollup.start) }
            }
    }

    private func stored(
        _ lines: [UInt64], _ question: ChartQuestion, without fresh: [Range<Int64>] = []
    ) async throws -> [UInt64: [Rollup]] {
        let rest = fresh.map { " AND NOT (start >= \($0.lowerBound) AND start < \($0.upperBound))" }.joined()
        let width = question.width
        var found: [UInt64: [Rollup]] = [:]
        for list in SQL.lists(lines, of: 500) {
            var rows = try await connection.rows(
                """
                SELECT series, toInt64(intDiv(start, \(width)) * \(width)) AS bucket, sum(c), min(low), max(high), sum(s), argMax(l, start)
                FROM (SELECT series, start, argMax(count, version) AS c, argMax(min, version) AS low, argMax(max, version) AS high,
                argMax(sum, version) AS s, argMax(last, version) AS l FROM \(ClickHouseTable.rollups.rawValue)
                WHERE period = \(question.period.rawValue) AND series IN (\(list)) AND \(SQL.within(question.range, "start"))\(rest)
                GROUP BY series, start) WHERE c > 0 GROUP BY series, bucket ORDER BY series, bucket
                """)
            while !rows.isAtEnd { found[try rows.integer(), default: []].append(try Rollup(aggregated: &rows)) }
        }
        return found
    }
}
