public import LaresJSON
internal import LaresThings

/// Making a rule of a blueprint.
extension Blueprint {
    /// A rule with the blanks filled.
    ///
    /// - Parameters:
    ///   - name: What people call the rule.
    ///   - id: Its lasting name; nil: it follows from the name.
    ///   - values: The inputs by their names; one element may stand for a list of one.
    ///   - language: The language of what it tells people, English for one that it doesn't speak.
    /// - Throws: ``RuleError`` with `badInput` for a missing, unknown or wrong input.
    public func rule(named name: String, id: RuleID? = nil, with values: [String: JSON], language: String = "en") throws(RuleError) -> Rule
    {
        if let unknown = values.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            throw RuleError(
                .badInput, "the blueprint '\(self.id)' has no input '\(unknown)'; it has \(inputs.map(\.name).joined(separator: ", "))")
        }
        if !either.isEmpty, either.allSatisfy({ (values[$0] ?? .null) == .null }) {
            throw RuleError(.badInput, "the blueprint '\(self.id)' needs '\(either.joined(separator: "' or '"))'")
        }
        var given: [String: JSON] = [:]
        for input in inputs { given[input.name] = try input.value(values[input.name], of: self.id) }
        guard case .object(var members)? = Filling(given: given, language: language).fill(body) else {
            throw RuleError(.badRule, "the blueprint '\(self.id)' has no rule")
        }
        members["name"] = .string(name)
        members["id"] = id.map { .string($0.description) }
        return try Rule(.object(members))
    }
}

extension Blueprint.Input {
    /// The value that counts. Throws ``RuleError`` with `badInput`.
    fileprivate func value(_ given: JSON?, of blueprint: String) throws(RuleError) -> JSON? {
        guard let given = given == .null ? usual : given ?? usual else {
            if isOptional { return nil }
            throw RuleError(.badInput, "the blueprint '\(blueprint)' needs '\(name)': \(labels["en"] ?? expectation)")
        }
        let elements = isList ? given.elements ?? [given] : [given]
        guard !elements.isEmpty, elements.count <= 64, elements.allSatisfy(allows) else {
            throw RuleError(
                .badInput, "'\(name)' of the blueprint '\(blueprint)' can't be \(given.serialized.prefix(80)): it must be \(expectation)")
        }
        let read = elements.map(presence)
        return isList ? .array(read) : read[0]
    }

    /// Where a telephone is stands for whether that is at home, where presence is asked for.
    private func presence(_ given: JSON) -> JSON {
        guard kind == .property(quantity: "presence"), let address = given.text.flatMap({ PropertyAddress($0) }),
            address.property.hasPrefix("location")
        else { return given }
        return .string("\(address.thing)/home\(address.property.dropFirst("location".count))")
    }

    private func allows(_ json: JSON) -> Bool {
        switch kind {
        case .property: json.text.flatMap { PropertyAddress($0) } != nil
        case .thing: json.text.flatMap { ThingID($0) } != nil
        case .number(let range): json.number.map(range.contains) ?? false
        case .span: json.text.flatMap { TimeSpan($0) } != nil
        case .moment: json.text.flatMap { DayMoment($0) } != nil
        case .text: json.text.map { PlainText.isName($0) && !RuleTemplate.isTemplate($0) } ?? false
        case .value: PropertyValue(json) != nil && !(json.text.map(RuleTemplate.isTemplate) ?? false)
        }
    }

    private var expectation: String {
        let one =
            switch kind {
            case .property: "the address of a property, such as \"hall/lamp/on\""
            case .thing: "a thing, such as \"hall/lamp\""
            case .number(let range): "a number between \(range.lowerBound) and \(range.upperBound)"
            case .span: "a length of time, such as \"5m\""
            case .moment: "a moment of the day, such as \"22:00\" or \"sunset\""
            case .text: "a text of 1 to 200 characters"
            case .value: "a value, such as true or 21.5"
            }
        return isList ? "\(one), or up to 64 in a list" : one
    }
}

/// Fills blanks. Bodies come from blueprints, whose depth their reader has bounded.
private struct Filling {
    var given: [String: JSON]
    let language: String

    /// Nil for what is left out.
    func fill(_ json: JSON) -> JSON? {
        switch json {
        case .string(let text): return fill(text)
        case .array(let elements): return .array(elements.flatMap(spread))
        case .object(let members):
            if case .object(let words)? = members["$words"] { return words[language] ?? words["en"] }
            return object(members)
        default: return json
        }
    }

    private func fill(_ text: String) -> JSON? {
        if text.hasPrefix("$"), !text.hasPrefix("${") { return given[String(text.dropFirst())] }
        guard text.contains("${") else { return .string(text) }
        return .string(given.reduce(text) { $0.replacing("${\($1.key)}", with: $1.value.text ?? $1.value.serialized) })
    }

    /// The elements that one of a list makes.
    private func spread(_ element: JSON) -> [JSON] {
        guard case .object(let members) = element else { return fill(element).map { [$0] } ?? [] }
        if let name = members["$if"]?.text, given[name] == nil { return [] }
        if let name = members["$unless"]?.text, given[name] != nil { return [] }
        guard let name = members["$each"]?.text else { return fill(element).map { [$0] } ?? [] }
        return (given[name]?.elements ?? []).compactMap { item in
            var inner = self
            inner.given[name] = item
            return inner.fill(element)
        }
    }

    private func object(_ members: JSON.Members) -> JSON {
        var filled = JSON.Members()
        for (key, value) in members where key != "$if" && key != "$unless" && key != "$each" {
            guard let value = fill(value) else { continue }
            guard key.hasPrefix("$") else {
                filled.append(key, value)
                continue
            }
            let names = given[String(key.dropFirst())].map { $0.elements ?? [$0] } ?? []
            for name in names { if let text = name.text { filled[text] = value } }
        }
        return .object(filled)
    }
}
