/// Whether a request may come in, by the names it was sent to and from.
public enum OriginDecision: Sendable, Hashable {
    /// It may.
    case allowed
    /// It may not: status 403 with this message.
    case refused(String)
}

/// The check of `Host` and `Origin` that stops DNS rebinding and foreign web pages.
///
/// A page of evil.example can point its name at 127.0.0.1 and then talk to Lares from the owner's browser; the browser still sends
/// `Host: evil.example`. So only known names pass: loopback names, the address listened on, and configured names. A numeric host can't be
/// rebound, so any numeric host passes when all addresses are listened on.
///
/// A page may call the server that it came from: the same scheme, name and port. Other servers on this machine are other origins.
public struct OriginPolicy: Sendable, Hashable {
    private let address: NetworkAddress?
    private let names: Set<String>
    private let allowed: Set<String>
    private let scheme: String

    /// A policy.
    ///
    /// - Parameters:
    ///   - address: what the server listens on: "127.0.0.1", "0.0.0.0", "lares.local".
    ///   - names: further host names it is known by, without port; pages from there may call it. A whole origin ("http://localhost:3000")
    ///     allows pages of that one only.
    ///   - isSecure: whether the server speaks TLS.
    public init(address: String, names: [String] = [], isSecure: Bool = false) {
        self.address = NetworkAddress(address)
        allowed = Set(names.map { Self.plain($0.lowercased()) })
        self.names = allowed.union(self.address == nil ? [Self.plain(address.lowercased())] : [])
        scheme = isSecure ? "https" : "http"
    }

    /// Judges the two headers of a request (`Host` is `:authority` in HTTP/2).
    public func decision(host: String?, origin: String?) -> OriginDecision {
        guard let host, let here = Authority(host) else { return .refused("the Host header is missing or malformed") }
        guard isKnown(here.name) else {
            return .refused("'\(here.name)' is not a name of this server: start it with --allow-host \(here.name) if it is")
        }
        guard let origin, !allowed.contains(origin.lowercased()) else { return .allowed }
        guard let from = Origin(origin), allowed.contains(from.authority.name) || from == Origin(scheme: scheme, authority: here) else {
            return .refused("web pages of '\(origin.prefix(200))' may not use this server: start it with --allow-host and that if they may")
        }
        return .allowed
    }

    private func isKnown(_ name: String) -> Bool {
        if name == "localhost" || name.hasSuffix(".localhost") || names.contains(name) { return true }
        guard let numeric = NetworkAddress(name) else { return false }
        return numeric.isLoopback || numeric == address || address?.isUnspecified == true
    }

    /// Without brackets and without the dot at the end of a complete name.
    fileprivate static func plain(_ name: String) -> String {
        if name.hasPrefix("["), name.hasSuffix("]") { return String(name.dropFirst().dropLast()) }
        return name.count > 1 && name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}

/// "name", "name:port" or "[address]:port".
private struct Authority {
    /// In lower case, without brackets.
    let name: String
    let port: Int?

    /// Nil when the text has another form.
    init?(_ text: String) {
        var rest = Substring(text.lowercased())
        guard !rest.isEmpty, rest.utf8.count <= 260 else { return nil }
        var port: Int?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            let digits = rest[rest.index(after: colon)...]
            guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
                (1...65_535).contains(number)
            else { return nil }
            port = number
            rest = rest[..<colon]
        }
        guard Self.isAddress(rest) || Self.isName(rest) else { return nil }
        name = OriginPolicy.plain(String(rest))
        self.port = port
    }

    private static func isAddress(_ text: Substring) -> Bool {
        text.hasPrefix("[") && text.hasSuffix("]") && NetworkAddress(String(text)) != nil
    }

    private static func isName(_ text: Substring) -> Bool {
        let isPlain = text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95 }
        return isPlain && !text.isEmpty && text != "."
    }
}

/// Where a web page came from (RFC 6454), with its port spelt out.
private struct Origin: Equatable {
    let scheme: String
    let authority: Authority

    init(scheme: String, authority: Authority) {
        self.scheme = scheme
        self.authority = authority
    }

    /// Nil for everything but `http` and `https`: `null`, files, extensions.
    init?(_ text: String) {
        for scheme in ["http", "https"] where text.lowercased().hasPrefix(scheme + "://") {
            guard let authority = Authority(String(text.dropFirst(scheme.count + 3))) else { return nil }
            self.init(scheme: scheme, authority: authority)
            return
        }
        return nil
    }

    private var port: Int { authority.port ?? (scheme == "https" ? 443 : 80) }

    static func == (a: Origin, b: Origin) -> Bool {
        a.scheme == b.scheme && a.authority.name == b.authority.name && a.port == b.port
    }
}
