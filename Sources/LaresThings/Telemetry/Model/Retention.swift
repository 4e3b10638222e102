/// How long a series is kept, in whole days; nil keeps it as long as the series is there. Statistics by day always stay.
public struct Retention: Hashable, Sendable {
    /// Its readings.
    public var rawDays: Int?
    /// Its statistics by five minutes; as long as the readings or longer.
    public var fiveMinuteDays: Int?
    /// Its statistics by hour; as long as those by five minutes or longer.
    public var hourDays: Int?

    /// A retention.
    public init(rawDays: Int?, fiveMinuteDays: Int?, hourDays: Int?) {
        self.rawDays = rawDays
        self.fiveMinuteDays = fiveMinuteDays
        self.hourDays = hourDays
    }

    /// Everything stays.
    public static let forever = Retention(rawDays: nil, fiveMinuteDays: nil, hourDays: nil)

    /// - Throws: ``TelemetryError`` with code `badRetention`.
    func check() throws {
        let days = [rawDays, fiveMinuteDays, hourDays].map { $0 ?? .max }
        guard days.allSatisfy({ $0 >= 1 && ($0 <= 100_000 || $0 == .max) }), days[0] <= days[1], days[1] <= days[2] else {
            throw TelemetryError(
                .badRetention,
                "a retention is 1 to 100,000 days, statistics by five minutes stay as long as readings or longer, those by hour longest")
        }
    }
}

/// From when on a series still has what it had; what is older was deleted.
struct KeptFrom: Hashable, Sendable {
    /// Milliseconds since 1970, whole days.
    var raw: Int64 = 0
    var fiveMinutes: Int64 = 0
    var hours: Int64 = 0

    /// What is left after a retention was applied; it never grows back.
    func after(_ retention: Retention, now: Int64) -> KeptFrom {
        func cut(_ days: Int?, _ before: Int64) -> Int64 {
            guard let days else { return before }
            return max(before, (now - Int64(days) * 86_400_000).floor(to: 86_400_000))
        }
        return KeptFrom(
            raw: cut(retention.rawDays, raw), fiveMinutes: cut(retention.fiveMinuteDays, fiveMinutes),
            hours: cut(retention.hourDays, hours))
    }

    /// The first time that statistics of a period have; nil period: readings.
    subscript(period: StatisticPeriod?) -> Int64 {
        switch period {
        case nil: raw
        case .fiveMinutes: fiveMinutes
        case .hour: hours
        case .day: 0
        }
    }
}
