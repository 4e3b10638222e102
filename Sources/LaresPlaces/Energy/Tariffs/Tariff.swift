/// What energy costs from a day on, until the next tariff begins. All prices are in one currency, for a kilowatt-hour, taxes included.
public struct Tariff: Hashable, Sendable {
    /// The first day on which it holds.
    public let from: CalendarDay
    /// What a kilowatt-hour from the grid costs.
    public let price: Price
    /// What is paid for a kilowatt-hour that goes to the grid.
    public let feedIn: Double
    /// What each day costs, whatever is used.
    public let standing: Double

    /// What a kilowatt-hour from the grid costs.
    public enum Price: Hashable, Sendable {
        /// Always the same.
        case fixed(Double)
        /// What the first block says that holds, or else something else.
        case timeOfUse([Block], otherwise: Double)
        /// What the hour costs on the market, times a factor, and something on top; for hours without a price, something else. Nil: their cost
        /// isn't known.
        case hourly(factor: Double, surcharge: Double, otherwise: Double?)
    }

    /// A price at some times of the week, by wall clocks: where clocks show an hour twice, it holds in both.
    public struct Block: Hashable, Sendable {
        /// Its times.
        public let times: WeeklyBlock
        /// What holidays mean to it; nil: nothing.
        public let holidays: Schedule.HolidayFilter?
        /// What a kilowatt-hour costs in it.
        public let price: Double

        /// Nil without an end, and for times that aren't whole multiples of five minutes, in which consumption is known.
        public init?(_ times: WeeklyBlock, holidays: Schedule.HolidayFilter? = nil, price: Double) {
            guard let end = times.to, times.from.seconds % 300 == 0, end.seconds % 300 == 0 else { return nil }
            (self.times, self.holidays, self.price) = (times, holidays, price)
        }
    }

    /// A tariff.
    public init(from: CalendarDay, price: Price, feedIn: Double = 0, standing: Double = 0) {
        (self.from, self.price, self.feedIn, self.standing) = (from, price, feedIn, standing)
    }
}

/// The tariffs of a home, one after the other.
public struct TariffBook: Hashable, Sendable {
    /// How many tariffs there may be.
    public static let most = 200
    /// How many blocks each may have.
    public static let mostBlocks = 64

    /// The currency: three letters (ISO 4217).
    public let currency: String
    /// The tariffs, by their days.
    public let tariffs: [Tariff]

    /// Nil for another currency than three capital letters, for too many tariffs or blocks, and for two that begin on the same day.
    public init?(currency: String, _ tariffs: [Tariff]) {
        let isCurrency = currency.utf8.count == 3 && currency.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        guard isCurrency, tariffs.count <= Self.most, Set(tariffs.map(\.from)).count == tariffs.count,
            tariffs.allSatisfy({ $0.blocks.count <= Self.mostBlocks })
        else { return nil }
        (self.currency, self.tariffs) = (currency, tariffs.sorted { $0.from < $1.from })
    }

    /// The tariff of a day; nil before the first.
    public func tariff(on day: CalendarDay) -> Tariff? { tariffs.last { $0.from <= day } }
}

extension Tariff {
    var blocks: [Block] { if case .timeOfUse(let blocks, _) = price { blocks } else { [] } }
    var isHourly: Bool { if case .hourly = price { true } else { false } }
}

extension Tariff.Block {
    /// Whether it holds when wall clocks show a time.
    func holds(on day: CalendarDay, at seconds: Int, holidays calendars: [String: HolidayCalendar]) -> Bool {
        guard let to = times.to else { return false }
        if times.from < to { return begins(on: day, calendars) && times.from.seconds <= seconds && seconds < to.seconds }
        // Over midnight it belongs to the day on which it begins.
        return seconds >= times.from.seconds && begins(on: day, calendars) || seconds < to.seconds && begins(on: day.adding(-1), calendars)
    }

    private func begins(on day: CalendarDay, _ calendars: [String: HolidayCalendar]) -> Bool {
        guard times.days.contains(day.weekday) else { return false }
        guard let holidays else { return true }
        return holidays.calendars.contains { calendars[$0]?.days[day] != nil } == (holidays.rule == .only)
    }
}
