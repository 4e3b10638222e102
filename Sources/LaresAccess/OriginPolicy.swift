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
public struct OriginPolicy: Sendable, Hashable {
    private let address: NetworkAddress?
    private let names: Set<String>

    /// A policy.
    ///
    /// - Parameters:
    ///   - address: what the server listens on: "127.0.0.1", "0.0.0.0", "lares.local".
    ///   - names: further host names it is known by, without port.
    public init(address: String, names: [String] = []) {
        self.address = NetworkAddress(address)
        self.names = Set((names + (self.address == nil ? [address] : [])).map { Self.plain($0.lowercased()) })
    }

    /// Judges the two headers of a request (`Host` is `:authority` in HTTP/2).
    public func decision(host: String?, origin: String?) -> OriginDecision {
        guard let host, let name = Self.name(of: host) else { return .refused("the Host header is missing or malformed") }
        guard isKnown(name) else {
            return .refused("'\(name)' is not a name of this server: start it with --allow-host \(name) if it is")
        }
        guard let origin else { return .allowed }
        guard let from = Self.originName(origin), isKnown(from) else {
            return .refused("web pages of this origin may not use this server: start it with --allow-host if they may")
        }
        return .allowed
    }

    private func isKnown(_ name: String) -> Bool {
        if name == "localhost" || name.hasSuffix(".localhost") || names.contains(name) { return true }
        guard let numeric = NetworkAddress(name) else { return false }
        return numeric.isLoopback || numeric == address || address?.isUnspecified == true
    }

    private static func originName(_ origin: String) -> String? {
        for scheme in ["http://", "https://"] where origin.lowercased().hasPrefix(scheme) {
            return name(of: String(origin.dropFirst(scheme.count)))
        }
        return nil
    }

    /// The lower-case name in "name", "name:port" or "[address]:port"; nil when it has another form.
    private static func name(of authority: String) -> String? {
        var rest = Substring(authority.lowercased())
        guard !rest.isEmpty, rest.utf8.count <= 260 else { return nil }
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            let port = rest[rest.index(after: colon)...]
            guard port.utf8.count <= 5, port.utf8.allSatisfy({ (48...57).contains($0) }),
                Int(port).map({ (1...65_535).contains($0) }) ?? false
            else { return nil }
            rest = rest[..<colon]
        }
        if rest.hasPrefix("[") { return rest.hasSuffix("]") && NetworkAddress(String(rest)) != nil ? plain(String(rest)) : nil }
        let isName = rest.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95 }
        return isName && !rest.isEmpty && rest != "." ? plain(String(rest)) : nil
    }

    /// Without brackets and without the dot at the end of a complete name.
    private static func plain(_ name: String) -> String {
        if name.hasPrefix("["), name.hasSuffix("]") { return String(name.dropFirst().dropLast()) }
        return name.count > 1 && name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
