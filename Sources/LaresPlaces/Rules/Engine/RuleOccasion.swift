public import Foundation
public import LaresJSON
public import LaresThings

/// What triggered a rule.
public struct RuleOccasion: Hashable, Sendable {
    /// The kind of trigger, as plain data calls it; "manual" when someone started the rule.
    public let kind: String
    /// What the trigger is called.
    public var id: String?
    /// When it was.
    public let date: Date
    /// The property.
    public var address: PropertyAddress?
    /// What it was.
    public var old: PropertyValue?
    /// What it is.
    public var new: PropertyValue?
    /// Whose doing it was.
    public var cause: Cause?
    /// The name of the event, topic, webhook, model or thing.
    public var name: String?
    /// What came with it.
    public var data: JSON?
    /// Whether it was a doubted event (``RuleEvent``).
    public var isDoubted = false

    init(_ kind: String, at date: Date) { (self.kind, self.date) = (kind, date) }

    init(_ kind: String, _ change: Change) {
        self.init(kind, at: change.date)
        (address, old, new, cause) = (change.address, change.old, change.new, change.cause)
    }

    init(_ kind: String, at date: Date, name: String, data: JSON? = nil, cause: Cause? = nil, isDoubted: Bool = false) {
        self.init(kind, at: date)
        (self.name, self.data, self.cause, self.isDoubted) = (name, data, cause, isDoubted)
    }

    /// What templates see as `trigger`.
    func json(in world: some RuleWorld) -> JSON {
        var members: JSON.Members = ["kind": .string(kind)]
        members["id"] = id.map { .string($0) }
        members["property"] = address.map { .string($0.description) }
        members["from"] = old?.json
        members["to"] = new?.json
        members["by"] = cause.map { .string($0.kind.rawValue) }
        members["name"] = name.map { .string($0) }
        members["data"] = data
        let thing = address?.thing ?? (kind == "availability" ? name.flatMap { ThingID($0) } : nil)
        let called = thing.flatMap { world.name(of: $0) }
        members["thing"] = (called?.thing ?? thing?.description).map { .string($0) }
        members["room"] = (called?.room).map { .string($0) } ?? .null
        return .object(members)
    }
}
