/// Gets what comes from a broker, on the connection's thread.
public protocol MQTTReceiver: Sendable {
    /// Messages in the order in which they came. Those of quality 1 are acknowledged when this returns, so what they say must be durable then.
    ///
    /// When it throws, none of them is acknowledged: the connection ends, and the broker sends them again on the next one.
    func receive(_ messages: [MQTTMessage]) throws

    /// How the connection stands, whenever that changes.
    func changed(_ status: MQTTStatus)
}

/// How a connection to a broker stands.
public struct MQTTStatus: Sendable, Hashable {
    /// Whether messages come and go.
    public enum State: Sendable, Hashable {
        /// It is being made.
        case connecting
        /// Messages come and go.
        case connected
        /// It couldn't be made, or ended; it will be tried again.
        case waiting
        /// It was ended for good.
        case stopped
    }

    /// Whether messages come and go.
    public var state: State
    /// Why the last connection ended, or couldn't be made; nil while there is one.
    public var reason: String?
    /// "5.0" or "3.1.1"; nil before the first connection.
    public var version: String?
    /// Whether the broker kept what came while we were away.
    public var isResumed = false
    /// Filters that the broker doesn't let us subscribe to.
    public var refused: [String] = []
    /// Messages that were dropped because they were too large.
    public var dropped = 0

    /// Not yet connected.
    public static let beginning = MQTTStatus(state: .connecting)
}
