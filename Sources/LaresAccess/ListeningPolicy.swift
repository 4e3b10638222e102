/// Whether the server may listen somewhere.
public enum ListeningDecision: Sendable, Hashable {
    /// It may; `needsKey` says whether callers must show a key, `warning` what the owner should know.
    case allowed(needsKey: Bool, warning: String?)
    /// It may not, for this reason.
    case refused(String)
}

/// The rule of listening: this machine needs nothing; any other address needs a key and encryption, or a flag that says what is risked.
public struct ListeningPolicy: Sendable, Hashable {
    /// Whether at least one key works.
    public var hasKeys: Bool
    /// Whether connections are encrypted.
    public var hasTLS: Bool
    /// Whether the owner gave the flag that allows plain connections.
    public var allowsInsecure: Bool

    /// The situation to judge.
    public init(hasKeys: Bool, hasTLS: Bool, allowsInsecure: Bool) {
        self.hasKeys = hasKeys
        self.hasTLS = hasTLS
        self.allowsInsecure = allowsInsecure
    }

    /// Judges an address: numeric, "localhost", or a name (which counts as reachable from elsewhere).
    public func decision(address: String) -> ListeningDecision {
        let isLocal = NetworkAddress(address)?.isLoopback ?? (address.lowercased() == "localhost")
        if isLocal { return .allowed(needsKey: false, warning: nil) }
        guard hasKeys else {
            return .refused(
                "other machines can reach \(address), and there is no key: make one with `lares keys add NAME`, or listen on 127.0.0.1")
        }
        if hasTLS { return .allowed(needsKey: true, warning: nil) }
        guard allowsInsecure else {
            return .refused(
                "other machines can reach \(address), and without TLS anyone on the way can read the keys and everything said: "
                    + "give --tls-certificate and --tls-key, or --insecure-listen to accept that")
        }
        return .allowed(
            needsKey: true, warning: "connections to \(address) are not encrypted: anyone on the way can read keys and conversations")
    }
}
