internal import LaresThings

extension HistoryTable.Column {
    /// One cell for each period of a range; empty before the first reading, and after the last of them all: what is to come isn't known by what was.
    func cells(over range: Range<Timestamp>, every period: StatisticPeriod, in telemetry: any TelemetryStore) async throws
        -> [String]
    {
        guard let series = try await telemetry.series(of: property.thing.description).first(where: { $0.key == SeriesKey(property) }) else {
            throw TelemetryError(.seriesNotFound, "nothing was ever reported for '\(property)'")
        }
        let (step, by) = (period.milliseconds, Int64(shift) * period.milliseconds)
        let end = try await telemetry.latest(of: [series.id])[series.id]?.time.milliseconds ?? -1
        let starts = stride(from: range.lowerBound.milliseconds + by, to: range.upperBound.milliseconds + by, by: Int(step))
        let shifted = Self.moment(range.lowerBound.milliseconds + by)..<Self.moment(range.upperBound.milliseconds + by)
        let known = try await known(over: shifted, every: period, of: series, in: telemetry)
        var last = value == .amount ? "" : try await before(shifted.lowerBound, of: series, in: telemetry) ?? ""
        return starts.map { start in
            if let cell = known[start] { last = cell } else if value == .amount { last = "0" }
            return (0...end).contains(start) ? last : ""
        }
    }

    private static func moment(_ milliseconds: Int64) -> Timestamp {
        min(.end, Timestamp(milliseconds: max(0, milliseconds)))
    }

    /// The cells of periods in which something was reported, by when they begin.
    private func known(
        over range: Range<Timestamp>, every period: StatisticPeriod, of series: Series, in telemetry: any TelemetryStore
    ) async throws -> [Int64: String] {
        var cells: [Int64: String] = [:]
        guard series.kind == .state else {
            let statistics =
                value == .mean
                ? try await telemetry.timedStatistics(of: series, in: range, every: period)
                : try await telemetry.statistics(of: series.id, in: range, every: period)
            for statistic in statistics {
                cells[statistic.start.milliseconds] = HistoryTable.number(try number(of: statistic))
            }
            return cells
        }
        for try await page in telemetry.pages(of: series.id, in: range) {
            for reading in page {
                let time = reading.time.milliseconds
                cells[time - time % period.milliseconds] = HistoryTable.cell(reading.value)
            }
        }
        return cells
    }

    /// What was reported last before a moment.
    private func before(_ moment: Timestamp, of series: Series, in telemetry: any TelemetryStore) async throws -> String? {
        guard moment > .earliest else { return nil }
        return try await telemetry.readings(of: series.id, in: .earliest..<moment, order: .newestFirst, limit: 1).first.map {
            HistoryTable.cell($0.value)
        }
    }

    private func number(of statistic: Statistic) throws -> Double {
        switch value {
        case .mean: return statistic.mean
        case .min: return statistic.min
        case .max: return statistic.max
        case .last: return statistic.last
        case .amount:
            guard let amount = statistic.amount else {
                throw TelemetryError(.wrongKind, "'\(property)' has no amount: only power and meters add up")
            }
            return amount
        }
    }
}

extension HistoryTable {
    fileprivate static func cell(_ value: ReadingValue) -> String {
        switch value {
        case .number(let number): Self.number(number)
        case .state(let text): quoted(text)
        }
    }
}
