/// The tests after `is`.
enum Tests {
    typealias Body = @Sendable (Value, Arguments, Render) throws -> Bool

    static let all: [String: Body] = kinds.merging(comparisons) { first, _ in first }

    private static let kinds: [String: Body] = [
        "defined": { value, _, _ in !value.isUndefined },
        "undefined": { value, _, _ in value.isUndefined },
        "none": { value, _, _ in if case .null = value { true } else { false } },
        "boolean": { value, _, _ in if case .bool = value { true } else { false } },
        "true": { value, _, _ in if case .bool(true) = value { true } else { false } },
        "false": { value, _, _ in if case .bool(false) = value { true } else { false } },
        "integer": { value, _, _ in if case .int = value { true } else { false } },
        "float": { value, _, _ in if case .double = value { true } else { false } },
        "number": { value, _, _ in value.number != nil },
        "string": { value, _, _ in value.text != nil },
        "mapping": { value, _, _ in if case .mapping = value { true } else { false } },
        "iterable": { value, _, _ in isIterable(value) },
        "sequence": { value, _, _ in
            switch value {
            case .string, .markup, .mapping, .undefined: true
            case .list(let list): list.kind.hasPlaces
            default: false
            }
        },
        "callable": { value, _, _ in
            switch value {
            case .callable, .loop, .undefined: true
            default: false
            }
        },
        "escaped": { value, _, _ in if case .markup = value { true } else { false } },
        "filter": { value, _, render in value.text.map { render.environment.filter(named: $0) != nil } ?? false },
        "test": { value, _, render in value.text.map { render.environment.test(named: $0) != nil } ?? false },
        "lower": { value, _, render in
            let text = try text(of: value, render)
            return try TextMethods.all["islower"]?(text, Arguments(), render).isTrue ?? false
        },
        "upper": { value, _, render in
            let text = try text(of: value, render)
            return try TextMethods.all["isupper"]?(text, Arguments(), render).isTrue ?? false
        },
        "even": { value, _, render in try remainder(value, .int(2), render) == 0 },
        "odd": { value, _, render in try remainder(value, .int(2), render) == 1 },
        "divisibleby": { value, arguments, render in
            try remainder(value, try arguments.bind("divisibleby", "num", required: 1)[0] ?? .null, render) == 0
        },
        "sameas": { value, arguments, render in try isSame(value, try arguments.bind("sameas", "other", required: 1)[0] ?? .null, render) },
        "in": { value, arguments, render in
            try contains(try arguments.bind("in", "seq", required: 1)[0] ?? .null, value, render)
        },
    ]

    private static let comparisons: [String: Body] = Dictionary(
        uniqueKeysWithValues: [
            ("eq", Comparison.equal), ("equalto", .equal), ("==", .equal), ("ne", .unequal), ("!=", .unequal), ("lt", .less),
            ("lessthan", .less), ("<", .less), ("le", .lessOrEqual), ("<=", .lessOrEqual), ("gt", .greater), ("greaterthan", .greater),
            (">", .greater), ("ge", .greaterOrEqual), (">=", .greaterOrEqual),
        ].map { name, comparison in
            (
                name,
                { @Sendable value, arguments, render in
                    try comparison(value, try arguments.bind(name, "other", required: 1)[0] ?? .null, render)
                }
            )
        })

    static func isIterable(_ value: Value) -> Bool {
        switch value {
        case .string, .markup, .list, .mapping, .undefined, .loop: true
        default: false
        }
    }

    private static func remainder(_ value: Value, _ divisor: Value, _ render: Render) throws -> Double? {
        if case .string = value { throw TemplateError.invalid("a text can't be divided: convert it with |int") }
        return try Arithmetic.modulo(value, divisor, render).number
    }

    /// Python's `is`, as far as it can be told here: the same type and an equal value.
    private static func isSame(_ a: Value, _ b: Value, _ render: Render) throws -> Bool {
        switch (a, b) {
        case (.list(let a), .list(let b)): a === b
        case (.mapping(let a), .mapping(let b)): a === b
        default: a.typeName == b.typeName ? try equal(a, b, render) : false
        }
    }
}
