/// Who asks: a person at this machine, or the holder of a key.
public struct Principal: Sendable, Hashable {
    /// The name shown in the log and used for fairness.
    public let name: String
    /// The key's id; nil for callers without a key.
    public let keyID: String?
    /// Whether they may change what Lares holds: models and keys.
    public let mayAdminister: Bool

    /// A principal.
    public init(name: String, keyID: String? = nil, mayAdminister: Bool = false) {
        self.name = name
        self.keyID = keyID
        self.mayAdminister = mayAdminister
    }

    /// Whoever is on this machine: no key is asked for on loopback.
    public static let local = Principal(name: "local", mayAdminister: true)
}
