public import LaresJSON

/// What an import would do, or has done: plain data that a person can look through.
public struct MovingPlan: Sendable, Hashable {
    /// The file's sections, as far as this Lares has them.
    public var sections: [Section] = []
    /// Sections of the file that this Lares doesn't have; they are left out.
    public var unknown: [String] = []

    /// One section.
    public struct Section: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The file's items, in its order.
        public let changes: [MovingChange]
    }

    /// How many items of a kind there are.
    public func count(_ kind: MovingChange.Kind) -> Int { sections.reduce(0) { $0 + $1.count(kind) } }

    /// A section, by its name.
    public func section(_ name: String) -> Section? { sections.first { $0.name == name } }

    /// Whether nothing is to be written.
    public var isEmpty: Bool { sections.allSatisfy { section in section.changes.allSatisfy { $0.outcome == nil } } }
}

extension MovingPlan.Section {
    /// How many items of a kind there are.
    public func count(_ kind: MovingChange.Kind) -> Int { changes.count { $0.kind == kind } }
}

/// What becomes of one item of the file.
public struct MovingChange: Sendable, Hashable {
    /// What kind of change it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It isn't here.
        case new
        /// It adds to what is here, and contradicts nothing.
        case changed
        /// It says something else than what is here: the policy decides.
        case conflict
        /// It is here already.
        case same
        /// It can't be taken; the reason says why.
        case refused
    }

    /// What it is called here: an area's or rule's id, a thing, a topic.
    public let key: String
    /// What kind of change it is.
    public var kind: Kind
    /// What is here; nil: nothing.
    public var mine: JSON?
    /// What the file says.
    public let theirs: JSON
    /// What will be here, where something is written; nil: nothing is.
    public var outcome: JSON?
    /// Why it is refused, or what should be known of it.
    public var reason: String?
}

extension MovingPlan {
    /// As JSON for the API. What is here already is only counted.
    public var json: JSON {
        [
            "sections": .array(sections.map(\.json)), "unknown": .array(unknown.map { .string($0) }), "writes": .bool(!isEmpty),
        ]
    }
}

extension MovingPlan.Section {
    fileprivate var json: JSON {
        var members: JSON.Members = ["name": .string(name)]
        for kind in MovingChange.Kind.allCases { members.append(kind.rawValue, .int(count(kind))) }
        members.append("items", .array(changes.filter { $0.kind != .same || $0.reason != nil }.map(\.json)))
        return .object(members)
    }
}

extension MovingChange {
    fileprivate var json: JSON {
        var members: JSON.Members = ["key": .string(key), "kind": .string(kind.rawValue)]
        if let mine { members.append("mine", mine) }
        members.append("theirs", theirs)
        if let outcome { members.append("becomes", outcome) }
        if let reason { members.append("reason", .string(reason)) }
        return .object(members)
    }
}
