/// Reads regular expressions as ECMA-262 has them, which is what JSON Schema asks for.
///
/// `\d`, `\w` are ASCII; `.` excludes line ends. What can't be a finite automaton over characters (back references, word boundaries,
/// look-around away from the start) or depends on tables (`\p`) is refused.
struct RegexParser {
    private let scalars: [UInt32]
    private let limits: GrammarLimits
    private var at = 0
    private var depth = 0

    /// The tree of an expression. Throws `badSyntax`, `unsupported`, `tooLarge`.
    static func parse(_ text: String, limits: GrammarLimits) throws(GrammarError) -> RegexNode {
        var parser = RegexParser(scalars: text.unicodeScalars.map(\.value), limits: limits)
        let node = try parser.choice()
        if parser.at < parser.scalars.count { throw parser.error(.badSyntax, "a ')' has no '('") }
        return node
    }

    private init(scalars: [UInt32], limits: GrammarLimits) {
        self.scalars = scalars
        self.limits = limits
    }

    private var next: UInt32? { at < scalars.count ? scalars[at] : nil }

    private func error(_ code: GrammarError.Code, _ what: String) -> GrammarError {
        GrammarError(code, place: "character \(at)", "in the regular expression, \(what)")
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == character.value else { return false }
        at += 1
        return true
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        guard scalars[at...].starts(with: wanted) else { return false }
        at += wanted.count
        return true
    }

    private mutating func choice() throws(GrammarError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > limits.textDepth { throw error(.tooLarge, "groups are nested more than \(limits.textDepth) deep") }
        var branches = [try sequence()]
        while take("|" as Unicode.Scalar) { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(GrammarError) -> RegexNode {
        var parts: [RegexNode] = []
        while let character = next, character != 0x7C, character != 0x29 { parts.append(try quantified()) }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func quantified() throws(GrammarError) -> RegexNode {
        let atom = try atom()
        guard let (minimum, maximum) = try quantifier() else { return atom }
        switch atom {
        case .textStart, .textEnd, .lookahead: throw error(.unsupported, "an assertion is repeated")
        default: break
        }
        if try quantifier() != nil { throw error(.badSyntax, "a quantifier follows a quantifier") }
        return .repeated(atom, minimum: minimum, maximum: maximum)
    }

    /// `*`, `+`, `?`, `{m}`, `{m,}`, `{m,n}`; lazy ones match the same texts.
    private mutating func quantifier() throws(GrammarError) -> (Int, Int?)? {
        var found: (Int, Int?)?
        if take("*" as Unicode.Scalar) {
            found = (0, nil)
        } else if take("+" as Unicode.Scalar) {
            found = (1, nil)
        } else if take("?" as Unicode.Scalar) {
            found = (0, 1)
        } else {
            found = try braces()
        }
        guard let found else { return nil }
        if next == 0x2B { throw error(.unsupported, "possessive quantifiers can't be enforced; leave out the second '+'") }
        _ = take("?" as Unicode.Scalar)
        return found
    }

    private mutating func braces() throws(GrammarError) -> (Int, Int?)? {
        let start = at
        guard take("{" as Unicode.Scalar) else { return nil }
        let minimum = number()
        var maximum = minimum
        if take("," as Unicode.Scalar) { maximum = number() }
        guard let minimum, take("}" as Unicode.Scalar) else {
            at = start
            return nil
        }
        let isOpen = scalars[at - 2] == 0x2C
        if !isOpen, maximum == nil || maximum! < minimum { throw error(.badSyntax, "a repetition's bounds are in the wrong order") }
        if max(minimum, maximum ?? 0) > limits.patternStates {
            throw error(.tooLarge, "something is repeated more than \(limits.patternStates) times; bound it lower")
        }
        return (minimum, isOpen ? nil : maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = next, (0x30...0x39).contains(digit) {
            value = min((value ?? 0) * 10 + Int(digit - 0x30), 1 << 30)
            at += 1
        }
        return value
    }

    private mutating func atom() throws(GrammarError) -> RegexNode {
        guard let character = next else { throw error(.badSyntax, "something is missing at the end") }
        switch character {
        case 0x28: return try group()
        case 0x5B: return .set(try RegexClass.parse(scalars, &at))
        case 0x2A, 0x2B, 0x3F: throw error(.badSyntax, "a quantifier has nothing to repeat")
        case 0x7B:
            let start = at
            if try braces() != nil { throw error(.badSyntax, "a quantifier has nothing to repeat") }
            at = start
        default: break
        }
        at += 1
        switch character {
        case 0x5E: return .textStart
        case 0x24: return .textEnd
        case 0x2E: return .set(ScalarSet.lineEnds.inverted)
        case 0x5C: return try escape()
        default: return .set(ScalarSet(character))
        }
    }

    private mutating func group() throws(GrammarError) -> RegexNode {
        at += 1
        var wrap: ((RegexNode) -> RegexNode)?
        if take("?:") {
        } else if take("?=") {
            wrap = { .lookahead($0, negative: false) }
        } else if take("?!") {
            wrap = { .lookahead($0, negative: true) }
        } else if take("?<") || take("?P<") {
            if next == 0x3D || next == 0x21 { throw error(.unsupported, "look-behind can't be enforced; rewrite the pattern without it") }
            while let character = next, character != 0x3E { _ = character; at += 1 }
            guard take(">" as Unicode.Scalar) else { throw error(.badSyntax, "a group's name is not closed") }
        } else if next == 0x3F {
            throw error(.unsupported, "flags and other '(?' groups can't be enforced; rewrite the pattern without them")
        }
        let inside = try choice()
        guard take(")" as Unicode.Scalar) else { throw error(.badSyntax, "a '(' has no ')'") }
        return wrap?(inside) ?? inside
    }

    private mutating func escape() throws(GrammarError) -> RegexNode {
        switch next ?? 0 {
        case 0x62, 0x42: throw error(.unsupported, "word boundaries can't be enforced; rewrite the pattern without them")
        case 0x31...0x39: throw error(.unsupported, "back references can't be enforced; rewrite the pattern without them")
        case 0x41:
            at += 1
            return .textStart
        case 0x5A, 0x7A:
            at += 1
            return .textEnd
        default: return .set(try RegexClass.escape(scalars, &at))
        }
    }
}
