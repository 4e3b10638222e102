/// Where and how the server listens, and what it puts up with.
public struct ServerSettings: Sendable, Hashable {
    /// A certificate and its key, both PEM files.
    public struct TLSFiles: Sendable, Hashable {
        /// The certificate chain, the server's own first.
        public var certificate: String
        /// The private key.
        public var key: String

        /// - Parameters:
        ///   - certificate: The path of the certificate chain.
        ///   - key: The path of the private key.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The port Lares listens on unless told otherwise: one up from the port its best known neighbour uses.
    public static let defaultPort = 11_435

    /// The address or name to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 lets the system choose.
    public var port = ServerSettings.defaultPort
    /// Set to speak TLS (HTTP/1.1 and HTTP/2).
    public var tls: TLSFiles?
    /// Names this server is known by beside its address, and whole origins whose pages may call it: see `OriginPolicy`.
    public var hostNames: [String] = []
    /// Whether callers must show a key.
    public var needsKey = false
    /// The name of the place, as the console shows it.
    public var place = "Lares"
    /// The name in the metadata of KServe V2: Triton's own clients look for "triton".
    public var v2Name = "lares"
    /// The most bytes the body of a request may have.
    public var bodyLimit = 16 << 20
    /// The most bytes of data to train with that are sent at once; they go to the disk, not to memory.
    public var uploadLimit = 64 << 20
    /// The most bytes that all bodies together may have while they are read and answered; what comes on top is told to come back (503).
    public var bodyBudget = 256 << 20
    /// The most answers one request may ask for, `n` times its prompts: more than the queue lets one caller wait for would never fit.
    public var answerLimit = 384
    /// The most connections at a time, as far as the system gives the files; further ones wait to be accepted.
    public var maximumConnections = 4_096
    /// How long a TLS handshake may take.
    public var handshakeTimeout: Duration = .seconds(10)
    /// How long a connection may be silent, between requests and inside of one.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a request may take from its head to its end.
    public var receiveTimeout: Duration = .seconds(60)
    /// How long a client may leave an answer unread.
    public var sendTimeout: Duration = .seconds(60)
    /// How long running answers may take to finish when the program is told to stop.
    public var drainLimit: Duration = .seconds(30)

    /// The settings of a server on loopback.
    public init() {}

    /// The address of the server for people: `http://127.0.0.1:11435`.
    ///
    /// - Parameter port: The port that was really opened, when ``port`` left it to the system.
    public func address(port: Int? = nil) -> String {
        let name =
            switch host {
            case "0.0.0.0", "::": "localhost"
            case let host where host.contains(":") && !host.hasPrefix("["): "[\(host)]"
            default: host
            }
        return "\(tls == nil ? "http" : "https")://\(name):\(port ?? self.port)"
    }
}
