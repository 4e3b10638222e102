internal import Foundation
internal import Synchronization

/// A series of which something new is asked for, from a time on.
private struct AwaitedSeries: Sendable {
    let asked: AskedSeries
    /// In milliseconds since 1970.
    let from: Int64
}

extension ClickHouseTelemetry {
    /// Workers write to the same tables.
    public var isShared: Bool { true }

    /// Numbers of many series that are later than a time of each.
    public func readings(after times: [SeriesID: Timestamp], limit: Int) async throws -> [Reading] {
        try limits.check(page: limit)
        try checkOpen()
        let awaited = register.withLock { register in
            times.compactMap { id, time -> AwaitedSeries? in
                guard let row = try? register.row(id), row.entry.series.kind != .state else { return nil }
                return AwaitedSeries(asked: AskedSeries(row), from: max(time.next.milliseconds, row.entry.kept.raw))
            }
        }
        var found: [Reading] = []
        for some in Self.together(awaited, Timestamp(.now).milliseconds) { found += try await news(some, limit) }
        return found.earliestNumbers(limit)
    }

    /// Series that are asked of together: no further apart in time than ten minutes, or a quarter of how long ago it is, so that little is read
    /// that is known. A condition for each series isn't an option: 200 of them took ClickHouse 18.16 fifteen seconds, and one for 5,000 a half.
    private static func together(_ awaited: [AwaitedSeries], _ now: Int64) -> [[AwaitedSeries]] {
        let sorted = awaited.sorted { ($0.from, $0.asked.line) < ($1.from, $1.asked.line) }
        var groups: [[AwaitedSeries]] = [], first = 0
        for place in sorted.indices {
            let start = sorted[first].from, apart = max(600_000, (now - start) / 4)
            guard place - first == mostTogether || sorted[place].from - start > apart else { continue }
            groups.append(Array(sorted[first..<place]))
            first = place
        }
        return first < sorted.count ? groups + [Array(sorted[first...])] : groups
    }

    private static var mostTogether: Int { 5_000 }

    /// - Parameter some: at least one series, the one with the earliest time first.
    private func news(_ some: [AwaitedSeries], _ limit: Int) async throws -> [Reading] {
        let from = some.first?.from ?? 0, lines = SQL.lists(some.map(\.asked.line)).joined(separator: ",")
        let times = some.map { "\($0.from)" }.joined(separator: ",")
        var rows = try await connection.rows(
            """
            SELECT series, time, number FROM \(ClickHouseTable.readings.rawValue)
            WHERE series IN (\(lines)) AND \(SQL.within(from..<Timestamp.end.milliseconds))
            AND time >= transform(series, [\(lines)], [\(times)], 0)
            ORDER BY time, series, version DESC LIMIT 1 BY time, series LIMIT \(limit)
            """)
        let ids = Dictionary(some.map { ($0.asked.line, $0.asked.id) }) { $1 }
        var found: [Reading] = []
        while !rows.isAtEnd {
            let line = try rows.integer(UInt64.self), time = Timestamp(milliseconds: try rows.integer())
            let number = try rows.double()
            if let id = ids[line] { found.append(Reading(id, at: time, .number(number))) }
        }
        return found
    }
}
