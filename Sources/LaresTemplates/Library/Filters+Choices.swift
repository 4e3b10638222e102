extension Filters {
    /// `map` and the filters that choose elements.
    static let choices: [String: Body] = [
        "map": map,
        "select": choose("select", byAttribute: false, keeps: true),
        "reject": choose("reject", byAttribute: false, keeps: false),
        "selectattr": choose("selectattr", byAttribute: true, keeps: true),
        "rejectattr": choose("rejectattr", byAttribute: true, keeps: false),
    ]

    private static let map: Body = { value, arguments, render in
        let items = value.isTrue ? try elements(of: value, render) : []
        if arguments.positional.isEmpty, let path = arguments.named.first(where: { $0.name == "attribute" })?.value {
            let fallback = arguments.named.first { $0.name == "default" }?.value
            if let unknown = arguments.named.first(where: { $0.name != "attribute" && $0.name != "default" }) {
                throw TemplateError.invalid("map has no argument '\(unknown.name)'")
            }
            return .list(try List(try items.map { try attributePath(path, of: $0, or: fallback, render) }, kind: .generator, render))
        }
        guard let name = arguments.positional.first?.text else {
            throw TemplateError.invalid("map needs 'attribute=' or the name of a filter")
        }
        guard let filter = render.environment.filter(named: name) else { throw TemplateError(.unknownName, "there is no filter '\(name)'") }
        var rest = arguments
        rest.positional.removeFirst()
        return .list(try List(try each(items, render) { try filter($0, rest, render) }, kind: .generator, render))
    }

    private static func choose(_ name: String, byAttribute: Bool, keeps: Bool) -> Body {
        { value, arguments, render in
            var rest = arguments
            var path: Value?
            if byAttribute {
                guard !rest.positional.isEmpty else { throw TemplateError.invalid("\(name) needs the name of an attribute") }
                path = rest.positional.removeFirst()
            }
            let test = try test(takenFrom: &rest, render)
            let kept = try (value.isTrue ? elements(of: value, render) : []).filter { item in
                try render.enter()
                defer { render.leave() }
                let subject = byAttribute ? try attributePath(path, of: item, render) : item
                return try (test.map { try $0(subject, rest, render) } ?? subject.isTrue) == keeps
            }
            return .list(try List(kept, kind: .generator, render))
        }
    }

    private static func test(takenFrom arguments: inout Arguments, _ render: Render) throws -> Tests.Body? {
        guard !arguments.positional.isEmpty else { return nil }
        guard let name = arguments.positional.removeFirst().text, let test = render.environment.test(named: name) else {
            throw TemplateError(.unknownName, "there is no test of that name")
        }
        return test
    }

    private static func each(_ items: [Value], _ render: Render, _ body: (Value) throws -> Value) throws -> [Value] {
        try render.enter()
        defer { render.leave() }
        return try items.map { item in
            try render.spend(1)
            return try body(item)
        }
    }
}
