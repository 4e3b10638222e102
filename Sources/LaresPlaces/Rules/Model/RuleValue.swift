public import LaresJSON
public import LaresThings

/// A value in a rule: plain data, in which texts may be templates.
public struct RuleValue: Hashable, Sendable {
    /// As it is written.
    public let json: JSON
    let form: Form

    /// How it is made.
    indirect enum Form: Sendable {
        case literal(JSON)
        case template(RuleTemplate)
        case list([Form])
        case object([(key: String, value: Form)])
    }

    /// The most values that one may hold.
    public static let most = 1000
    private static let depth = 12

    /// A value. Throws ``RuleError`` for a template that can't be read, and for too much data.
    public init(_ json: JSON) throws(RuleError) {
        var budget = Self.most
        (self.json, form) = (json, try Self.form(json, depth: Self.depth, &budget))
    }

    /// A value that is what it is.
    public init(_ value: PropertyValue) { (json, form) = (value.json, .literal(value.json)) }

    private static func form(_ json: JSON, depth: Int, _ budget: inout Int) throws(RuleError) -> Form {
        budget -= 1
        guard budget >= 0, depth > 0 else {
            throw RuleError(.badRule, "has too much data: \(most) values, nested \(Self.depth) deep, are the most")
        }
        switch json {
        case .string(let text) where RuleTemplate.isTemplate(text): return .template(try RuleTemplate(text))
        case .array(let elements):
            var forms: [Form] = []
            for element in elements { forms.append(try form(element, depth: depth - 1, &budget)) }
            return .list(forms)
        case .object(let members):
            var forms: [(key: String, value: Form)] = []
            for (key, value) in members { forms.append((key, try form(value, depth: depth - 1, &budget))) }
            return .object(forms)
        default: return .literal(json)
        }
    }

    /// The templates in it.
    var templates: [RuleTemplate] { form.templates }

    /// The same as it is written.
    public static func == (a: RuleValue, b: RuleValue) -> Bool { a.json == b.json }

    /// Hashes what is written.
    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

extension RuleValue.Form {
    var templates: [RuleTemplate] {
        switch self {
        case .literal: []
        case .template(let template): [template]
        case .list(let forms): forms.flatMap(\.templates)
        case .object(let members): members.flatMap(\.value.templates)
        }
    }
}

/// A name and the value that goes with it: a variable, or what to set.
public struct RuleMember: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: RuleValue

    /// A name with a value.
    public init(_ name: String, _ value: RuleValue) { (self.name, self.value) = (name, value) }
}
