import LaresJSON
import LaresServer

/// Holds a value against a schema of `openapi.json`: the part of JSON Schema 2020-12 that file uses.
struct SchemaChecker {
    let document: JSON

    /// What is wrong with the value; empty when it fits.
    func complaints(_ value: JSON, _ schema: JSON, at place: String = "$") -> [String] {
        if let reference = schema["$ref"]?.text {
            guard let target = resolve(reference) else { return ["\(place): \(reference) is not there"] }
            return complaints(value, target, at: place)
        }
        if let choices = schema["anyOf"]?.elements {
            return choices.contains { complaints(value, $0, at: place).isEmpty } ? [] : ["\(place): \(value.kind) fits none of anyOf"]
        }
        var found = typeComplaints(value, schema, place)
        if let const = schema["const"], const != value { found.append("\(place): not \(const.serialized)") }
        if let allowed = schema["enum"]?.elements, !allowed.contains(value) { found.append("\(place): \(value.serialized) is not allowed") }
        if let elements = value.elements, let items = schema["items"] {
            for (index, element) in elements.enumerated() { found += complaints(element, items, at: "\(place)[\(index)]") }
        }
        if case .object(let members) = value { found += memberComplaints(members, schema, place) }
        return found
    }

    private func resolve(_ reference: String) -> JSON? {
        reference.split(separator: "/").dropFirst().reduce(document as JSON?) { $0?[String($1)] }
    }

    private func typeComplaints(_ value: JSON, _ schema: JSON, _ place: String) -> [String] {
        guard let type = schema["type"] else { return [] }
        let types = type.elements?.compactMap(\.text) ?? type.text.map { [$0] } ?? []
        let fits = types.contains { name in
            switch (name, value) {
            case ("null", .null), ("boolean", .bool), ("integer", .int), ("number", .int), ("number", .double), ("string", .string),
                ("array", .array), ("object", .object):
                true
            default: false
            }
        }
        return fits ? [] : ["\(place): \(value.kind) instead of \(types.joined(separator: " or "))"]
    }

    private func memberComplaints(_ members: JSON.Members, _ schema: JSON, _ place: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.elements?.compactMap(\.text) ?? [] where members[name] == nil {
            found.append("\(place).\(name) is missing")
        }
        for (name, value) in members {
            if let known = schema["properties"]?[name] {
                found += complaints(value, known, at: "\(place).\(name)")
            } else if let rest = schema["additionalProperties"] {
                found += rest == false ? ["\(place).\(name) is not described"] : complaints(value, rest, at: "\(place).\(name)")
            }
        }
        return found
    }
}
