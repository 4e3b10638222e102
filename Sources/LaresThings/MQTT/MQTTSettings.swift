/// How a connection to a broker behaves.
public struct MQTTSettings: Sendable {
    /// Where the broker is.
    public var address: BrokerAddress
    /// Our lasting name; the broker keeps what comes for it while we are away.
    public var clientID: String
    /// Whether the broker keeps anything for us while we are away.
    public var isLasting = true
    /// Whether MQTT 5.0 is tried first; else 3.1.1.
    public var beginsWithFive = true
    /// Seconds for which the broker keeps it (MQTT 5.0, section 3.1.2.11.2).
    public var sessionSeconds: UInt32 = 86_400
    /// Seconds without a word after which either side takes the other for gone.
    public var keepAlive: Int32 = 30
    /// Seconds that the broker may take to answer CONNECT. One that doesn't know MQTT 5.0 may never do.
    public var answerSeconds = 3.0
    /// Messages of quality 1 that the broker may send before we acknowledge the first of them.
    public var window: UInt16 = 1_000
    /// Messages handed to the receiver at once; the window bounds those of quality 1 as well.
    public var batch = 1_000
    /// Bytes handed over at once, beyond the message that reaches them.
    public var batchBytes = 4 << 20
    /// Bytes of the largest message that is taken; what is larger is dropped and counted.
    public var largestMessage = 1 << 20
    /// What the broker publishes when we are gone without a word, and we publish when we leave.
    public var will: MQTTMessage?
    /// Seconds between two attempts to connect, which double from the first to the last.
    public var retry: ClosedRange<Double> = 0.25...30

    /// Whether the broker may be connected to now: nil, or why not. Lares gives its password to no stranger on its own broker's port.
    public var obstacle: @Sendable () -> String? = { nil }

    /// Called when the broker has taken all that was subscribed to: from then on it keeps what comes while we are away.
    public var subscribed: @Sendable () -> Void = {}

    /// The usual settings.
    public init(address: BrokerAddress, clientID: String) { (self.address, self.clientID) = (address, clientID) }
}
