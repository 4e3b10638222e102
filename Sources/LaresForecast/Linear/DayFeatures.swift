import Glibc
import LaresTime

/// What a day-ahead forecast looks at, for one time of day of one day.
///
/// Nothing of the load on or behind that day, the temperature until that time, and whether the day after is a holiday.
struct DayFeatures {
    /// Features that belong together, with one weight.
    enum Group: String, Sendable, CaseIterable {
        /// Load of days before.
        case past
        /// Kind of day.
        case day
        /// Kinds of the days that are compared with.
        case previous
        /// Place in the year.
        case year
        /// Temperature of the time, and means of it.
        case warmth
        /// Highest and lowest temperature of the day.
        case extremes
        /// Temperature of the days that are compared with.
        case pastWarmth
    }

    /// The days that must come before.
    static let needed = 14
    /// How many features there are.
    static let count = 43

    private let table: DayTable
    private let logarithmic: Bool
    private let means: [Double], highest: [Double], lowest: [Double]

    init(_ table: DayTable, isLogarithmic: Bool) {
        (self.table, logarithmic) = (table, isLogarithmic)
        let slots = 0..<table.slots
        highest = table.warmth[0].map { $0.max() ?? 0 }
        lowest = table.warmth[0].map { $0.min() ?? 0 }
        means = table.load.indices.map { day in
            slots.reduce(0) { $0 + DayFeatures.level(table.filledLoad(day, $1), isLogarithmic) } / Double(table.slots)
        }
    }

    private static func level(_ load: Double, _ isLogarithmic: Bool) -> Double { isLogarithmic ? log(load) : load }

    /// The load as it is learnt.
    func level(_ day: Int, _ slot: Int) -> Double { DayFeatures.level(table.filledLoad(day, slot), logarithmic) }

    /// The load of a level.
    func load(_ level: Double) -> Double { logarithmic ? exp(level) : level }

    /// What forecasts are differences to: the same time a week before.
    func reference(_ day: Int, _ slot: Int) -> Double { level(day - 7, slot) }

    /// Values and their groups.
    func values(_ day: Int, _ slot: Int) -> [(Group, Double)] {
        past(day, slot).map { (.past, $0) } + kind(day).map { (.day, $0) } + previous(day).map { (.previous, $0) }
            + year(day).map { (.year, $0) } + table.warmth.map { (.warmth, $0[day][slot]) }
            + [(.extremes, highest[day]), (.extremes, lowest[day])] + pastWarmth(day, slot).map { (.pastWarmth, $0) }
    }

    private func past(_ day: Int, _ slot: Int) -> [Double] {
        let last = table.slots - 1
        return [
            level(day - 1, slot), level(day - 7, slot), level(day - 1, last), means[day - 1], means[day - 7], level(day - 2, slot),
            level(day - 14, slot), level(day - 1, table.slots * 5 / 6),
        ]
    }

    /// Monday to Sunday, holiday: one of eight; holidays and those at the end of the year once more.
    private func kind(_ day: Int) -> [Double] {
        (0..<8).map { $0 == kindNumber(day) ? 1 : 0 } + [table.isHoliday[day] ? 1 : 0, endsYear(day, 7, -1) ? 1 : 0]
    }

    private func previous(_ day: Int) -> [Double] {
        let before = kindNumber(day - 1), after = day + 1 < table.isHoliday.count && table.isHoliday[day + 1]
        return [0, 5, 6, 7].map { $0 == before ? 1 : 0 }
            + [table.isHoliday[day - 7] ? 1 : 0, after ? 1 : 0, endsYear(day, 8, 12) ? 1 : 0]
    }

    private func year(_ day: Int) -> [Double] {
        let (place, length) = CivilDay(table.firstDay + day).placeInYear
        let turn = 2 * Double.pi * Double(place) / Double(length)
        return [sin(turn), cos(turn), sin(2 * turn), cos(2 * turn)]
    }

    private func pastWarmth(_ day: Int, _ slot: Int) -> [Double] {
        let warmth = table.warmth
        return [
            warmth[0][day - 1][slot], warmth[0][day - 7][slot], warmth[2][day - 1][slot], warmth[2][day - 7][slot], highest[day - 1],
            lowest[day - 1], warmth[3][day - 7][slot],
        ]
    }

    private func kindNumber(_ day: Int) -> Int { table.isHoliday[day] ? 7 : CivilDay(table.firstDay + day).weekday }

    /// Whether a day is one of the last of a year, or of the first of the next.
    private func endsYear(_ day: Int, _ last: Int, _ first: Int) -> Bool {
        let (place, length) = CivilDay(table.firstDay + day).placeInYear
        return place >= length - last || place < first
    }
}
