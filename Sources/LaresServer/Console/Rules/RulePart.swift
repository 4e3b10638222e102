import LaresJSON
import LaresPlaces
import LaresThings

/// One trigger, condition or action in the form of a rule.
struct RulePart: Sendable {
    /// What its kind is called; nil: it stands as its text.
    var kind: String?
    /// What is filled in, by the fields' keys.
    var values: [String: String] = [:]
    /// The triggers, conditions or actions inside it, by the field's key.
    var inner: [String: [RulePart]] = [:]
    /// Its JSON, if it has no kind.
    var text = ""

    /// One with nothing filled in; of no known kind: a text to write.
    init(kind: String) {
        self.kind = RuleSection.allCases.contains { $0.kind(kind) != nil } ? kind : nil
        text = self.kind == nil ? "{}" : ""
    }

    /// A part of a rule. It has a form if the form's fields say all of it.
    init(_ json: JSON, of section: RuleSection, in home: Home) {
        for kind in section.kinds where json[kind.verb] != nil {
            var part = RulePart(kind: kind.name)
            for field in kind.fields { part.read(field, of: kind, from: json, home) }
            if (try? part.json(at: "", of: section, in: home)) == json {
                self = part
                return
            }
        }
        self.init(kind: "")
        text = json.indented
    }

    private mutating func read(_ field: RulePartKind.Field, of kind: RulePartKind, from json: JSON, _ home: Home) {
        switch (kind.name, field.key) {
        case ("set", "address"): if case .object(let members)? = json["set"] { values["address"] = members.first { _ in true }?.0 }
        case ("set", "value"):
            if case .object(let members)? = json["set"] { values["value"] = members.first { _ in true }.map { Self.text($0.1) } }
        case ("let", "name"): if case .object(let members)? = json["let"] { values["name"] = members.first { _ in true }?.0 }
        case ("let", "value"):
            if case .object(let members)? = json["let"] { values["value"] = members.first { _ in true }.map { Self.data($0.1) } }
        case ("dates", let key): values[key] = json["dates"]?.elements?.first?[key]?.text
        case ("between", "from"): values["from"] = json["between"]?.elements?.first?.text
        case ("between", "through"): values["through"] = json["between"]?.elements?.last?.text
        case (_, let key):
            guard let value = (kind.fixed == nil || key == "id" ? json : json[kind.verb])?[key] else { return }
            switch field.input {
            case .parts(let section): inner[key] = (value.elements ?? [value]).map { RulePart($0, of: section, in: home) }
            case .json: values[key] = Self.data(value)
            case .seconds: values[key] = value.number.flatMap(Self.span) ?? Self.text(value)
            default: values[key] = Self.text(value)
            }
        }
    }

    private static func data(_ json: JSON) -> String { json.text ?? json.serialized }

    /// "15m", "-30m".
    private static func span(_ seconds: Double) -> String? {
        guard abs(seconds) <= TimeSpan.longest.seconds else { return nil }
        return (seconds < 0 ? "-" : "") + TimeSpan.seconds(abs(seconds)).description
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
        guard let kind = kind.flatMap(section.kind) else { return try written(at: place) }
        if let missing = kind.fields.first(where: { $0.isNeeded && values[$0.key]?.isEmpty ?? true }) {
            throw RuleError(.badRule, "'\(place).\(missing.key)' must be filled in")
        }
        var members = try own(of: kind, at: place, home), inside = kind.fixed ?? JSON.Members()
        // What says its kind comes first.
        if kind.fixed != nil { members[kind.verb] = .null }
        for field in kind.fields where !kind.own.contains(field.key) {
            guard let held = try self.json(of: field, at: place, home) else { continue }
            if kind.fixed == nil || field.key == "id" { members[field.key] = held } else { inside[field.key] = held }
        }
        if kind.fixed != nil { members[kind.verb] = .object(inside) }
        return .object(members)
    }

    /// What a kind writes in a way of its own.
    private func own(of kind: RulePartKind, at place: String, _ home: Home) throws(RuleError) -> JSON.Members {
        switch kind.name {
        case "set": return ["set": .object([values["address"] ?? "": value("value", of: "address", home) ?? .string("")])]
        case "let": return ["let": .object([values["name"] ?? "": Self.data(values["value"] ?? "")])]
        case "between": return ["between": .array(["from", "through"].map { .string(values[$0] ?? "") })]
        case "dates": return ["dates": [["from": .string(values["from"] ?? ""), "through": .string(values["through"] ?? "")]]]
        case "not_of":
            let parts = try Self.json(inner["not"] ?? [], at: "\(place).not", of: .only, in: home)
            guard !parts.isEmpty else { throw RuleError(.badRule, "'\(place).not' must have a condition") }
            return ["not": parts.count == 1 ? parts[0] : ["all": .array(parts)]]
        default: return JSON.Members()
        }
    }

    private func written(at place: String) throws(RuleError) -> JSON {
        do throws(JSONError) { return try JSON(parsing: Array(text.utf8)) } catch {
            throw RuleError(.badRule, "'\(place)' is not JSON: \(error.message)")
        }
    }

    /// What a field holds; nil if nothing is filled in where nothing need be.
    private func json(of field: RulePartKind.Field, at place: String, _ home: Home) throws(RuleError) -> JSON? {
        if case .parts(let section) = field.input {
            return .array(try Self.json(inner[field.key] ?? [], at: "\(place).\(field.key)", of: section, in: home))
        }
        let text = values[field.key] ?? ""
        guard !text.isEmpty else { return nil }
        return switch field.input {
        case .value(let of): value(field.key, of: of, home)
        case .number: Self.number(text) ?? .string(text)
        case .flag: text == "true" ? true : nil
        case .list, .days: .array(Self.list(text))
        case .json: Self.data(text)
        case .seconds: Self.seconds(text) ?? .string(text)
        case .address, .thing, .scene, .text, .moment, .span, .choice, .parts: .string(text)
        }
    }

    /// What reads like plain data is it; a template is a text.
    private static func data(_ text: String) -> JSON { (try? JSON(parsing: Array(text.utf8))) ?? .string(text) }

    private static func seconds(_ text: String) -> JSON? {
        if let whole = Int(text) { return .int(whole) }
        guard let span = TimeSpan(text.hasPrefix("-") ? String(text.dropFirst()) : text), span.milliseconds % 1000 == 0 else { return nil }
        return .int(span.milliseconds / 1000 * (text.hasPrefix("-") ? -1 : 1))
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
        return (0..<Rule.most).prefix { form.has("\(path).\($0).kind") }.map { RulePart(form, at: "\(path).\($0)", of: section, depth) }
    }

    private init(_ form: Form, at path: String, of section: RuleSection, _ depth: Int) {
        self.init(kind: form["\(path).kind"])
        text = form.exact("\(path).text")
        guard let kind = self.kind.flatMap(section.kind) else {
            self.kind = nil
            return
        }
        for field in kind.fields {
            let name = "\(path).\(field.key)"
            switch field.input {
            case .parts(let section): inner[field.key] = Self.list(form, at: name, of: section, depth: depth - 1)
            case .days:
                values[field.key] = Weekday.allCases.map(\.rawValue).filter { form["\(name).\($0)"] == "true" }.joined(separator: ", ")
            default: values[field.key] = form[name]
            }
        }
    }

    /// Adds to, removes from or moves within the list that a path leads to.
    static func edit(_ parts: inout [RulePart], _ path: ArraySlice<String>, _ act: String, _ new: RulePart) {
        guard let head = path.first else {
            if act == "add", parts.count < Rule.most { parts.append(new) }
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
