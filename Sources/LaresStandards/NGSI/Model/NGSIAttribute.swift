public import LaresJSON

/// One instance of an attribute, with names expanded.
public struct NGSIAttribute: Sendable, Hashable {
    /// What it is; nil in a fragment that doesn't say.
    public var kind: NGSIKind?
    /// The value, object, map …; nil in a fragment that leaves it as it is. ``JSON/ngsiNull`` says that it goes.
    public var value: JSON?
    /// Which of several instances it is; nil: the default one.
    public var datasetId: String?
    /// When it was so, as it was given.
    public var observedAt: String?
    /// The unit, by its UN/CEFACT code.
    public var unitCode: String?
    /// The types of what a relationship leads to, expanded.
    public var objectType: [String] = []
    /// The type of the value, expanded.
    public var valueType: String?
    /// When it goes by itself, as it was given.
    public var expiresAt: String?
    /// When it was made; microseconds since 1970.
    public var createdAt = 0
    /// When it was changed; microseconds since 1970.
    public var modifiedAt = 0
    /// When it was deleted, in temporal representations.
    public var deletedAt: Int?
    /// Which instance of the temporal representation it is.
    public var instanceId: String?
    /// Whether the kind follows from the value alone, so that a change keeps the kind there is.
    var isKindGuessed = false
    /// Attributes of the attribute.
    public var attributes = NGSIAttributes()

    /// One instance.
    public init(_ kind: NGSIKind?, _ value: JSON?) { (self.kind, self.value) = (kind, value) }

    /// What says that an instance is gone.
    init(nothing instance: NGSIAttribute) {
        self.init(instance.kind, instance.kind == .language ? ["@none": .string(JSON.ngsiNull)] : .string(JSON.ngsiNull))
        (datasetId, createdAt, modifiedAt) = (instance.datasetId, instance.createdAt, instance.modifiedAt)
    }

    /// Whether it says that the attribute goes.
    var isDeletion: Bool {
        guard let value else { return false }
        if value.isNGSINull { return true }
        if kind == .language || kind == nil, let only = value.members, only.count == 1, only["@none"]?.isNGSINull == true { return true }
        return false
    }

    /// Whether its time is over.
    func isOver(_ now: Int) -> Bool { expiresAt.flatMap { NGSITime.micros($0) }.map { $0 <= now } ?? false }

    /// When it counts as observed: the moment it says, or when it changed.
    var moment: Int { observedAt.flatMap { NGSITime.micros($0) } ?? modifiedAt }
}

/// Attributes by name, in the order they came, each with one or more instances.
public struct NGSIAttributes: Sendable, Hashable {
    /// One name with its instances.
    public struct Group: Sendable, Hashable {
        /// The expanded name.
        public var name: String
        /// At least one; each has another `datasetId`, but in temporal representations.
        public var instances: [NGSIAttribute]
    }

    /// The names with their instances.
    public var groups: [Group] = []

    /// None.
    public init() {}

    /// The instances of a name; setting none takes the name away.
    public subscript(name: String) -> [NGSIAttribute]? {
        get { groups.first { $0.name == name }?.instances }
        set {
            let at = groups.firstIndex { $0.name == name }
            switch (at, newValue) {
            case (let at?, let instances?) where !instances.isEmpty: groups[at].instances = instances
            case (let at?, _): groups.remove(at: at)
            case (nil, let instances?) where !instances.isEmpty: groups.append(Group(name: name, instances: instances))
            default: break
            }
        }
    }

    /// Whether there are none.
    public var isEmpty: Bool { groups.isEmpty }

    /// The names.
    public var names: [String] { groups.map(\.name) }
}

/// An entity, with names expanded.
public struct NGSIEntity: Sendable, Hashable {
    /// Its URI.
    public var id: String
    /// Its types, expanded; at least one in what is stored.
    public var types: [String]
    /// Its scopes; nil: none, or in a fragment: as they are.
    public var scopes: [String]?
    /// Its attributes.
    public var attributes = NGSIAttributes()
    /// When it was made; microseconds since 1970.
    public var createdAt = 0
    /// When it was changed; microseconds since 1970.
    public var modifiedAt = 0
    /// When it was deleted, in notifications and temporal representations.
    public var deletedAt: Int?
    /// When it goes by itself.
    public var expiresAt: String?

    /// When it, or the first of its attributes, goes by itself; nil: never.
    var nextExpiry: Int? {
        let all = [expiresAt] + attributes.groups.flatMap { $0.instances.map(\.expiresAt) }
        return all.compactMap { $0.flatMap { NGSITime.micros($0) } }.min()
    }

    /// Whether its time is over.
    func isOver(_ now: Int) -> Bool { expiresAt.flatMap { NGSITime.micros($0) }.map { $0 <= now } ?? false }

    /// Without attributes whose time is over.
    func current(_ now: Int) -> NGSIEntity {
        guard let next = nextExpiry, next <= now else { return self }
        var entity = self
        for group in attributes.groups { entity.attributes[group.name] = group.instances.filter { !$0.isOver(now) } }
        return entity
    }

    /// An entity without attributes.
    public init(id: String, types: [String]) { (self.id, self.types) = (id, types) }
}
