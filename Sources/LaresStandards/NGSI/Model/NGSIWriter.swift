public import LaresJSON
import Synchronization

/// Writes entities: normalised, concise or simplified, with names compacted (clause 4.5).
public struct NGSIWriter: Sendable {
    /// How much of an attribute is written.
    public enum Form: Sendable, Hashable {
        /// Everything.
        case normalised
        /// Without what follows from the rest.
        case concise
        /// Values alone.
        case simplified
    }

    /// What names are to be called.
    public var context: LDContext
    /// How much of an attribute is written.
    public var form = Form.normalised
    /// Whether system attributes are written (createdAt, modifiedAt).
    public var hasSystemAttributes = false
    /// The languages that maps are reduced to; nil: maps stay.
    public var languages: NGSILanguages?
    /// What alone is written; nil: everything.
    public var pick: NGSIProjection?
    /// What isn't.
    public var omit: NGSIProjection?
    /// The attributes that are written; nil: all.
    public var attributes: Set<String>?
    /// Instances that are written: their datasetId, "@none" for default ones; nil: all.
    public var datasets: Set<String>?
    /// Entities that relationships lead to, to be written inside; empty: none are.
    public var linked: [String: NGSIEntity] = [:]
    /// How deep they are written.
    public var joinLevel = 0
    /// Which former values are written beside (showChanges), by attribute and dataset.
    var previous: [NGSIChange] = []

    /// How many entities may still be written inside others, for all copies of a writer together.
    private let room = Room()

    /// A writer of everything.
    public init(_ context: LDContext) { self.context = context }

    /// The entity as members of an object, without `@context`; empty: nothing of it was asked for.
    public func members(_ entity: NGSIEntity) -> JSON.Members {
        var members = JSON.Members()
        if shows("id") { members.append("id", .string(entity.id)) }
        if shows("type"), !entity.types.isEmpty { members.append("type", .oneOrMore(entity.types.map(context.compact))) }
        if let scopes = entity.scopes, !scopes.isEmpty, shows("scope"), attributes == nil || attributes?.contains(Self.scope) == true {
            members.append("scope", .oneOrMore(scopes))
        }
        if let expiry = entity.expiresAt, hasSystemAttributes || pick?.members["expiresAt"] != nil, shows("expiresAt") {
            members.append("expiresAt", .string(expiry))
        }
        if hasSystemAttributes || pick?.members["createdAt"] != nil, shows("createdAt") {
            members.append("createdAt", .string(NGSITime.text(entity.createdAt)))
        }
        if hasSystemAttributes || pick?.members["modifiedAt"] != nil, shows("modifiedAt") {
            members.append("modifiedAt", .string(NGSITime.text(entity.modifiedAt)))
        }
        if let deleted = entity.deletedAt { members.append("deletedAt", .string(NGSITime.text(deleted))) }
        for group in entity.attributes.groups where shows(group.name) && attributes?.contains(group.name) != false {
            let instances = group.instances.filter { datasets?.contains($0.datasetId ?? "@none") != false }
            guard !instances.isEmpty else { continue }
            members.append(context.compact(group.name), json(of: instances, named: group.name))
        }
        return members
    }

    /// The expanded name of scopes.
    public static let scope = CoreTerms.base + "scope"

    private func shows(_ name: String) -> Bool {
        if let pick, pick.members[name] == nil { return false }
        if let inner = omit?.members[name] { return !inner.isEmpty }
        return true
    }

    /// Whether anything of an entity is left to be written.
    public func shows(_ entity: NGSIEntity) -> Bool { members(entity).count > 0 }

    private func json(of instances: [NGSIAttribute], named name: String) -> JSON {
        if form == .simplified, instances.count > 1 || instances[0].datasetId != nil {
            var members = JSON.Members()
            for instance in instances { members.append(instance.datasetId ?? "@none", json(of: instance, named: name)) }
            return ["dataset": .object(members)]
        }
        if instances.count == 1 { return json(of: instances[0], named: name) }
        return .array(instances.map { json(of: $0, named: name) })
    }
}

extension NGSIWriter {
    /// What is left of 10,000 entities inside of others: those that lead to each other could be told without end.
    private final class Room: Sendable {
        private let left = Mutex(10_000)

        func take() -> Bool {
            left.withLock { left in
                left -= 1
                return left >= 0
            }
        }
    }

    /// Whether one more entity may be written inside of another.
    func takesRoom() -> Bool { room.take() }
}
