internal import Foundation

/// Where a broker is and who we are to it.
public struct BrokerAddress: Hashable, Sendable, CustomStringConvertible {
    /// Its name or address.
    public var host: String
    /// Its port, 1 to 65,535.
    public var port: Int
    /// Whether it is spoken to by TLS.
    public var isSecure: Bool
    /// Who we are to it; nil: nobody.
    public var user: String?
    /// Our password.
    public var password: String?
    /// A PEM file of the certificates that it is trusted by; nil: the system's.
    public var certificates: String?

    /// A broker.
    public init(
        host: String, port: Int, isSecure: Bool = false, user: String? = nil, password: String? = nil, certificates: String? = nil
    ) {
        (self.host, self.port, self.isSecure) = (host, port, isSecure)
        (self.user, self.password, self.certificates) = (user, password, certificates)
    }

    /// Reads "mqtt://user:password@host:1883" or "mqtts://host"; usual ports may be left out, special characters are written as in any URL.
    ///
    /// - Throws: ``ThingsError`` with `broker`, which never repeats the password.
    public init(url: String) throws(ThingsError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty else {
            throw Self.wrong("it must look like mqtt://user:password@host:1883")
        }
        guard let isSecure = ["mqtt": false, "tcp": false, "mqtts": true, "ssl": true][scheme] else {
            throw Self.wrong("it must begin with mqtt:// or mqtts://, not \(scheme)://")
        }
        guard parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil else {
            throw Self.wrong("nothing may follow the host and the port")
        }
        let port = parts.port ?? (isSecure ? 8883 : 1883)
        guard (1...65_535).contains(port) else { throw Self.wrong("the port must lie between 1 and 65535") }
        let plainHost = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.init(host: plainHost, port: port, isSecure: isSecure, user: parts.user, password: parts.password)
    }

    private static func wrong(_ what: String) -> ThingsError { ThingsError(.broker, "the broker's URL can't be used: \(what)") }

    /// Where it is, without user and password.
    public var description: String {
        "\(isSecure ? "mqtts" : "mqtt")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
