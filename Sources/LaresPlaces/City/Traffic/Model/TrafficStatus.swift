public import Foundation

/// How a district stands.
public struct TrafficStatus: Sendable, Hashable {
    /// Whether it runs.
    public enum State: String, Sendable, Hashable {
        /// There is no street.
        case off
        /// It is being opened.
        case starting
        /// It runs.
        case running
        /// It broke off, and is opened again after a while.
        case waiting
        /// Lares ends.
        case stopped
    }

    /// Whether it runs.
    public internal(set) var state = State.off
    /// What keeps it from running; nil: nothing.
    public internal(set) var trouble: String?
    /// The street's name; nil: there is none.
    public internal(set) var name: String?
    /// What shows the street.
    public internal(set) var simulator: String?
    /// The street's own time, in seconds.
    public internal(set) var time: Double?
    /// Seconds of the street that pass in one of ours.
    public internal(set) var speed = 1.0
    /// Seconds that it is behind.
    public internal(set) var late = 0.0
    /// How often it had to be opened again.
    public internal(set) var restarts = 0
    /// Since when it runs without a break; nil: it doesn't.
    public internal(set) var since: Date?
    /// What monitors saw that must not be; empty unless something is broken.
    public internal(set) var violations: [String] = []
}
