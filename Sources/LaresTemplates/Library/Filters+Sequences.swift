extension Filters {
    static let sequences: [String: Body] = [
        "length": length, "count": length,
        "first": { value, arguments, render in
            _ = try arguments.bind("first")
            if let text = value.text { return try TextSlice(text, render).character(at: 0) }
            return try elements(of: value, render).first ?? .undefined("the first of nothing")
        },
        "last": { value, arguments, render in
            _ = try arguments.bind("last")
            if let text = value.text { return try TextSlice(text, render).character(at: -1) }
            if case .list(let list) = value, list.kind == .generator { throw TemplateError.invalid("last needs a list: use |list first") }
            return try elements(of: value, render).last ?? .undefined("the last of nothing")
        },
        "list": { value, arguments, render in
            _ = try arguments.bind("list")
            return .list(try List(try elements(of: value, render), render))
        },
        "reverse": { value, arguments, render in
            _ = try arguments.bind("reverse")
            if let text = value.text { return .string(try TextSlice(text, render).slice(nil, nil, -1)) }
            return .list(try List(try elements(of: value, render).reversed(), kind: .generator, render))
        },
        "join": { value, arguments, render in
            let given = try arguments.bind("join", "d", "attribute")
            let items = try elements(of: value, render)
            let chosen = given[1].orNone == nil ? items : try items.map { try attributePath(given[1], of: $0, render) }
            return .string(
                try TextMethods.joined(chosen, separator: try given[0].map { try soft($0, render) } ?? "", strictly: false, render))
        },
        "sum": { value, arguments, render in
            let given = try arguments.bind("sum", "attribute", "start")
            if case .string? = given[1] { throw TemplateError.invalid("sum adds numbers: join texts with |join") }
            let items = try elements(of: value, render)
            try render.spend(items.count)
            return try items.reduce(given[1] ?? .int(0)) {
                try Arithmetic.add($0, try attributePath(given[0], of: $1, render), render)
            }
        },
        "min": extreme("min") { try precedes($0, $1, $2) },
        "max": extreme("max") { try precedes($1, $0, $2) },
        "sort": { value, arguments, render in
            let given = try arguments.bind("sort", "reverse", "case_sensitive", "attribute")
            let items = try elements(of: value, render)
            let paths: [Value?] = given[2].orNone?.text.map { $0.split(separator: ",").map { .string(String($0)) } } ?? [given[2]]
            let keys = try items.map { item in
                try paths.map { try foldedUnless(given[1].flag, try attributePath($0, of: item, render), render) }
            }
            return .list(try List(try sorted(items, by: keys, reverse: given[0].flag, render), render))
        },
        "unique": { value, arguments, render in
            let given = try arguments.bind("unique", "case_sensitive", "attribute")
            var seen: Set<Key> = []
            let items = try elements(of: value, render)
            try render.spend(items.count)
            let kept = try items.filter { item in
                seen.insert(try Key(try foldedUnless(given[0].flag, try attributePath(given[1], of: item, render), render), render))
                    .inserted
            }
            return .list(try List(kept, kind: .generator, render))
        },
        "groupby": groupby,
        "batch": { value, arguments, render in
            let given = try arguments.bind("batch", "linecount", "fill_with", required: 1)
            let size = try given[0].integer("batch", or: 1)
            guard size > 0 else { throw TemplateError.invalid("batch needs a size from 1") }
            let items = try elements(of: value, render)
            let rows = try stride(from: 0, to: items.count, by: size).map { start in
                var row = Array(items[start..<min(start + size, items.count)])
                if let fill = given[1].orNone {
                    try render.checkElements(size)
                    row += Array(repeating: fill, count: size - row.count)
                }
                return Value.list(try List(row, render))
            }
            return .list(try List(rows, kind: .generator, render))
        },
        "slice": { value, arguments, render in
            let given = try arguments.bind("slice", "slices", "fill_with", required: 1)
            let slices = try given[0].integer("slice", or: 1)
            guard slices > 0 else { throw TemplateError.invalid("slice needs a number of slices from 1") }
            try render.checkElements(slices)
            let items = try elements(of: value, render)
            let (size, extra) = items.count.quotientAndRemainder(dividingBy: slices)
            let columns = try (0..<slices).map { column in
                let start = column * size + min(column, extra)
                var part = Array(items[start..<(start + size + (column < extra ? 1 : 0))])
                if let fill = given[1].orNone, column >= extra { part.append(fill) }
                return Value.list(try List(part, render))
            }
            return .list(try List(columns, kind: .generator, render))
        },
    ]

    private static let length: Body = { value, arguments, render in
        _ = try arguments.bind("length")
        switch value {
        case .undefined: return .int(0)
        case .string(let text): return .int(try TextSlice(text, render).count)
        case .mapping(let mapping): return .int(mapping.count)
        case .list(let list) where list.kind != .generator: return .int(list.elements.count)
        case .loop(let loop): return .int(loop.items.count)
        default: throw TemplateError.invalid("a \(value.typeName) has no length: use |list first")
        }
    }

    private static func extreme(_ name: String, _ beats: @escaping @Sendable (Value, Value, Render) throws -> Bool) -> Body {
        { value, arguments, render in
            let given = try arguments.bind(name, "case_sensitive", "attribute")
            var best: (key: Value, item: Value)?
            for item in try elements(of: value, render) {
                let key = try foldedUnless(given[0].flag, try attributePath(given[1], of: item, render), render)
                if let current = best, try !beats(key, current.key, render) { continue }
                best = (key, item)
            }
            return best?.item ?? .undefined("the \(name) of nothing")
        }
    }

    /// What texts are compared by; anything else as it is.
    static func foldedUnless(_ isCaseSensitive: Bool, _ value: Value, _ render: Render) throws -> Value {
        if isCaseSensitive { return value }
        try render.spend((value.text?.utf8.count ?? 0) / 8)
        return folded(value)
    }

    private static let groupby: Body = { value, arguments, render in
        let given = try arguments.bind("groupby", "attribute", "default", "case_sensitive", required: 1)
        let items = try elements(of: value, render)
        let names = try items.map { try attributePath(given[0], of: $0, or: given[1].orNone, render) }
        let keys = try names.map { try foldedUnless(given[2].flag, $0, render) }
        let order = try sorted(items.indices.map(Value.int), by: keys.map { [$0] }, reverse: false, render).compactMap(\.integer)
        var groups: [(name: Value, key: Value, items: [Value])] = []
        for index in order {
            if let last = groups.last, try equal(last.key, keys[index], render) {
                groups[groups.count - 1].items.append(items[index])
            } else {
                groups.append((names[index], keys[index], [items[index]]))
            }
        }
        return .list(try List(groups.map { .list(try List([$0.name, .list(try List($0.items, render))], kind: .group, render)) }, render))
    }
}
