/// How much an outbox holds.
public struct OutboxLimits: Hashable, Sendable {
    /// Deliveries that wait. Of more, the oldest that isn't urgent is given up, and its record says so.
    public var waiting = 1000
    /// Records of what was sent or given up.
    public var records = 1000
    /// Channels that are served at the same time, each one delivery after the other.
    public var parallel = 8
    /// Bytes of a body for a program.
    public var bodyBytes = 65_536

    /// The usual limits.
    public init() {}
}
