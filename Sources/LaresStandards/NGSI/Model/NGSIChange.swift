/// What happened to one instance of an attribute.
struct NGSIChange: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        case created = "attributeCreated"
        case updated = "attributeUpdated"
        case deleted = "attributeDeleted"
    }

    let kind: Kind
    /// The expanded name.
    let name: String
    /// The instance as it is now, or as it was when it went.
    let instance: NGSIAttribute
    /// The instance before; nil when there was none.
    let previous: NGSIAttribute?
}

/// What happened to an entity in one operation.
struct NGSIEvent: Sendable {
    enum Kind: String, Sendable {
        case created = "entityCreated"
        case updated = "entityUpdated"
        case deleted = "entityDeleted"
    }

    var kind: Kind
    /// The entity as it is now, or as it was when it went.
    var entity: NGSIEntity
    /// The entity before.
    var previous: NGSIEntity?
    var changes: [NGSIChange]
}

/// Which attributes of a fragment were taken, and which not and why.
public struct NGSIUpdateResult: Sendable, Hashable {
    /// Expanded names of what was taken.
    public var updated: [String] = []
    /// Expanded names of what wasn't, with the reason.
    public var notUpdated: [(name: String, reason: String)] = []

    /// Nothing yet.
    public init() {}

    /// By the names.
    public static func == (one: Self, other: Self) -> Bool {
        one.updated == other.updated && one.notUpdated.map(\.name) == other.notUpdated.map(\.name)
    }

    /// By the names.
    public func hash(into hasher: inout Hasher) { hasher.combine(updated) }
}
