/// Who asks: a person at this machine, the holder of a key, or a rule.
public struct Principal: Sendable, Hashable {
    /// The name shown in the log and used for fairness.
    public let name: String
    /// The key's id; nil for callers without a key.
    public let keyID: String?
    /// What they are: the key's role and that of the person it belongs to. They may do what all of these may; never empty.
    public let roles: Set<Role>
    /// The person, by their id; nil when nobody knows: a panel in the hall, a rule.
    public let person: String?

    /// A principal.
    ///
    /// - Parameters:
    ///   - name: The name shown in the log.
    ///   - keyID: The key's id.
    ///   - roles: What they are; none is ``Role/viewer``.
    ///   - person: The person's id.
    public init(name: String, keyID: String? = nil, roles: Set<Role>, person: String? = nil) {
        (self.name, self.keyID, self.person) = (name, keyID, person)
        self.roles = roles.isEmpty ? [.viewer] : roles
    }

    /// An owner, or somebody who may look and ask models.
    public init(name: String, keyID: String? = nil, mayAdminister: Bool = false) {
        self.init(name: name, keyID: keyID, roles: [mayAdminister ? .owner : .viewer])
    }

    /// Whether they may change what Lares holds: models and keys.
    public var mayAdminister: Bool { roles.allSatisfy(\.mayAdminister) }

    /// Whether a yes of theirs is a person's.
    public var isPerson: Bool { roles.allSatisfy(\.isPerson) }

    /// Whoever is on this machine: no key is asked for on loopback.
    public static let local = Principal(name: "local", mayAdminister: true)
}
