/// What sensors of a kind can do, until more is known of one of them. Times in seconds, changes per minute, the rest in the kind's unit.
struct SensorLimits: Hashable, Sendable {
    /// Numbers outside can't be.
    var range: ClosedRange<Double>?
    /// How far a number can move at once, and how much further with each second.
    var jump: Habit.Bounds?
    var drift = 0.0
    /// How long it can be true, or the same number while it is reported.
    var stuck: Habit.Bounds?
    /// How long it can say nothing.
    var silence: Habit.Bounds?
    /// How often it can change in a minute.
    var pace: Habit.Bounds?
}

extension SensorKind {
    private static let (minute, hour, day) = (60.0, 3600.0, 86_400.0)

    /// Figures and their reasons are in docs/sensing.md.
    var limits: SensorLimits { Self.table[self] ?? SensorLimits() }

    // Looked up by every change: made once.
    private static let table = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.made) })

    private var made: SensorLimits {
        let slow = Habit.Bounds(3 * Self.day, least: 2 * Self.day, most: 21 * Self.day)
        let brisk = Habit.Bounds(Self.day, least: 30 * Self.minute, most: 7 * Self.day)
        let same = Habit.Bounds(2 * Self.day, least: 12 * Self.hour, most: 14 * Self.day)
        let bounces = Habit.Bounds(30, least: 20, most: 120)
        let often = Habit.Bounds(120, least: 60, most: 1200)
        switch self {
        case .motion:
            return SensorLimits(stuck: .init(8 * Self.hour, least: 4 * Self.hour, most: 3 * Self.day), silence: slow, pace: bounces)
        case .presence:
            return SensorLimits(stuck: .init(36 * Self.hour, least: 24 * Self.hour, most: 7 * Self.day), silence: slow, pace: bounces)
        case .door, .window, .alarm: return SensorLimits(silence: slow, pace: bounces)
        case .batteryLow, .hand: return SensorLimits()
        case .temperature:
            return SensorLimits(
                range: -60...80, jump: .init(8, least: 4, most: 30), drift: 1 / 30.0, stuck: same, silence: brisk, pace: often)
        // Ovens that clean themselves reach 500 °C.
        case .innerTemperature: return SensorLimits(range: -90...600, silence: brisk, pace: often)
        case .humidity:
            return SensorLimits(range: 0...100, jump: .init(30, least: 15, most: 60), drift: 0.2, stuck: same, silence: brisk, pace: often)
        case .carbonDioxide:
            return SensorLimits(
                range: 150...40_000, jump: .init(2_000, least: 800, most: 5_000), drift: 10, stuck: same, silence: brisk, pace: often)
        case .pressure:
            return SensorLimits(
                range: 500...1_100, jump: .init(10, least: 5, most: 30), drift: 0.01, stuck: same, silence: brisk, pace: often)
        case .battery: return SensorLimits(range: 0...100, silence: .init(7 * Self.day, least: 2 * Self.day, most: 30 * Self.day))
        case .illuminance: return SensorLimits(range: 0...200_000, silence: slow, pace: often)
        case .voltage: return SensorLimits(range: 0...1_000, silence: brisk, pace: often)
        case .power: return SensorLimits(range: -100_000...100_000, silence: brisk, pace: .init(240, least: 120, most: 2_400))
        // No house takes more than 100 kW.
        case .energy: return SensorLimits(jump: .init(1, least: 1, most: 100), drift: 100 / Self.hour, silence: brisk, pace: often)
        case .number: return SensorLimits(silence: brisk, pace: often)
        }
    }
}
