internal import LaresJSON
internal import LaresThings

/// What the forms of rules are made of.
extension JSONFields {
    /// The one member that says what kind of thing this is.
    mutating func verb<Verb: RawRepresentable & CaseIterable>(_ type: Verb.Type = Verb.self) throws(JSONError) -> Verb
    where Verb.RawValue == String {
        let found = Verb.allCases.filter { value($0.rawValue) != nil }
        guard let verb = found.first else {
            let verbs = Verb.allCases.map(\.rawValue).joined(separator: ", ")
            throw JSONError(message: "'\(place)' must say what it is by one of: \(verbs)")
        }
        guard found.count == 1 else {
            throw error(verb.rawValue, "can't stand beside \(found.dropFirst().map { "'\($0.rawValue)'" }.joined(separator: ", "))")
        }
        return verb
    }

    mutating func address(_ key: String) throws(JSONError) -> PropertyAddress {
        guard let text = try string(key), let address = PropertyAddress(text) else {
            throw error(key, "must be the address of a property, such as \"hall/lamp/on\"")
        }
        return address
    }

    mutating func thing(_ key: String) throws(JSONError) -> ThingID {
        guard let text = try string(key), let thing = ThingID(text) else { throw error(key, "must be a thing, such as \"hall/lamp\"") }
        return thing
    }

    /// One value or a list of them; none when it is left out.
    mutating func values(_ key: String) throws(JSONError) -> [PropertyValue] {
        guard let json = value(key) else { return [] }
        let elements = json.elements ?? [json]
        let values = elements.compactMap { PropertyValue($0) }
        guard values.count == elements.count, (1...32).contains(values.count) else {
            throw error(key, "must be a value such as true, 21.5 or \"heat\", or a list of up to 32")
        }
        return values
    }

    /// A length of time; nil when it is left out.
    mutating func span(_ key: String) throws(JSONError) -> TimeSpan? {
        guard let json = value(key) else { return nil }
        if let text = json.text, let span = TimeSpan(text) { return span }
        if let number = json.number, (0...TimeSpan.longest.seconds).contains(number) { return .seconds(number) }
        throw error(key, "must be a length of time such as \"90s\", \"5m\" or \"1h30m\", up to 31 days")
    }

    /// A name of 1 to 200 characters.
    mutating func label(_ key: String) throws(JSONError) -> String {
        guard let text = try optionalLabel(key) else { throw error(key, "is missing") }
        return text
    }

    /// A name of 1 to 200 characters; nil when it is left out.
    mutating func optionalLabel(_ key: String) throws(JSONError) -> String? {
        guard let text = try string(key) else { return nil }
        guard PlainText.isName(text) else { throw error(key, "must have 1 to 200 characters, and no control characters") }
        return text
    }

    /// Kinds of causes; none when they are left out.
    mutating func causes(_ key: String) throws(JSONError) -> [Cause.Kind] {
        var kinds: [Cause.Kind] = []
        for name in try strings(key) ?? [] {
            guard let kind = Cause.Kind(rawValue: name), !kinds.contains(kind) else {
                throw error(key, "may have, each once, \(Cause.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            kinds.append(kind)
        }
        return kinds
    }

    /// A value in which texts may be templates; nil when it is left out.
    mutating func ruleValue(_ key: String) throws(JSONError) -> RuleValue? {
        guard let json = value(key) else { return nil }
        return try ruleValue(json, key)
    }

    func ruleValue(_ json: JSON, _ key: String) throws(JSONError) -> RuleValue {
        do throws(RuleError) { return try RuleValue(json) } catch { throw self.error(key, error.message) }
    }

    /// Names with values; none when they are left out.
    mutating func members(_ key: String) throws(JSONError) -> [RuleMember] {
        guard let json = value(key) else { return [] }
        guard case .object(let members) = json, members.count <= 64 else { throw error(key, "must be an object of up to 64 variables") }
        var result: [RuleMember] = []
        for (name, value) in members {
            guard Slug.isProperty(name), !Self.taken.contains(name), !result.contains(where: { $0.name == name }) else {
                let taken = Self.taken.sorted().joined(separator: ", ")
                throw error("\(key).\(name.prefix(40))", "must be a name such as \"level\", once, and none of \(taken)")
            }
            result.append(RuleMember(name, try ruleValue(value, "\(key).\(name)")))
        }
        return result
    }

    /// Names that templates have a meaning for.
    private static let taken: Set<String> = ["states", "trigger", "now", "repeat"]

    /// What stands in a list of objects; none when it is left out. One object alone counts as a list.
    mutating func list(_ key: String, most: Int = Rule.most) throws(JSONError) -> [JSONFields] {
        guard let json = value(key) else { return [] }
        guard case .object = json else {
            let objects = try objects(key) ?? []
            guard objects.count <= most else { throw error(key, "has more than \(most) parts") }
            return objects
        }
        return [try JSONFields(json, at: name(key))]
    }
}

extension JSON {
    /// A number, without a point when it is whole.
    static func number(_ number: Double) -> JSON { Int(exactly: number).map { .int($0) } ?? .double(number) }

    /// One value, or a list of several.
    static func values(_ values: [PropertyValue]) -> JSON? {
        // JSON takes "nil" for its null, so that these say which nothing they mean.
        guard let first = values.first else { return JSON?.none }
        return values.count == 1 ? first.json : .array(values.map(\.json))
    }

    static func span(_ span: TimeSpan) -> JSON? { span == .zero ? JSON?.none : .string(span.description) }

    static func texts(_ texts: [String]) -> JSON? { texts.isEmpty ? JSON?.none : .array(texts.map { .string($0) }) }

    static func members(_ members: [RuleMember]) -> JSON {
        var object = JSON.Members()
        for member in members { object.append(member.name, member.value.json) }
        return .object(object)
    }
}
