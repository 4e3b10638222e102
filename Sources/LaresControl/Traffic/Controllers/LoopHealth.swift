/// Whether what a loop tells can be true: a stuck, a silent and a lying loop are known by what they say.
public struct LoopHealth: Sendable, Hashable {
    /// What is wrong with a loop.
    public enum Fault: String, Sendable, Hashable, CaseIterable {
        /// Occupied without end, though traffic may go.
        case stuck
        /// Nothing for long, though others count.
        case silent
        /// Values that no traffic makes: no number, more vehicles than fit into a second, or into a minute.
        case lying
        /// No values at all.
        case missing
    }

    /// Seconds without end that tell that a loop is stuck or missing.
    public static let stuckAfter = 300, missingAfter = 5
    /// Seconds without anybody that tell that a loop is silent: half an hour where many came, four hours where nobody is known to come.
    public static let silentAfter = 1_800, silentWhereQuiet = 14_400
    /// Implausible seconds within ``window`` that tell that a loop lies.
    public static let implausible = 10
    /// Seconds, see ``implausible``.
    public static let window = 60
    /// More vehicles a second than a lane lets through, over ``window``.
    public static let mostPerSecond: Float = 0.8
    /// Seconds in which a loop must be right before it is trusted again.
    public static let regained = 120

    /// What is wrong; nil: nothing.
    public private(set) var fault: Fault?
    private var occupied = 0, quiet = 0, missing = 0, wrong: Float = 0, right = 0
    private var seconds = 0, counting = 0, counted: Float = 0, rate: Float = 0

    /// Trusted until it says otherwise.
    public init() {}

    /// A second of a loop.
    /// - Parameters:
    ///   - reading: nil: it said nothing.
    ///   - isGreen: Whether traffic on it may go.
    ///   - othersCount: Whether other loops of the junction counted anybody.
    public mutating func see(_ reading: LoopReading?, isGreen: Bool, othersCount: Bool) {
        guard let reading else {
            (missing, right) = (missing + 1, 0)
            if missing >= Self.missingAfter { fault = .missing }
            return
        }
        missing = 0
        let isPlausible = Self.isPlausible(reading)
        seconds += 1
        if isPlausible, reading.count > 0 { (counted, counting) = (counted + reading.count, seconds) }
        wrong = wrong * (1 - 1 / Float(Self.window)) + (isPlausible ? 0 : 1)
        let isFull = reading.occupancy >= 0.99 && reading.count == 0
        occupied = isFull ? occupied + (isGreen ? 1 : 0) : 0
        quiet = reading.count == 0 && reading.occupancy == 0 ? quiet + (othersCount ? 1 : 0) : 0
        rate += ((isPlausible ? reading.count : 0) - rate) / Float(Self.window)
        if wrong >= Float(Self.implausible) * 0.8 || rate > Self.mostPerSecond { return fail(.lying) }
        if occupied >= Self.stuckAfter { return fail(.stuck) }
        if quiet >= silenceLimit { return fail(.silent) }
        right = isPlausible && !isFull && (reading.count > 0 || fault != .silent) ? right + 1 : right
        if right >= Self.regained || fault == .silent && reading.count > 0 { (fault, right) = (nil, 0) }
    }

    /// Twenty times the usual time between two vehicles, within the limits.
    private var silenceLimit: Int {
        guard counted >= 10 else { return Self.silentWhereQuiet }
        return min(max(Self.silentAfter, 20 * Int(Float(counting) / counted)), Self.silentWhereQuiet)
    }

    private mutating func fail(_ kind: Fault) { (fault, right) = (kind, 0) }

    private static func isPlausible(_ reading: LoopReading) -> Bool {
        guard reading.count.isFinite, reading.occupancy.isFinite, reading.speed.map(\.isFinite) ?? true else { return false }
        return (0...2).contains(reading.count) && (0...1.001).contains(reading.occupancy) && (0...70).contains(reading.speed ?? 0)
    }
}
