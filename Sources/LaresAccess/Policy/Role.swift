/// What someone is in the home, which decides what they may do.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everything: models, keys, people, the policy, the home.
    case owner
    /// Uses the home, and makes rules.
    case resident
    /// Uses what is shown to them, and nothing dangerous unless the policy says so.
    case guest
    /// As a guest; a role of its own, so that a policy can tell them apart.
    case child
    /// A model or a program that acts for someone: it sees and sets what is exposed to it, and nothing dangerous without a person.
    case agent
    /// Looks, asks models, and sets nothing.
    case viewer

    /// Whether it may change what Lares holds: models, keys, people, the policy.
    public var mayAdminister: Bool { self == .owner }

    /// Whether it may have things do something.
    public var mayControl: Bool { self != .viewer }

    /// Whether it may make and change rules and schedules.
    public var mayMakeRules: Bool { self == .owner || self == .resident }

    /// Whether a yes of theirs is a person's.
    public var isPerson: Bool { self != .agent && self != .viewer }

    /// A role as it is stored. What a later version, or nobody, wrote may do the least.
    init(stored word: String) { self = Role(rawValue: word) ?? .viewer }
}
