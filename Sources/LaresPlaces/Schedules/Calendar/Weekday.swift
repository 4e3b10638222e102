/// A day of the week; the raw value is what plain data calls it.
public enum Weekday: String, Sendable, CaseIterable, Hashable {
    case monday = "mon"
    case tuesday = "tue"
    case wednesday = "wed"
    case thursday = "thu"
    case friday = "fri"
    case saturday = "sat"
    case sunday = "sun"

    /// Its place in the week, Monday 0 to Sunday 6.
    package var index: Int {
        switch self {
        case .monday: 0
        case .tuesday: 1
        case .wednesday: 2
        case .thursday: 3
        case .friday: 4
        case .saturday: 5
        case .sunday: 6
        }
    }
}

/// Days of the week, one bit each, Monday the lowest.
struct WeekdaySet: Hashable, Sendable {
    static let all = WeekdaySet(bits: 0x7F)
    private(set) var bits: UInt8

    private init(bits: UInt8) { self.bits = bits }

    init(_ days: some Sequence<Weekday>) { bits = days.reduce(0) { $0 | 1 << UInt8($1.index) } }

    func contains(index: Int) -> Bool { bits >> UInt8(index) & 1 != 0 }
}
