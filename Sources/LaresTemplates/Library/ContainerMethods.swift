/// The methods of Python's `dict`. Those that change it are refused: values of a template never change, as in jinja2's immutable sandbox.
enum MappingMethods {
    static let names = safeNames.union(["update", "pop", "popitem", "setdefault", "clear"])
    static let safeNames: Set<String> = ["items", "keys", "values", "get", "copy"]

    static func call(_ name: String, _ mapping: Mapping, _ arguments: Arguments, _ render: Render) throws -> Value {
        switch name {
        case "items":
            _ = try arguments.bind(name)
            return .list(try List(try items(of: mapping, render), kind: .view("dict_items"), render))
        case "keys":
            _ = try arguments.bind(name)
            return .list(try List(mapping.keys, kind: .view("dict_keys"), render))
        case "values":
            _ = try arguments.bind(name)
            return .list(try List(mapping.values, kind: .view("dict_values"), render))
        case "get":
            let given = try arguments.bind(name, "key", "default", required: 1)
            return try mapping.value(of: given[0] ?? .null, render) ?? given[1] ?? .null
        case "copy": return .mapping(mapping)
        default: throw refusal(name, "a mapping", "build a new one with dict(old, key=value)")
        }
    }

    static func items(of mapping: Mapping, _ render: Render) throws -> [Value] {
        try zip(mapping.keys, mapping.values).map { .list(try List([$0, $1], kind: .tuple, render)) }
    }
}

/// The methods of Python's `list` and `tuple`. Those that change it are refused, as in jinja2's immutable sandbox.
enum ListMethods {
    static let names = safeNames.union(["append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear"])
    static let safeNames: Set<String> = ["index", "count", "copy"]

    static func call(_ name: String, _ list: List, _ arguments: Arguments, _ render: Render) throws -> Value {
        switch name {
        case "count":
            let value = try arguments.bind(name, "value", required: 1)[0] ?? .null
            return .int(try list.elements.count { try equal($0, value, render) })
        case "index":
            let given = try arguments.bind(name, "value", "start", "stop", required: 1)
            let (start, stop) = (try given[1].integer(name, or: 0), try given[2].integer(name, or: .max))
            for place in slicePlaces(count: list.elements.count, start, stop, 1)
            where try equal(list.elements[place], given[0] ?? .null, render) {
                return .int(place)
            }
            throw TemplateError.invalid("index did not find the value: test with 'in' first")
        case "copy": return .list(list)
        default: throw refusal(name, "a list", "build a new one: {% set list = list + [value] %}")
        }
    }
}

private func refusal(_ name: String, _ what: String, _ instead: String) -> TemplateError {
    .invalid("'\(name)' would change \(what), and values of a template never change: \(instead)")
}
