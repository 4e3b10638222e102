extension TelemetryStore {
    /// Statistics of periods between given times: the days of a place, which have 23 to 25 hours where clocks change, or months that are billed.
    ///
    /// They are put together from hours or, where a time is not a whole hour, from five minutes.
    ///
    /// - Parameters:
    ///   - series: which one.
    ///   - times: where each period begins, and at last where the last one ends; rising multiples of five minutes.
    /// - Throws: as ``statistics(of:in:every:)``; `badTime` when the times are no such.
    public func statistics(of series: SeriesID, between times: [Timestamp]) async throws -> [Statistic] {
        let areWhole = { (period: StatisticPeriod) in times.allSatisfy { $0.milliseconds % period.milliseconds == 0 } }
        guard areWhole(.fiveMinutes), zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw TelemetryError(.badTime, "periods are divided at rising multiples of five minutes: round the times, and sort them")
        }
        guard let first = times.first, let last = times.last else { return [] }
        return Statistic.joined(
            try await statistics(of: series, in: first..<last, every: areWhole(.hour) ? .hour : .fiveMinutes), by: times)
    }
}

extension Statistic {
    /// Joins statistics to those of longer periods, given where these begin and where the last of them ends.
    fileprivate static func joined(_ parts: [Statistic], by times: [Timestamp]) -> [Statistic] {
        var joined: [Statistic] = []
        var rest = parts[...]
        for (start, end) in zip(times, times.dropFirst()) {
            let inside = rest.prefix { $0.start < end }
            rest = rest.dropFirst(inside.count)
            if let whole = Statistic(inside, start: start) { joined.append(whole) }
        }
        return joined
    }

    /// A longer period; nil without parts.
    private init?(_ parts: some Collection<Statistic>, start: Timestamp) {
        guard let first = parts.first else { return nil }
        self = parts.dropFirst().reduce(into: first) { whole, part in
            whole.mean = whole.count + part.count == 0 ? part.mean : whole.mean(with: part)
            whole.count += part.count
            whole.min = Swift.min(whole.min, part.min)
            whole.max = Swift.max(whole.max, part.max)
            whole.last = part.last
            if let amount = part.amount { whole.amount = (whole.amount ?? 0) + amount }
        }
        self.start = start
    }

    private func mean(with other: Statistic) -> Double {
        mean + (other.mean - mean) * (Double(other.count) / Double(count + other.count))
    }
}
