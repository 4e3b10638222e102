public import LaresJSON

/// What becomes of what is here and says something else than the file.
public enum MovingChoice: String, Sendable, Hashable, CaseIterable {
    /// What is here stays; what the file says besides is added.
    case keepMine = "keep_mine"
    /// The file counts where both say something; what is only here stays.
    case takeTheirs = "take_theirs"
    /// Nothing of it is taken, not even what is new.
    case leave
}

/// What a person wants of an import: for everything, for a section, for an item; the narrowest counts.
public struct MovingPolicy: Sendable, Hashable {
    /// For what nothing else is said.
    public var choice: MovingChoice
    /// For sections, by their names.
    public var sections: [String: MovingChoice]
    /// For items, by their section and their key.
    public var items: [String: [String: MovingChoice]]
    /// Whether rules are switched on as they were; else they come switched off.
    public var enablesRules: Bool
    /// Whether rules that were trusted are trusted here; else none that comes is.
    public var trustsRules: Bool

    /// What is here stays, rules come switched off and not trusted, unless said otherwise.
    public init(
        _ choice: MovingChoice = .keepMine, sections: [String: MovingChoice] = [:], items: [String: [String: MovingChoice]] = [:],
        enablesRules: Bool = false, trustsRules: Bool = false
    ) {
        (self.choice, self.sections, self.items) = (choice, sections, items)
        (self.enablesRules, self.trustsRules) = (enablesRules, trustsRules)
    }

    func choice(_ section: String, _ key: String) -> MovingChoice { items[section]?[key] ?? sections[section] ?? choice }
}

extension MovingPolicy {
    /// Reads `{"conflicts": "take_theirs", "sections": {"rules": "leave"}, "items": {"areas": {"hall": "keep_mine"}}, "enable_rules": true,
    /// "trust_rules": true}`; all of it may be left out.
    ///
    /// - Throws: ``MovingError`` with `badPolicy` that names the member.
    public init(_ json: JSON) throws(MovingError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            self.init(
                try fields.choice("conflicts") ?? .keepMine,
                sections: try Self.choices(fields.fields("sections"), fields.value("sections")),
                enablesRules: try fields.bool("enable_rules") ?? false, trustsRules: try fields.bool("trust_rules") ?? false)
            if case .object(let members)? = fields.value("items") {
                for (section, value) in members { items[section] = try Self.choices(JSONFields(value, at: "items.\(section)"), value) }
            }
            try fields.end()
        } catch {
            throw MovingError(.badPolicy, "the policy: \(error.message)")
        }
    }

    private static func choices(_ fields: JSONFields?, _ value: JSON?) throws(JSONError) -> [String: MovingChoice] {
        guard var fields, case .object(let members)? = value else { return [:] }
        var choices: [String: MovingChoice] = [:]
        for (key, _) in members { choices[key] = try fields.choice(key) }
        return choices
    }
}
