public import struct Foundation.Date

/// What is known about a key. Its secret is not.
public struct APIKey: Sendable, Hashable {
    /// Eight hexadecimal digits, shown in lists.
    public let id: String
    /// What it is for: "phone", "kitchen panel".
    public let name: String
    /// What its holder may do at most.
    public let role: Role
    /// The person it belongs to, by their id; nil: nobody in particular.
    public let person: String?
    /// When it was made.
    public let created: Date
    /// When it was last used, to the minute.
    public let lastUsed: Date?
    /// When it stops working; nil means never.
    public let expires: Date?
    /// When it was revoked.
    public let revoked: Date?

    /// Whether its role lets its holder change what Lares holds (models, keys).
    public var mayAdminister: Bool { role.mayAdminister }

    /// Whether it opens anything at that time.
    public func isUsable(at now: Date) -> Bool {
        revoked == nil && expires.map { now < $0 } ?? true
    }
}

/// A key that was just made: the only time its secret is seen.
public struct NewKey: Sendable {
    /// What is kept.
    public let key: APIKey
    /// `lares_` and 64 hexadecimal digits; shown once, never stored.
    public let secret: String
}
