public import LaresJSON

/// Several things that are set together and seen as one: "groups/downstairs_lamps".
public struct ThingGroup: Hashable, Sendable {
    /// Its lasting name; the first part is "groups".
    public let id: ThingID
    /// What people call it.
    public var name: String
    /// The things in it. They needn't be there yet; groups have no groups in them.
    public var members: [ThingID]

    /// The most things in a group.
    public static let most = 200

    /// A group. Its id follows from its name unless it is given.
    ///
    /// - Throws: ``ThingsError`` with `badName`.
    public init(id: ThingID? = nil, name: String, members: [ThingID]) throws(ThingsError) {
        let id = id ?? ThingID(naming: name, in: Self.place)
        guard Self.isGroup(id) else { throw ThingsError(.badName, "the id of a group begins with 'groups/', not '\(id)'") }
        guard PlainName.isName(name) else {
            throw ThingsError(.badName, "the name of a group has 1 to 200 characters, and no control characters")
        }
        guard (1...Self.most).contains(members.count), Set(members).count == members.count, !members.contains(where: Self.isGroup) else {
            throw ThingsError(.badName, "a group has 1 to \(Self.most) things, each once, and no groups")
        }
        (self.id, self.name, self.members) = (id, name, members)
    }

    static let place = "groups"

    /// Whether a thing's id is that of a group.
    public static func isGroup(_ id: ThingID) -> Bool { id.description.hasPrefix(place + "/") }

    /// As JSON, for files and the API.
    public var json: JSON {
        ["id": .string(id.description), "name": .string(name), "members": .array(members.map { .string($0.description) })]
    }

    /// Reads what ``json`` writes; the id may be left out.
    ///
    /// - Throws: `JSONError` that names the member.
    public init(_ json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        guard let name = try fields.name("name") else { throw fields.error("name", "is missing: what people call it") }
        var id: ThingID?
        if let text = try fields.string("id") {
            guard let given = ThingID(text) else { throw fields.error("id", "must be such as groups/downstairs") }
            id = given
        }
        var members: [ThingID] = []
        for text in try fields.strings("members") ?? [] {
            guard let member = ThingID(text) else { throw fields.error("members", "must name things, such as hall/lamp") }
            members.append(member)
        }
        try fields.end()
        do throws(ThingsError) { try self.init(id: id, name: name, members: members) } catch {
            throw fields.error("members", "or another part can't be used: \(error.message)")
        }
    }
}

extension Property {
    /// What two things have in common under one name; nil where one value can't be meant for both.
    func joined(with other: Property) -> Property? {
        guard base == other.base, unit == other.unit, isEvent == other.isEvent, let kind = kind.joined(with: other.kind) else { return nil }
        var joined = self
        joined.kind = kind
        joined.isReported = isReported || other.isReported
        joined.isWritable = isWritable || other.isWritable
        joined.hazard = hazard ?? other.hazard
        joined.quantity = quantity == other.quantity ? quantity : nil
        return joined
    }

    /// What several things report under one name: true if any says so (locked only if all are), the mean of numbers, a word that all say.
    func common(_ values: [PropertyValue]) -> PropertyValue? {
        guard let first = values.first else { return nil }
        let flags = values.compactMap(\.boolean), numbers = values.compactMap(\.number)
        if flags.count == values.count { return .boolean(base == "locked" ? !flags.contains(false) : flags.contains(true)) }
        if numbers.count == values.count { return .number(numbers.reduce(0, +) / Double(numbers.count)) }
        return values.allSatisfy { $0 == first } ? first : nil
    }
}

extension PropertyKind {
    /// The values that both can take; nil: there are none, or they are of other kinds.
    fileprivate func joined(with other: PropertyKind) -> PropertyKind? {
        switch (self, other) {
        case (.boolean, .boolean), (.color, .color), (.action, .action): return self
        case (.text(let a), .text(let b)): return .text(longest: min(a, b))
        case (.choice(let a), .choice(let b)):
            let both = a.filter(b.contains)
            return both.isEmpty ? nil : .choice(both)
        case (.number(let a), .number(let b)):
            let least = [a.least, b.least].compactMap(\.self).max(), greatest = [a.greatest, b.greatest].compactMap(\.self).min()
            guard least ?? -.infinity <= greatest ?? .infinity else { return nil }
            return .number(NumberRange(least: least, greatest: greatest, step: [a.step, b.step].compactMap(\.self).max()))
        default: return nil
        }
    }
}
