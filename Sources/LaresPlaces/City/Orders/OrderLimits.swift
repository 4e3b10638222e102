/// How much is kept of orders, and how large they may be.
public struct OrderLimits: Sendable, Hashable {
    /// Orders that are kept when nothing more comes of them; the oldest are forgotten first.
    public var records = 100_000
    /// Orders that may wait or be on their way.
    public var open = 10_000
    /// Changes of hands that are kept.
    public var handovers = 10_000
    /// Actuators that may be in somebody's hands.
    public var owners = 20_000
    /// The longest time that an order may be valid, in seconds.
    public var validity = 86_400.0
    /// Bytes of what is to be done.
    public var value = 4_096
    /// Bytes of what led to it.
    public var cause = 16_384

    /// A hundred thousand orders, each valid for a day at most.
    public init() {}
}
