/// The functions every template can call.
enum Globals {
    static let all: [String: @Sendable (Arguments, Render) throws -> Value] = [
        "range": { .list(try range($0, $1)) },
        "dict": { arguments, render in
            var pairs: [(Value, Value)] = []
            if let first = arguments.positional.first { pairs = try Globals.pairs(of: first, render) }
            guard arguments.positional.count <= 1 else { throw TemplateError.invalid("dict takes one mapping and named values") }
            return .mapping(try Mapping(pairs: pairs + arguments.named.map { (.string($0.name), $0.value) }, render))
        },
        "namespace": { arguments, render in
            let namespace = render.makeNamespace()
            for argument in arguments.positional {
                let pairs = try pairs(of: argument, render)
                try render.spend(pairs.count)
                for (key, value) in pairs { namespace[try text(of: key, render)] = value }
            }
            try render.spend(arguments.named.count)
            for (name, value) in arguments.named { namespace[name] = value }
            return .namespace(namespace)
        },
        "raise_exception": { arguments, render in
            let message = try arguments.bind("raise_exception", "message", required: 1)[0] ?? .null
            throw TemplateError(.raised, try text(of: message, render))
        },
        "strftime_now": { arguments, render in
            let format = try arguments.bind("strftime_now", "format", required: 1)[0].text("strftime_now", or: "")
            try render.checkText(bytes: format.utf8.count * 8)
            return .string(TimeFormat(render.now, in: render.timeZone).text(format))
        },
    ]

    private static func pairs(of value: Value, _ render: Render) throws -> [(Value, Value)] {
        if case .mapping(let mapping) = value { return Array(zip(mapping.keys, mapping.values)) }
        return try elements(of: value, render).map { pair in
            let parts = try elements(of: pair, render)
            guard parts.count == 2 else { throw TemplateError.invalid("pairs of a key and a value are needed") }
            return (parts[0], parts[1])
        }
    }

    private static func range(_ arguments: Arguments, _ render: Render) throws -> List {
        let given = try arguments.bind("range", "start", "stop", "step", required: 1).map { value in
            try value.map { _ in try value.integer("range", or: 0) }
        }
        let (from, to) = given[1].map { (given[0] ?? 0, $0) } ?? (0, given[0] ?? 0)
        let by = given[2] ?? 1
        guard by != 0 else { throw TemplateError.invalid("range can't step by 0") }
        let isEmpty = by > 0 ? to <= from : to >= from
        let distance = UInt(bitPattern: by > 0 ? to &- from : from &- to)
        let count = isEmpty ? 0 : (distance - 1) / by.magnitude + 1
        try render.checkElements(Int(clamping: count))
        var elements: [Value] = []
        elements.reserveCapacity(Int(count))
        for index in 0..<Int(count) { elements.append(.int(from &+ index &* by)) }
        return try List(elements, kind: .range(from: from, to: to, by: by), render)
    }
}
