extension TelemetryStore {
    /// Numbers of many series that are later than a time of each, asked for one series after the other.
    public func readings(after times: [SeriesID: Timestamp], limit: Int) async throws -> [Reading] {
        var found: [Reading] = []
        for (series, time) in times {
            do {
                found += try await readings(of: series, in: time.next ..< .end, order: .oldestFirst, limit: limit)
            } catch let error as TelemetryError where error.code == .seriesNotFound {
                continue
            }
        }
        return found.earliestNumbers(limit)
    }
}

extension Timestamp {
    /// The first time behind this one that readings may have, or ``end``.
    var next: Timestamp { Timestamp(milliseconds: min(max(milliseconds, -1), Self.end.milliseconds - 1) + 1) }
}

extension [Reading] {
    /// The earliest that are numbers, those of one moment by the numbers of their series.
    func earliestNumbers(_ limit: Int) -> [Reading] {
        let numbers = filter { if case .number = $0.value { true } else { false } }
        return Array(numbers.sorted { ($0.time, $0.series) < ($1.time, $1.series) }.prefix(limit))
    }
}
