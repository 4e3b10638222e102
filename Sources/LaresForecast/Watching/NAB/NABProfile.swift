/// What detections and misses are worth to somebody.
public struct NABProfile: Sendable, Hashable {
    /// The benchmark's name for it.
    public let name: String
    /// What a window costs in which nothing was detected.
    public let miss: Double
    /// What a detection costs that is far from every window.
    public let falseAlarm: Double

    /// The benchmark's `standard`.
    public static let standard = NABProfile(name: "standard", miss: 1, falseAlarm: 0.11)
    /// `reward_low_FP_rate`: false alarms cost twice as much.
    public static let fewFalseAlarms = NABProfile(name: "reward_low_FP_rate", miss: 1, falseAlarm: 0.22)
    /// `reward_low_FN_rate`: misses cost twice as much.
    public static let fewMisses = NABProfile(name: "reward_low_FN_rate", miss: 2, falseAlarm: 0.11)
    /// All three.
    public static let all = [standard, fewFalseAlarms, fewMisses]
}
