/// How the broker that Lares starts is set up.
public struct BrokerSettings: Sendable, Hashable {
    /// The address it listens at; devices in the house need another than loopback.
    public var host = "127.0.0.1"
    /// Its port.
    public var port = 1883
    /// PEM files of its certificate and key; nil: no TLS.
    public var tls: TLS?
    /// The most connections.
    public var connections = 1_000
    /// Bytes of the largest packet.
    public var largestPacket = 1 << 20
    /// Messages that it keeps for one client that is away.
    public var queue = 100_000
    /// The program.
    public var program = "/usr/sbin/mosquitto"

    /// PEM files of a certificate and its key.
    public struct TLS: Sendable, Hashable {
        public var chain: String
        public var key: String

        /// PEM files of a certificate and its key.
        public init(chain: String, key: String) { (self.chain, self.key) = (chain, key) }
    }

    /// On loopback, without TLS.
    public init() {}
}
