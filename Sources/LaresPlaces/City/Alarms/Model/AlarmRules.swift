/// When alarms are over, come back, flap, and belong together. All in seconds.
public struct AlarmRules: Hashable, Sendable {
    /// So long nothing odd was seen: it is over.
    public var settle = 600.0
    /// What comes back so soon after it was over is the same alarm.
    public var reopen = 1_800.0
    /// What comes back so often…
    public var flaps = 3
    /// …within so long flaps, and is over only after as long without anything odd.
    public var flapping = 7_200.0
    /// Alarms of one place, or of one thing, that begin no later than this after the last are one incident.
    public var together = 1_800.0
    /// How many alarms that aren't over there may be.
    public var open = 10_000
    /// How many alarms are kept that are over.
    public var records = 10_000
    /// How many entries the timeline of an incident may have.
    public var entries = 500
    /// What happened no longer than this before its first alarm stands in an incident's timeline…
    public var before = 900.0
    /// …of so much that is remembered.
    public var remembered = 500

    /// The usual rules.
    public init() {}
}
