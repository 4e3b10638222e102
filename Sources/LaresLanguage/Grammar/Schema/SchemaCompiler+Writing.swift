/// Rules that every schema may use.
struct SharedRules {
    var anyString: Int32?
    var stringTail: Int32?
    var character: Int32?
}

// Normal forms into rules. White space: none, but one space may follow `:` and `,`.
extension SchemaCompiler {
    mutating func write(_ conjunction: Conjunction, _ rule: Int32) throws(GrammarError) {
        let start = try builder.node()
        let end = try builder.node()
        builder.setStart(rule, start)
        builder.setAccepts(end)
        if isNever(conjunction) { return }
        let form = try form(of: conjunction)
        for (isIn, word) in [(form.null, "null"), (form.yes, "true"), (form.no, "false")] where isIn {
            builder.edge(try builder.literal(start, word.utf8), .nothing, end)
        }
        for shape in form.numbers { builder.edge(start, .rule(try self.rule(for: shape)), end) }
        for shape in form.strings { builder.edge(start, .rule(try self.rule(for: shape)), end) }
        for shape in form.arrays { try write(shape, start, end) }
        for shape in form.objects { try ObjectWriter.write(shape, start, end, &self) }
    }

    /// Reads a character and the space that may follow it.
    mutating func separator(_ from: Int32, _ byte: UInt8) throws(GrammarError) -> Int32 {
        let after = try builder.node()
        let next = try builder.node()
        builder.byte(from, byte, after)
        builder.byte(after, 0x20, next)
        builder.edge(after, .nothing, next)
        return next
    }

    /// Reads a value.
    mutating func value(_ from: Int32, _ schema: Conjunction, _ to: Int32) throws(GrammarError) {
        builder.edge(from, .rule(try rule(for: schema)), to)
    }
}

// Arrays.
extension SchemaCompiler {
    private static let mostUnrolled = 32

    private mutating func write(_ shape: ArrayShape, _ start: Int32, _ end: Int32) throws(GrammarError) {
        let open = try builder.node()
        let close = try builder.node()
        builder.byte(start, 0x5B, open)
        builder.byte(close, 0x5D, end)
        if shape.minimum == 0 { builder.edge(open, .nothing, close) }
        if shape.maximum == 0 { return }
        var at = open
        let named = min(max(shape.prefixCount, 1), shape.maximum ?? .max)
        for index in 0..<named {
            let before = index == 0 ? at : try separator(at, 0x2C)
            let after = try builder.node()
            try value(before, shape.item(index), after)
            if index + 1 >= shape.minimum { builder.edge(after, .nothing, close) }
            at = after
        }
        let minimum = max(0, shape.minimum - named)
        try writeRest(shape.item(max(shape.prefixCount, 1)), minimum, shape.maximum.map { $0 - named }, at, close)
    }

    /// `, item` between `minimum` and `maximum` times.
    private mutating func writeRest(_ item: Conjunction, _ minimum: Int, _ maximum: Int?, _ from: Int32, _ close: Int32)
        throws(GrammarError)
    {
        var at = from
        if max(minimum, maximum ?? 0) > Self.mostUnrolled {
            let rule = try builder.countedRule(
                body: try commaItem(item), minimum: minimum, maximum: max(minimum, min(maximum ?? minimum, 1 << 20)))
            let after = try builder.node()
            builder.edge(at, .rule(rule), after)
            builder.edge(after, .nothing, close)
            at = after
        } else {
            for index in 0..<(maximum ?? minimum) {
                let after = try builder.node()
                try value(try separator(at, 0x2C), item, after)
                if index + 1 >= minimum { builder.edge(after, .nothing, close) }
                at = after
            }
        }
        if maximum == nil { try value(try separator(at, 0x2C), item, at) }
    }

    private mutating func commaItem(_ item: Conjunction) throws(GrammarError) -> Int32 {
        let rule = builder.reserveRule()
        let start = try builder.node()
        let end = try builder.node()
        builder.setStart(rule, start)
        builder.setAccepts(end)
        try value(try separator(start, 0x2C), item, end)
        return rule
    }
}
