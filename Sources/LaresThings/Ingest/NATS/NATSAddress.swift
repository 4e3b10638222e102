internal import Foundation

/// Where a NATS server is.
public struct NATSAddress: Hashable, Sendable, CustomStringConvertible {
    /// Its name or address.
    public let host: String
    /// Its port.
    public let port: Int
    /// The user and password of its URL; nil: none.
    public let user: (name: String, password: String)?

    /// Reads "nats://user:password@host:4222"; "host:4222" as servers tell each other's addresses.
    ///
    /// - Throws: ``NATSError`` with `badAddress`, which never repeats the password.
    public init(url: String) throws(NATSError) {
        let parts = URLComponents(string: url.contains("://") ? url : "nats://" + url)
        guard let parts, parts.scheme?.lowercased() == "nats", let host = parts.host, !host.isEmpty,
            parts.path.isEmpty || parts.path == "/",
            (1...65_535).contains(parts.port ?? 4_222)
        else { throw NATSError(.badAddress, "the address of a NATS server looks like nats://user:password@host:4222") }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? 4_222
        user = parts.user.map { ($0, parts.password ?? "") }
    }

    /// "host:4222", without user and password.
    public var description: String { "\(host):\(port)" }

    /// Whether they are the same server.
    public static func == (left: NATSAddress, right: NATSAddress) -> Bool { left.host == right.host && left.port == right.port }

    /// As `==` has it.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(host)
        hasher.combine(port)
    }
}
