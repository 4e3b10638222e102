/// What readings of one period come to, as it is stored.
struct Rollup: Hashable, Sendable {
    /// When the period began, in milliseconds since 1970.
    let start: Int64
    var count = 0
    var min: Double
    var max: Double
    var sum = 0.0
    var last: Double
    /// Watt-hours, or a meter's growth.
    var amount = 0.0

    /// A period in which power of a reading before holds, and no reading came yet.
    init(start: Int64, held: Double) {
        self.start = start
        min = held
        max = held
        last = held
    }

    init(start: Int64, count: Int, min: Double, max: Double, sum: Double, last: Double, amount: Double) {
        self.start = start
        self.count = count
        self.min = min
        self.max = max
        self.sum = sum
        self.last = last
        self.amount = amount
    }

    /// A period of which nothing is left, now that more is known.
    static func nothing(start: Int64) -> Rollup {
        Rollup(start: start, count: -1, min: 0, max: 0, sum: 0, last: 0, amount: 0)
    }

    /// Whether nothing is left of it: it takes the place of what was there, and isn't kept.
    var isNothing: Bool { count < 0 }

    /// Takes the next reading of the period.
    mutating func add(_ value: Double) {
        min = count == 0 ? value : Swift.min(min, value)
        max = count == 0 ? value : Swift.max(max, value)
        sum += value
        last = value
        count += 1
    }

    /// A longer period from shorter ones, in order of time; nil without any.
    static func combined(_ parts: some Sequence<Rollup>, start: Int64) -> Rollup? {
        var whole: Rollup?
        for part in parts {
            guard var before = whole else {
                whole = Rollup(
                    start: start, count: part.count, min: part.min, max: part.max, sum: part.sum, last: part.last, amount: part.amount)
                continue
            }
            before.min = Swift.min(before.min, part.min)
            before.max = Swift.max(before.max, part.max)
            before.sum += part.sum
            before.count += part.count
            before.last = part.last
            before.amount += part.amount
            whole = before
        }
        return whole
    }

    func statistic(_ kind: SeriesKind) -> Statistic {
        Statistic(
            start: Timestamp(milliseconds: start), count: count, min: min, mean: count == 0 ? last : sum / Double(count), max: max,
            last: last, amount: kind == .measurement ? nil : amount)
    }
}

extension SeriesKind {
    /// The longest silence, in milliseconds, over which a reading still says something about the time after it.
    var reach: Int64 {
        switch self {
        case .measurement, .state: 0
        // A home that keeps changes alone says nothing while a lamp burns all day.
        case .power: 86_400_000
        // Not longer than a month: neighbours are then at most one file away.
        case .meter: 28 * 86_400_000
        }
    }

    /// How far from a reading, in milliseconds, the periods lie whose statistics it may change.
    var sway: Int64 { reach == 0 ? 0 : reach + 2 * PulseTime.period }
}
