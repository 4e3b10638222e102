/// How the broker that Lares starts is set up.
public struct BrokerSettings: Sendable, Hashable {
    /// The address it listens at; devices in the house need another than loopback. With TLS only what is encrypted is heard there.
    public var host = "127.0.0.1"
    /// Its port without TLS; on loopback when there is TLS.
    public var port = 1883
    /// PEM files of its certificate and key; nil: no TLS.
    public var tls: TLS?
    /// Its port with TLS.
    public var tlsPort = 8883
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
        /// The certificate, and those between it and its root.
        public var chain: String
        /// Its key.
        public var key: String

        /// PEM files of a certificate and its key.
        public init(chain: String, key: String) { (self.chain, self.key) = (chain, key) }
    }

    /// On loopback, without TLS.
    public init() {}

    /// Where it listens without TLS.
    var plainHost: String { tls == nil ? host : "127.0.0.1" }
}
