/// Reads GBNF: `name ::= …` with `|`, `( )`, `" "`, `[ ]`, `.`, `* + ? {m,n}` and `#` comments.
struct GBNFParser {
    private let scalars: [UInt32]
    private let limits: GrammarLimits
    private var at = 0
    private var depth = 0

    /// The rules by name, in order. Throws `badSyntax`, `tooLarge`.
    static func parse(_ text: String, limits: GrammarLimits) throws(GrammarError) -> [(name: String, node: GBNFNode)] {
        var parser = GBNFParser(scalars: text.unicodeScalars.map(\.value), limits: limits)
        var rules: [(name: String, node: GBNFNode)] = []
        var names: Set<String> = []
        parser.skipSpace(acrossLines: true)
        while parser.at < parser.scalars.count {
            let rule = try parser.rule()
            guard names.insert(rule.name).inserted else { throw parser.error("the rule '\(rule.name)' is defined twice") }
            guard rules.count < limits.namedRules else {
                throw GrammarError(.tooLarge, place: "character \(parser.at)", "there are more than \(limits.namedRules) rules")
            }
            rules.append(rule)
            parser.skipSpace(acrossLines: true)
        }
        return rules
    }

    private init(scalars: [UInt32], limits: GrammarLimits) {
        self.scalars = scalars
        self.limits = limits
    }

    private var next: UInt32? { at < scalars.count ? scalars[at] : nil }

    private func error(_ what: String) -> GrammarError {
        GrammarError(.badSyntax, place: "character \(at)", "in the GBNF grammar, \(what)")
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == character.value else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace(acrossLines: Bool) {
        while let character = next {
            if character == 0x23 {
                while let character = next, character != 0x0A, character != 0x0D { _ = character; at += 1 }
            } else if character == 0x20 || character == 0x09 || acrossLines && (character == 0x0A || character == 0x0D) {
                at += 1
            } else {
                return
            }
        }
    }

    private static func isName(_ character: UInt32) -> Bool {
        ScalarSet.word.contains(character) || character == 0x2D
    }

    private mutating func name() throws(GrammarError) -> String {
        let start = at
        while let character = next, Self.isName(character) { at += 1 }
        guard at > start else { throw error("the name of a rule was expected") }
        return String(String.UnicodeScalarView(scalars[start..<at].compactMap { Unicode.Scalar($0) }))
    }

    private mutating func rule() throws(GrammarError) -> (name: String, node: GBNFNode) {
        let name = try name()
        skipSpace(acrossLines: false)
        guard take(":"), take(":"), take("=") else { throw error("'::=' was expected after '\(name)'") }
        skipSpace(acrossLines: true)
        let node = try choice(isNested: false)
        if let character = next, character != 0x0A, character != 0x0D { throw error("a rule goes on with something that is not GBNF") }
        return (name, node)
    }

    private mutating func choice(isNested: Bool) throws(GrammarError) -> GBNFNode {
        depth += 1
        defer { depth -= 1 }
        if depth > limits.textDepth {
            throw GrammarError(.tooLarge, place: "character \(at)", "groups are nested more than \(limits.textDepth) deep")
        }
        var branches = [try sequence(isNested: isNested)]
        while take("|") {
            skipSpace(acrossLines: true)
            branches.append(try sequence(isNested: isNested))
        }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence(isNested: Bool) throws(GrammarError) -> GBNFNode {
        var parts: [GBNFNode] = []
        while let part = try element() {
            parts.append(try repetition(of: part))
            skipSpace(acrossLines: isNested)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func element() throws(GrammarError) -> GBNFNode? {
        switch next {
        case 0x22: return try text()
        case 0x5B: return .set(try set())
        case 0x2E:
            at += 1
            return .set(.all)
        case 0x28:
            at += 1
            skipSpace(acrossLines: true)
            let inside = try choice(isNested: true)
            skipSpace(acrossLines: true)
            guard take(")") else { throw error("a '(' has no ')'") }
            return inside
        case let character? where Self.isName(character):
            let start = at
            return .rule(try name(), at: start)
        default: return nil
        }
    }

    private mutating func repetition(of part: GBNFNode) throws(GrammarError) -> GBNFNode {
        skipBlanks()
        if take("*") { return .repeated(part, minimum: 0, maximum: nil) }
        if take("+") { return .repeated(part, minimum: 1, maximum: nil) }
        if take("?") { return .repeated(part, minimum: 0, maximum: 1) }
        guard take("{") else { return part }
        skipBlanks()
        let minimum = number()
        skipBlanks()
        var maximum = minimum
        if take(",") {
            skipBlanks()
            maximum = number()
            skipBlanks()
        }
        guard take("}"), minimum != nil || maximum != nil else { throw error("a repetition is not closed or has no bound") }
        guard max(minimum ?? 0, maximum ?? 0) <= 1 << 20 else {
            throw GrammarError(.tooLarge, place: "character \(at)", "something is repeated more than a million times")
        }
        if let maximum, maximum < minimum ?? 0 { throw error("a repetition's bounds are in the wrong order") }
        return .repeated(part, minimum: minimum ?? 0, maximum: maximum)
    }

    private mutating func skipBlanks() { while next == 0x20 || next == 0x09 { at += 1 } }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = next, (0x30...0x39).contains(digit) {
            value = min((value ?? 0) * 10 + Int(digit - 0x30), 1 << 30)
            at += 1
        }
        return value
    }

    private mutating func text() throws(GrammarError) -> GBNFNode {
        at += 1
        var bytes: [UInt8] = []
        while let character = next, character != 0x22 {
            guard character != 0x0A, let scalar = Unicode.Scalar(try character == 0x5C ? escape() : plain()) else {
                throw error("a text is not closed or has half a character")
            }
            bytes += Array(String(Character(scalar)).utf8)
        }
        guard take("\"") else { throw error("a text is not closed") }
        return .text(bytes)
    }

    private mutating func plain() -> UInt32 {
        at += 1
        return scalars[at - 1]
    }

    private mutating func escape() throws(GrammarError) -> UInt32 {
        at += 1
        guard let letter = next else { throw error("a '\\' stands at the end") }
        at += 1
        switch letter {
        case 0x6E: return 0x0A
        case 0x72: return 0x0D
        case 0x74: return 0x09
        case 0x78: return try hexadecimal(2)
        case 0x75: return try hexadecimal(4)
        case 0x55: return try hexadecimal(8)
        case 0x22, 0x5C, 0x5B, 0x5D, 0x2D, 0x5E: return letter
        default: throw error("an escape is not of GBNF")
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(GrammarError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let character = next, character < 0x80, let scalar = Unicode.Scalar(character),
                let digit = Character(scalar).hexDigitValue,
                value < 1 << 28
            else { throw error("hexadecimal digits are missing") }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    private mutating func set() throws(GrammarError) -> ScalarSet {
        at += 1
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while let character = next, character != 0x5D {
            let low = try character == 0x5C ? escape() : plain()
            var high = low
            if next == 0x2D, at + 1 < scalars.count, scalars[at + 1] != 0x5D {
                at += 1
                high = try scalars[at] == 0x5C ? escape() : plain()
            }
            guard low <= high else { throw error("a range of characters is in the wrong order") }
            ranges.append(low...high)
        }
        guard take("]") else { throw error("a '[' has no ']'") }
        let set = ScalarSet(ranges)
        return isNegated ? set.inverted : set
    }
}
