public import LaresJSON

/// A rule with blanks: what stays the same from home to home, and inputs for what doesn't.
///
/// ```swift
/// let rule = try Blueprint.named("motion_light")?.rule(named: "Hall", with: ["motion": ["hall/motion/motion"], "light": "hall/lamp/on"])
/// ```
///
/// In its rule, `"$light"` stands for an input, in a text `${light}`; `"$each": "motion"` in an object of a list makes one for each element of an input,
/// as which `"$motion"` stands in it; `"$if": "lux"` leaves it out unless the input is given, `"$unless"` if it is; `{"$words": {"en": …, "zh": …}}` is a text in the
/// language of whoever makes the rule. What has an input for its value is left out without it.
public struct Blueprint: Hashable, Sendable {
    /// Its lasting name.
    public let id: String
    /// What people call it, by language.
    public let names: [String: String]
    /// What it asks for, in order.
    public let inputs: [Input]
    /// Inputs of which one at least must be given; empty: each says for itself.
    public let either: [String]
    /// The rule with its blanks.
    public let body: JSON

    /// Something that it asks for.
    public struct Input: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// What people read, by language.
        public let labels: [String: String]
        /// What it must be.
        public let kind: Kind
        /// Whether there may be several.
        public let isList: Bool
        /// Whether it may be left out.
        public let isOptional: Bool
        /// What it is unless it is given.
        public let usual: JSON?
    }

    /// What an input must be.
    public enum Kind: Hashable, Sendable {
        /// The address of a property, best one that measures this ("motion", "power"); nil: any.
        case property(quantity: String?)
        /// A thing.
        case thing
        /// A number in a range.
        case number(ClosedRange<Double>)
        /// A length of time.
        case span
        /// A moment of the day.
        case moment
        /// A text of up to 200 characters.
        case text
        /// A value to set.
        case value
    }
}

extension Blueprint {
    /// Reads a blueprint. Throws ``RuleError`` with `badRule` that names the place.
    public init(_ json: JSON) throws(RuleError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            id = try fields.label("id")
            names = try fields.words("names")
            var inputs: [Input] = []
            for object in try fields.list("inputs", most: 32) { inputs.append(try Input(object)) }
            self.inputs = inputs
            either = try fields.strings("either") ?? []
            body = try fields.required("rule")
            try fields.end()
        } catch {
            throw RuleError(.badRule, "the blueprint: \(error.message)")
        }
    }
}

extension Blueprint.Input {
    private enum Name: String, CaseIterable { case property, thing, number, span, moment, text, value }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        name = try fields.label("name")
        labels = try fields.words("labels")
        guard let kind: Name = try fields.choice("kind") else { throw fields.error("kind", "is missing") }
        let range = try fields.doubles("range", in: -1e15...1e15) ?? [-1e15, 1e15]
        guard range.count == 2, range[0] <= range[1] else { throw fields.error("range", "must be the least and the greatest") }
        let quantity = try fields.optionalLabel("quantity")
        self.kind =
            switch kind {
            case .property: .property(quantity: quantity)
            case .thing: .thing
            case .number: .number(range[0]...range[1])
            case .span: .span
            case .moment: .moment
            case .text: .text
            case .value: .value
            }
        isList = try fields.bool("list") ?? false
        isOptional = try fields.bool("optional") ?? false
        usual = fields.value("usual")
        try fields.end()
    }
}

extension JSONFields {
    /// Words by language.
    fileprivate mutating func words(_ key: String) throws(JSONError) -> [String: String] {
        guard case .object(let members) = try required(key), members.count <= 50 else {
            throw error(key, "must be an object of words by language")
        }
        var words: [String: String] = [:]
        for (language, word) in members {
            guard let text = word.text else { throw error("\(key).\(language)", "must be a string") }
            words[language] = text
        }
        return words
    }
}
