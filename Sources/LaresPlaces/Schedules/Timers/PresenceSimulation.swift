public import LaresJSON

/// Makes an empty home look lived in: repeats what was switched on a day of the past weeks, a little earlier or later.
///
/// Each day takes one recorded day of the same weekday, chosen at random among those on which something was switched.
/// The same seed makes the same day, so that a restart in the evening goes on as the morning began.
public struct PresenceSimulation: Sendable {
    /// A switching that was recorded.
    public struct Switching: Hashable, Sendable {
        /// What was switched.
        public let thing: String
        /// When, in seconds since 1970-01-01T00:00:00Z.
        public let instant: Int
        /// To what.
        public let value: JSON

        /// A switching.
        public init(thing: String, instant: Int, value: JSON) { (self.thing, self.instant, self.value) = (thing, instant, value) }
    }

    /// The weeks in front of a day that are looked through, 1 to 8.
    public let weeks: Int
    /// By how many seconds a switching may be moved either way, 0 to 7,200.
    public let jitter: Int
    /// Chooses days and movements.
    public let seed: UInt64
    /// What was recorded, by day and in order; times are seconds since the day's 00:00 on the wall.
    private let recorded: [Int: [(time: Int, switching: Switching)]]
    private let zone: TimeZoneRules

    /// How many switchings may be given.
    public static let most = 200_000

    /// - Parameters:
    ///   - recording: What was switched, in any order.
    ///   - zone: The home's clocks.
    ///   - weeks: The weeks in front of a day that are looked through, 1 to 8.
    ///   - jitter: By how many seconds a switching may be moved either way, 0 to 7,200.
    ///   - seed: Chooses days and movements.
    /// - Throws: ``ScheduleError`` with `badSchedule` for numbers out of range, with `full` for more than ``most`` switchings.
    public init(
        repeating recording: [Switching], in zone: TimeZoneRules, weeks: Int = 4, jitter: Int = 900, seed: UInt64
    ) throws(ScheduleError) {
        guard (1...8).contains(weeks), (0...7200).contains(jitter) else {
            throw ScheduleError(.badSchedule, "a presence simulation repeats 1 to 8 weeks and moves what it repeats by up to 7,200 seconds")
        }
        guard recording.count <= Self.most else {
            throw ScheduleError(.full, "a presence simulation repeats up to \(Self.most) switchings")
        }
        var recorded: [Int: [(time: Int, switching: Switching)]] = [:]
        for switching in recording.sorted(by: { $0.instant < $1.instant }) where Instant.supported.contains(switching.instant) {
            let (day, time) = zone.wall(at: switching.instant)
            recorded[day, default: []].append((time, switching))
        }
        (self.recorded, self.zone, self.weeks, self.jitter, self.seed) = (recorded, zone, weeks, jitter, seed)
    }

    /// What is to be switched on a day, earliest first, each thing in the order of its recording; nothing where nothing was recorded.
    public func switchings(on day: CalendarDay) -> [Switching] {
        var random = SplitMix(state: seed ^ (UInt64(bitPattern: Int64(day.ordinal)) &* 0xD134_2543_DE82_EF95))
        let days = (1...weeks).compactMap { recorded[day.ordinal - 7 * $0] }
        guard let chosen = days.randomElement(using: &random) else { return [] }
        var moved: [String: [Int]] = [:]
        for (time, switching) in chosen {
            let time = time + Int.random(in: -jitter...jitter, using: &random)
            moved[switching.thing, default: []].append(min(max(time, 0), 86_399))
        }
        // A thing's times are sorted, so that it isn't switched off before it is switched on.
        var times = moved.mapValues { $0.sorted(by: >) }
        let all = chosen.compactMap { _, old in
            times[old.thing]?.popLast().map { time in
                Switching(thing: old.thing, instant: zone.instant(wall: day.ordinal * 86_400 + time), value: old.value)
            }
        }
        return all.enumerated().sorted { ($0.element.instant, $0.offset) < ($1.element.instant, $1.offset) }.map(\.element)
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
