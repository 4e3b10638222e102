/// The filters after a bar.
enum Filters {
    typealias Body = @Sendable (Value, Arguments, Render) throws -> Value

    static let all: [String: Body] = [text, numbers, sequences, choices, objects].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

    /// A value as text; what is undefined is empty.
    static func soft(_ value: Value, _ render: Render) throws -> String { try LaresTemplates.text(of: value, render) }

    static let objects: [String: Body] = [
        "default": fallback, "d": fallback,
        "tojson": { value, arguments, render in
            let given = try arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys")
            var json = JSONText(render)
            json.escapesNonASCII = given[0].flag
            json.sortsKeys = given[3].flag
            if let indent = given[1].orNone {
                let width = indent.text == nil ? try Optional(indent).integer("tojson", or: 0) : nil
                try render.checkText(bytes: max(0, width ?? 0))
                json.indentation = width.map { String(repeating: " ", count: max(0, $0)) } ?? indent.text
                json.itemSeparator = ","
            }
            if let separators = given[2].orNone {
                let pair = try elements(of: separators, render)
                guard pair.count == 2 else { throw TemplateError.invalid("separators of tojson are a pair of texts") }
                json.itemSeparator = try Optional(pair[0]).text("tojson", or: "")
                json.keySeparator = try Optional(pair[1]).text("tojson", or: "")
            }
            return .string(try json.text(of: value))
        },
        "items": { value, arguments, render in
            _ = try arguments.bind("items")
            if value.isUndefined { return .list(try List([], kind: .generator, render)) }
            guard case .mapping(let mapping) = value else { throw TemplateError.invalid("items needs a mapping, not a \(value.typeName)") }
            return .list(try List(try MappingMethods.items(of: mapping, render), kind: .generator, render))
        },
        "dictsort": { value, arguments, render in
            let given = try arguments.bind("dictsort", "case_sensitive", "by", "reverse")
            guard case .mapping(let mapping) = value else {
                throw TemplateError.invalid("dictsort needs a mapping, not a \(value.typeName)")
            }
            let by = try given[1].text("dictsort", or: "key")
            guard by == "key" || by == "value" else { throw TemplateError.invalid("dictsort sorts by 'key' or 'value'") }
            let keys = try (by == "key" ? mapping.keys : mapping.values).map { [try foldedUnless(given[0].flag, $0, render)] }
            return .list(try List(sorted(try MappingMethods.items(of: mapping, render), by: keys, reverse: given[2].flag, render), render))
        },
        "attr": { value, arguments, render in
            let name = try arguments.bind("attr", "name", required: 1)[0].text("attr", or: "")
            if case .mapping = value, !MappingMethods.names.contains(name) { return .undefined(name) }
            return try attribute(name, of: value, render)
        },
    ]

    private static let fallback: Body = { value, arguments, _ in
        let given = try arguments.bind("default", "default_value", "boolean")
        return value.isUndefined || (given[1].flag && !value.isTrue) ? given[0] ?? .string("") : value
    }

    // MARK: Attributes

    /// Follows a path such as `address.city` or `0.name`; nil names the value itself.
    static func attributePath(_ path: Value?, of value: Value, or fallback: Value? = nil, _ render: Render) throws -> Value {
        guard let path = path.orNone else { return value }
        guard let text = path.text else { return try part(path, of: value, or: fallback, render) }
        return try text.split(separator: ".", omittingEmptySubsequences: false).reduce(value) { value, name in
            try part(
                name.allSatisfy(\.isNumber) ? Int(name).map(Value.int) ?? .string(String(name)) : .string(String(name)), of: value,
                or: fallback, render)
        }
    }

    private static func part(_ place: Value, of value: Value, or fallback: Value?, _ render: Render) throws -> Value {
        try render.spend(1)
        let found = try item(place, of: value, render)
        if found.isUndefined, let fallback { return fallback }
        return found
    }

    /// A text without the difference between small and large letters; anything else as it is.
    static func folded(_ value: Value) -> Value { value.text.map { .string($0.lowercased()) } ?? value }

    // MARK: Order

    /// Sorts stably by the keys beside the values.
    static func sorted(_ values: [Value], by keys: [[Value]], reverse: Bool, _ render: Render) throws -> [Value] {
        let order = try values.indices.sorted { a, b in
            let (first, second) = reverse ? (keys[b], keys[a]) : (keys[a], keys[b])
            for (a, b) in zip(first, second) {
                if try precedes(a, b, render) { return true }
                if try precedes(b, a, render) { return false }
            }
            return a < b
        }
        return order.map { values[$0] }
    }
}
