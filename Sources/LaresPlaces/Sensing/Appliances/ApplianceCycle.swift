public import Foundation

/// One time that an appliance ran.
public struct ApplianceCycle: Hashable, Sendable {
    /// When it began.
    public let startedAt: Date
    /// When it was done.
    public let endedAt: Date
    /// What it took, in Wh.
    public let energy: Double
    /// The most that it took at once, in W.
    public let peak: Double

    /// How long it ran, in seconds.
    public var duration: Double { endedAt.timeIntervalSince(startedAt) }

    /// A cycle.
    public init(startedAt: Date, endedAt: Date, energy: Double, peak: Double) {
        (self.startedAt, self.endedAt, self.energy, self.peak) = (startedAt, endedAt, energy, peak)
    }
}

/// What an appliance is doing, by the power that it takes.
public enum ApplianceState: String, Hashable, Sendable, CaseIterable {
    /// It takes nothing.
    case off
    /// It takes a little, and waits.
    case standby
    /// It works.
    case running
    /// It was working until a short time ago.
    case finished
}

/// What tells work from waiting, where a person knows better than what is learned.
public struct ApplianceLimits: Hashable, Sendable {
    /// It works above so many watts.
    public var running: Double
    /// It is done when it hasn't worked for so many seconds.
    public var rest: Double?

    /// Limits; nil unless there are 0.5 to 10,000 watts and 1 second to a day.
    public init?(running: Double, rest: Double? = nil) {
        guard (0.5...10_000).contains(running), (1...86_400).contains(rest ?? 60) else { return nil }
        (self.running, self.rest) = (running, rest)
    }
}
