/// Character classes and escapes of regular expressions.
enum RegexClass {
    /// Reads `[…]` from its bracket.
    static func parse(_ scalars: [UInt32], _ at: inout Int) throws(GrammarError) -> ScalarSet {
        at += 1
        var isNegated = false
        if at < scalars.count, scalars[at] == 0x5E {
            isNegated = true
            at += 1
        }
        var ranges: [ClosedRange<UInt32>] = []
        while at < scalars.count, scalars[at] != 0x5D {
            let low = try member(scalars, &at)
            guard let first = single(low), at + 1 < scalars.count, scalars[at] == 0x2D, scalars[at + 1] != 0x5D else {
                ranges += low.ranges
                continue
            }
            at += 1
            let high = try member(scalars, &at)
            if let last = single(high) {
                guard first <= last else { throw error(at, "a range of characters is in the wrong order") }
                ranges.append(first...last)
            } else {
                ranges += low.ranges + [0x2D...0x2D] + high.ranges
            }
        }
        guard at < scalars.count else { throw error(at, "a '[' has no ']'") }
        at += 1
        let set = ScalarSet(ranges)
        return isNegated ? set.inverted : set
    }

    private static func single(_ set: ScalarSet) -> UInt32? {
        guard set.ranges.count == 1, set.ranges[0].count == 1 else { return nil }
        return set.ranges[0].lowerBound
    }

    private static func error(_ at: Int, _ what: String) -> GrammarError {
        GrammarError(.badSyntax, place: "character \(at)", "in the regular expression, \(what)")
    }

    private static func member(_ scalars: [UInt32], _ at: inout Int) throws(GrammarError) -> ScalarSet {
        let character = scalars[at]
        if character == 0x5B, at + 1 < scalars.count, scalars[at + 1] == 0x3A {
            throw GrammarError(
                .unsupported, place: "character \(at)", "in the regular expression, [:class:] is not of ECMA-262; write the range")
        }
        at += 1
        guard character == 0x5C else { return ScalarSet(character) }
        if at < scalars.count, scalars[at] == 0x62 {
            at += 1
            return ScalarSet(8)
        }
        return try escape(scalars, &at)
    }

    /// Reads what follows a backslash.
    static func escape(_ scalars: [UInt32], _ at: inout Int) throws(GrammarError) -> ScalarSet {
        guard at < scalars.count else { throw error(at, "a '\\' stands at the end") }
        let character = scalars[at]
        at += 1
        switch character {
        case 0x64: return .digits
        case 0x44: return ScalarSet.digits.inverted
        case 0x77: return .word
        case 0x57: return ScalarSet.word.inverted
        case 0x73: return .space
        case 0x53: return ScalarSet.space.inverted
        case 0x6E: return ScalarSet(0x0A)
        case 0x72: return ScalarSet(0x0D)
        case 0x74: return ScalarSet(0x09)
        case 0x66: return ScalarSet(0x0C)
        case 0x76: return ScalarSet(0x0B)
        case 0x30: return ScalarSet(0)
        case 0x78: return ScalarSet(try hexadecimal(scalars, &at, digits: 2))
        case 0x75: return try unicode(scalars, &at)
        case 0x63, 0x70, 0x50, 0x6B, 0x41...0x5A, 0x61...0x7A, 0x31...0x39:
            throw GrammarError(
                .unsupported, place: "character \(at - 1)",
                "in the regular expression, the escape '\\\(Character(Unicode.Scalar(character) ?? "?"))' can't be enforced; write the characters it means"
            )
        default: return ScalarSet(character)
        }
    }

    private static func unicode(_ scalars: [UInt32], _ at: inout Int) throws(GrammarError) -> ScalarSet {
        if at < scalars.count, scalars[at] == 0x7B {
            at += 1
            let start = at
            while at < scalars.count, scalars[at] != 0x7D { at += 1 }
            guard at < scalars.count, at - start <= 6, at > start else { throw error(at, "a '\\u{' is not closed or too long") }
            var from = start
            let value = try hexadecimal(scalars, &from, digits: at - start)
            at += 1
            return ScalarSet(value)
        }
        let high = try hexadecimal(scalars, &at, digits: 4)
        guard (0xD800...0xDBFF).contains(high) else { return ScalarSet(high) }
        guard at + 1 < scalars.count, scalars[at] == 0x5C, scalars[at + 1] == 0x75 else {
            throw error(at, "half of a surrogate pair stands alone")
        }
        at += 2
        let low = try hexadecimal(scalars, &at, digits: 4)
        guard (0xDC00...0xDFFF).contains(low) else { throw error(at, "half of a surrogate pair stands alone") }
        return ScalarSet(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    private static func hexadecimal(_ scalars: [UInt32], _ at: inout Int, digits: Int) throws(GrammarError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard at < scalars.count, let scalar = Unicode.Scalar(scalars[at]), scalar.isASCII,
                let digit = Character(scalar).hexDigitValue
            else { throw error(at, "hexadecimal digits are missing") }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
