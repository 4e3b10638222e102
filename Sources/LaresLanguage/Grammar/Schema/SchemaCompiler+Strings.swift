// Strings into rules.
extension SchemaCompiler {
    private mutating func newRule() throws(GrammarError) -> (rule: Int32, start: Int32, end: Int32) {
        let rule = builder.reserveRule()
        let start = try builder.node()
        let end = try builder.node()
        builder.setStart(rule, start)
        builder.setAccepts(end)
        return (rule, start, end)
    }

    /// The rule of strings of a shape, quotes included.
    mutating func rule(for shape: StringShape) throws(GrammarError) -> Int32 {
        if let known = stringRules[shape] { return known }
        let (rule, start, end) = try newRule()
        stringRules[shape] = rule
        if let values = shape.values {
            try builder.choices(from: start, allowed(values, shape).map { JSONString.quoted($0.text) }, to: end)
            return rule
        }
        let inside = try builder.literal(start, [0x22])
        if shape.automata.isEmpty {
            try writeLength(shape.minimum, shape.maximum, inside, end)
        } else {
            let automaton = try automaton(of: shape)
            try count(automaton)
            try CharacterWriter.write(automaton, from: inside, to: end, close: 0x22, isJSON: true, into: &builder)
        }
        return rule
    }

    private mutating func writeLength(_ minimum: Int, _ maximum: Int?, _ inside: Int32, _ end: Int32) throws(GrammarError) {
        var at = inside
        if let maximum {
            guard maximum > 0 else { return builder.byte(inside, 0x22, end) }
            let counted = try builder.countedRule(
                body: try character(), minimum: min(minimum, 1 << 20), maximum: min(maximum, 1 << 20), bodyIsPlain: true)
            let after = try builder.node()
            builder.edge(inside, .rule(counted), after)
            return builder.byte(after, 0x22, end)
        }
        if minimum <= 2 {
            for _ in 0..<minimum {
                let next = try builder.node()
                builder.setPlainDepth(at, Int(Automaton.endless))
                try builder.anyCharacter(at, next)
                at = next
            }
        } else {
            let counted = try builder.countedRule(
                body: try character(), minimum: minimum, maximum: minimum, bodyIsPlain: true, continuesPlain: true)
            at = try builder.node()
            builder.edge(inside, .rule(counted), at)
        }
        builder.edge(at, .rule(try stringTail()), end)
    }

    private mutating func character() throws(GrammarError) -> Int32 {
        if let known = shared.character { return known }
        let (rule, start, end) = try newRule()
        try builder.anyCharacter(start, end)
        shared.character = rule
        return rule
    }

    /// Any characters and the closing quote.
    mutating func stringTail() throws(GrammarError) -> Int32 {
        if let known = shared.stringTail { return known }
        let (rule, start, end) = try newRule()
        builder.setPlainDepth(start, Int(Automaton.endless))
        try builder.anyCharacter(start, start)
        builder.byte(start, 0x22, end)
        shared.stringTail = rule
        return rule
    }
}

/// JSON strings as they are written here.
enum JSONString {
    /// The text in quotes, with the shortest escapes.
    static func quoted(_ text: String) -> [UInt8] { [0x22] + inside(text) + [0x22] }

    static func inside(_ text: String) -> [UInt8] {
        let short: [UInt8: Character] = [0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r", 0x22: "\"", 0x5C: "\\"]
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte >= 0x20, byte != 0x22, byte != 0x5C {
                bytes.append(byte)
            } else if let letter = short[byte]?.asciiValue {
                bytes += [0x5C, letter]
            } else {
                let digit = byte & 15
                bytes += [0x5C, 0x75, 0x30, 0x30, 0x30 + byte >> 4, digit < 10 ? 0x30 + digit : 0x57 + digit]
            }
        }
        return bytes
    }
}
