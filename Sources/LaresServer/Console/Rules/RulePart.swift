import LaresJSON
import LaresPlaces
import LaresThings

/// One trigger, condition or action in the form of a rule.
struct RulePart: Sendable {
    /// Its kind; nil: it stands as its text.
    var verb: String?
    /// What is filled in, by the fields' keys.
    var values: [String: String] = [:]
    /// The actions inside it, by the field's key.
    var inner: [String: [RulePart]] = [:]
    /// Its JSON, if it has no kind.
    var text = ""

    /// One with nothing filled in; of no known kind: a text to write.
    init(kind: String) {
        verb = RuleSection.allCases.contains { $0.kind(kind) != nil } ? kind : nil
        text = verb == nil ? "{}" : ""
    }

    /// A part of a rule. It has a form if the form's fields say all of it.
    init(_ json: JSON, of section: RuleSection, in home: Home) {
        for kind in section.kinds where json[kind.verb] != nil {
            var part = RulePart(kind: kind.verb)
            for field in kind.fields { part.read(field, from: json, section, home) }
            if (try? part.json(at: "", of: section, in: home)) == json {
                self = part
                return
            }
        }
        self.init(kind: "")
        text = json.indented
    }

    private mutating func read(_ field: RulePartKind.Field, from json: JSON, _ section: RuleSection, _ home: Home) {
        switch (verb, field.key) {
        case ("set", "address"): if case .object(let members)? = json["set"] { values["address"] = members.first { _ in true }?.0 }
        case ("set", "value"):
            if case .object(let members)? = json["set"] { values["value"] = members.first { _ in true }.map { Self.text($0.1) } }
        case ("between", "from"): values["from"] = json["between"]?.elements?.first?.text
        case ("between", "through"): values["through"] = json["between"]?.elements?.last?.text
        case (_, let key):
            guard let value = json[key] else { return }
            if case .actions = field.input {
                inner[key] = (value.elements ?? [value]).map { RulePart($0, of: .then, in: home) }
            } else {
                values[key] = Self.text(value)
            }
        }
    }

    private static func text(_ json: JSON) -> String {
        if let elements = json.elements { return elements.map { $0.text ?? $0.serialized }.joined(separator: ", ") }
        return json.text ?? json.serialized
    }
}

/// As a rule's data.
extension RulePart {
    static func json(_ parts: [RulePart], at place: String, of section: RuleSection, in home: Home) throws(RuleError) -> [JSON] {
        var list: [JSON] = []
        for (index, part) in parts.enumerated() { list.append(try part.json(at: "\(place)[\(index)]", of: section, in: home)) }
        return list
    }

    /// - Parameter place: Where it stands, for errors: `when[0]`.
    func json(at place: String, of section: RuleSection, in home: Home) throws(RuleError) -> JSON {
        guard let kind = verb.flatMap(section.kind) else { return try written(at: place) }
        if let missing = kind.fields.first(where: { $0.isNeeded && values[$0.key]?.isEmpty ?? true }) {
            throw RuleError(.badRule, "'\(place).\(missing.key)' must be filled in")
        }
        var members = JSON.Members()
        switch kind.verb {
        case "set": members["set"] = .object([values["address"] ?? "": value("value", of: "address", home) ?? .string("")])
        case "between": members["between"] = .array(["from", "through"].map { .string(values[$0] ?? "") })
        default: break
        }
        for field in kind.fields where !["address", "value", "from", "through"].contains(field.key) {
            if case .actions = field.input {
                members[field.key] = .array(try Self.json(inner[field.key] ?? [], at: "\(place).\(field.key)", of: .then, in: home))
            } else if let json = json(of: field, home) {
                members[field.key] = json
            }
        }
        return .object(members)
    }

    private func written(at place: String) throws(RuleError) -> JSON {
        do throws(JSONError) { return try JSON(parsing: Array(text.utf8)) } catch {
            throw RuleError(.badRule, "'\(place)' is not JSON: \(error.message)")
        }
    }

    /// What a field holds; nil if nothing is filled in where nothing need be.
    private func json(of field: RulePartKind.Field, _ home: Home) -> JSON? {
        let text = values[field.key] ?? ""
        guard !text.isEmpty else { return nil }
        return switch field.input {
        case .value(let of): value(field.key, of: of, home)
        case .number: Self.number(text) ?? .string(text)
        case .flag: text == "true" ? true : nil
        case .list, .days: .array(Self.list(text))
        case .address, .thing, .scene, .text, .moment, .span, .online, .actions: .string(text)
        }
    }

    private static func list(_ text: String) -> [JSON] { text.split(separator: ",").map { .string(String($0.trimmingSpaces())) } }

    private static func number(_ text: String) -> JSON? {
        guard let json = try? JSON(parsing: Array(text.utf8)), json.number != nil else { return nil }
        return json
    }

    /// A value as the property takes it; of a property that isn't known: a number, true or false if it reads like one.
    private func value(_ key: String, of other: String, _ home: Home) -> JSON? {
        let text = values[key] ?? ""
        guard !text.isEmpty else { return nil }
        switch values[other].flatMap({ PropertyAddress($0) }).flatMap(home.property)?.kind {
        case .choice, .text: return .string(text)
        case .boolean, .number, .color, .action, nil:
            let read = try? JSON(parsing: Array(text.utf8))
            return read.flatMap { PropertyValue($0) == nil ? nil : $0 } ?? .string(text)
        }
    }
}

/// What was sent.
extension RulePart {
    static func list(_ form: Form, at path: String, of section: RuleSection, depth: Int) -> [RulePart] {
        guard depth > 0 else { return [] }
        return (0..<64).prefix { form.has("\(path).\($0).kind") }.map { RulePart(form, at: "\(path).\($0)", of: section, depth) }
    }

    private init(_ form: Form, at path: String, of section: RuleSection, _ depth: Int) {
        self.init(kind: form["\(path).kind"])
        text = form.exact("\(path).text")
        guard let kind = verb.flatMap(section.kind) else {
            verb = nil
            return
        }
        for field in kind.fields {
            let name = "\(path).\(field.key)"
            switch field.input {
            case .actions: inner[field.key] = Self.list(form, at: name, of: .then, depth: depth - 1)
            case .days:
                values[field.key] = Weekday.allCases.map(\.rawValue).filter { form["\(name).\($0)"] == "true" }.joined(separator: ", ")
            default: values[field.key] = form[name]
            }
        }
    }

    /// Adds to, removes from or moves within the list that a path leads to.
    static func edit(_ parts: inout [RulePart], _ path: ArraySlice<String>, _ act: String, _ new: RulePart) {
        guard let head = path.first else {
            if act == "add", parts.count < 64 { parts.append(new) }
            return
        }
        guard let index = Int(head), parts.indices.contains(index) else { return }
        if path.count > 1 {
            let key = path[path.startIndex + 1]
            edit(&parts[index].inner[key, default: []], path.dropFirst(2), act, new)
        } else if act == "remove" {
            parts.remove(at: index)
        } else if act == "up", index > 0 {
            parts.swapAt(index, index - 1)
        }
    }
}
