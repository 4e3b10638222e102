internal import Foundation

/// An address of a web server, by HTTP or HTTPS, without a user or password in it.
public struct WebAddress: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The whole address. What stands behind the host often is as good as a password.
    package let text: String
    /// Scheme, host and port: "https://example.org:8443".
    public let origin: String

    /// Nil for anything else, and for more than 2,000 bytes.
    public init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain, text.utf8.count <= 2000, let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https", parts.user == nil, parts.password == nil,
            parts.fragment == nil, parts.port.map({ (1...65_535).contains($0) }) ?? true, parts.url != nil
        else { return nil }
        self.text = text
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host.lowercased()
        origin = "\(scheme)://\(name)" + (parts.port.map { ":\($0)" } ?? "")
    }

    /// The address as it may be shown: only where it leads.
    public var description: String {
        let rest = text.dropFirst(origin.utf8.count)
        return rest.isEmpty || rest == "/" ? origin : origin + "/…"
    }

    /// The same.
    public var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}
