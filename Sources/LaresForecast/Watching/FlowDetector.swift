/// Watches the flow of a utility: water, gas, heat. It knows three faults by their shape, whatever the unit:
///
/// - a leak: two days in a row in which the flow of no hour went as low as it usually does at its lowest;
/// - a burst: ten minutes with half as much again as there ever was in ten minutes;
/// - a stuck meter: the same flow, which isn't none, for twice as long as it ever said the same, be it none, and for two hours at least.
///
/// The first three days, and the settings' learning time, are for learning. What is odd teaches little.
public struct FlowDetector: Detector {
    /// What is wrong.
    public enum Trouble: Int, Sendable, Hashable, CaseIterable {
        /// It never stops.
        case leak = 1
        /// Much more than ever.
        case burst
        /// The meter says the same.
        case stuck

        /// In a word.
        public var word: String {
            switch self {
            case .leak: "leak"
            case .burst: "burst"
            case .stuck: "stuck"
            }
        }
    }

    /// The field's name for it.
    public static let name = "flow"

    /// What it was told.
    public let settings: DetectorSettings
    private var clock = StreamClock()
    /// A mean that is being made, and when it began.
    private struct Mean: Sendable, Hashable {
        var start: Int64 = 0, sum = 0.0, count = 0
        var value: Double { count > 0 ? sum / Double(count) : 0 }
    }
    private var hour = Mean(), minutes = Mean()
    private var day: Int64 = 0, lowest = 0.0, hours = 0
    /// The usual lowest hour of a day, the mean flow, the most in ten minutes.
    private var usualLowest = 0.0, usual = 0.0, most = 0.0
    private var days = 0, highNights = 0
    private var same = 0.0, sameSince: Int64 = 0, sameCount = 0, longest: Int64 = 0
    private var isBurst = false

    private static let hourLength: Int64 = 3_600_000, minutesLength: Int64 = 600_000, stuckLeast: Int64 = 7_200_000
    /// Times that can be subtracted.
    private static let times = -Int64.max / 4...Int64.max / 4
    private static let daysToLearn = 3, hoursOfDay = 12, nights = 2

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How many values were seen.
    public var count: Int { clock.count }

    /// What is wrong now; nil: nothing that is known.
    public var trouble: Trouble? {
        guard isLearnt else { return nil }
        return isBurst ? .burst : highNights >= Self.nights ? .leak : isStuck ? .stuck : nil
    }

    private var isLearnt: Bool { clock.count > settings.learning && days >= Self.daysToLearn }

    private var isStuck: Bool {
        sameCount >= 12 && same > 0 && lastTime - sameSince > max(Self.stuckLeast, longest > Int64.max / 8 ? longest : 2 * longest)
    }

    private var lastTime: Int64 = 0

    /// 1 while something is wrong, else 0. A flow below none is ignored.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        guard value >= 0, Self.times.contains(time), clock.take(value, at: time) != .ignored else { return 0 }
        lastTime = time
        repeatOrChange(value, at: time)
        if let ended = Self.add(value, to: &minutes, at: time, length: Self.minutesLength) { judge(minutes: ended) }
        if let ended = Self.add(value, to: &hour, at: time, length: Self.hourLength) { judge(hour: ended, at: time) }
        return trouble == nil ? 0 : 1
    }

    /// - Returns: The mean that ended, if one did.
    private static func add(_ value: Double, to mean: inout Mean, at time: Int64, length: Int64) -> Double? {
        let start = time - (time % length + length) % length
        var ended: Double?
        if start != mean.start {
            if mean.count > 0 { ended = mean.value }
            mean = Mean(start: start)
        }
        (mean.sum, mean.count) = (mean.sum + value, mean.count + 1)
        return ended
    }

    private mutating func repeatOrChange(_ value: Double, at time: Int64) {
        guard value != same || sameCount == 0 else { return sameCount += 1 }
        let lasted = time - sameSince
        // What was stuck doesn't teach how long is usual.
        if sameCount > 1, !(isLearnt && isStuck) { longest = max(longest, min(lasted, 86_400_000)) }
        (same, sameSince, sameCount) = (value, time, 1)
    }

    private mutating func judge(minutes mean: Double) {
        let limit = 1.5 * most
        isBurst = isLearnt && most > 0 && mean > limit
        most = isLearnt ? max(most * 0.9999, min(mean, limit)) : max(most, mean)
    }

    private mutating func judge(hour mean: Double, at time: Int64) {
        usual += (mean - usual) / Double(min(days * 24 + hours + 1, 720))
        lowest = hours == 0 ? mean : min(lowest, mean)
        hours += 1
        let today = time / settings.period
        guard today != day else { return }
        if hours >= Self.hoursOfDay { endDay() }
        (day, hours) = (today, 0)
    }

    private mutating func endDay() {
        let isHigh = isLearnt && lowest > 2 * usualLowest + 0.02 * usual
        highNights = isHigh ? min(highNights + 1, 1_000) : 0
        if !isHigh { usualLowest += (lowest - usualLowest) / Double(min(days + 1, 14)) }
        days = min(days + 1, 100_000)
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        for mean in [hour, minutes] {
            state.put(mean.start)
            state.put(mean.sum)
            state.put(mean.count)
        }
        for time in [day, sameSince, longest, lastTime] { state.put(time) }
        state.put([lowest, usualLowest, usual, most, same])
        for number in [hours, days, highNights, sameCount, isBurst ? 1 : 0] { state.put(number) }
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        hour = try Self.mean(from: &state)
        minutes = try Self.mean(from: &state)
        (day, sameSince, longest, lastTime) = try (Self.time(&state), Self.time(&state), Self.time(&state), Self.time(&state))
        (lowest, usualLowest, usual) = try (state.double(), state.double(), state.double())
        (most, same) = try (state.double(), state.double())
        (hours, days) = try (state.int(0...100_000), state.int(0...100_000))
        (highNights, sameCount) = try (state.int(0...1_000), state.int(0...(Int.max - 1)))
        isBurst = try state.int(0...1) == 1
    }

    private static func mean(from state: inout StateReader) throws -> Mean {
        Mean(start: try time(&state), sum: try state.double(), count: try state.int(0...(Int.max - 1)))
    }

    private static func time(_ state: inout StateReader) throws -> Int64 {
        let time = try state.int64()
        guard times.contains(time) else { throw state.fault("has a time that can't be") }
        return time
    }
}
