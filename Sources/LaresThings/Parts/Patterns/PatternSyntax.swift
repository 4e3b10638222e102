/// A regular expression as a tree.
indirect enum PatternNode: Sendable {
    case one(PatternSet)
    case sequence([PatternNode])
    case either([PatternNode])
    case repeated(PatternNode, least: Int, most: Int?, isGreedy: Bool)
    case group(PatternNode, Int)
    case place(Place)

    /// Where in the text, without taking any of it.
    enum Place: Sendable { case start, end, boundary, inside }
}

/// Which characters fit.
struct PatternSet: Sendable {
    var items: [Item] = []
    var isNegated = false

    enum Item: Sendable {
        case range(UInt32, UInt32)
        case digit(Bool)
        case word(Bool)
        case space(Bool)
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        items.contains { item in
            switch item {
            case .range(let low, let high): (low...high).contains(scalar.value)
            case .digit(let fits): (scalar.properties.generalCategory == .decimalNumber) == fits
            case .word(let fits): Self.isWord(scalar) == fits
            case .space(let fits): scalar.properties.isWhitespace == fits
            }
        } != isNegated
    }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    /// What "." stands for.
    static let any = PatternSet(items: [.range(0x0A, 0x0A)], isNegated: true)
}

/// Reads the regular expressions that templates use: sets, groups (their names aren't kept), alternatives, repetitions, `^ $ \b \d \w \s`. Nil for anything else, such as
/// looking ahead or back, and for what is long or nested.
struct PatternParser {
    private let text: [Unicode.Scalar]
    private var at = 0
    private var depth = 0
    private(set) var groups = 0
    private(set) var ignoresCase = false

    init(_ source: String) { text = Array(source.unicodeScalars) }

    mutating func parse() -> PatternNode? {
        guard text.count <= 500 else { return nil }
        if take("(?i)") { ignoresCase = true }
        guard let node = alternatives(), at == text.count else { return nil }
        return node
    }

    private var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

    private mutating func take(_ word: String) -> Bool {
        let scalars = Array(word.unicodeScalars)
        guard text[at...].starts(with: scalars) else { return false }
        at += scalars.count
        return true
    }

    private mutating func alternatives() -> PatternNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 20, let first = sequence() else { return nil }
        var all = [first]
        while take("|") {
            guard let other = sequence() else { return nil }
            all.append(other)
        }
        return all.count == 1 ? first : .either(all)
    }

    private mutating func sequence() -> PatternNode? {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            guard let atom = atom(), let piece = repetition(of: atom) else { return nil }
            nodes.append(piece)
        }
        return .sequence(nodes)
    }

    private mutating func repetition(of node: PatternNode) -> PatternNode? {
        let (least, most): (Int, Int?)
        switch next {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{":
            guard let counts = counts() else { return nil }
            return .repeated(node, least: counts.0, most: counts.1, isGreedy: !take("?"))
        default: return node
        }
        at += 1
        return .repeated(node, least: least, most: most, isGreedy: !take("?"))
    }

    /// "{2}", "{2,}", "{2,5}".
    private mutating func counts() -> (Int, Int?)? {
        at += 1
        guard let least = number() else { return nil }
        guard take(",") else { return take("}") ? (least, least) : nil }
        if take("}") { return (least, nil) }
        guard let most = number(), most >= least, take("}") else { return nil }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let start = at
        while let scalar = next, ("0"..."9").contains(scalar), at - start < 3 { at += 1 }
        return Int(String(String.UnicodeScalarView(text[start..<at])))
    }

    private mutating func atom() -> PatternNode? {
        guard let scalar = next else { return nil }
        at += 1
        switch scalar {
        case "(": return group()
        case "[": return set().map { .one($0) }
        case ".": return .one(.any)
        case "^": return .place(.start)
        case "$": return .place(.end)
        case "\\": return escape()
        case "*", "+", "?", ")": return nil
        default: return .one(PatternSet(items: [.range(scalar.value, scalar.value)]))
        }
    }

    private mutating func group() -> PatternNode? {
        var number: Int?
        if !take("?:") {
            if take("?P<") {
                while let scalar = next, PatternSet.isWord(scalar) { at += 1 }
                guard take(">") else { return nil }
            }
            guard next != "?" else { return nil }
            groups += 1
            number = groups
        }
        guard let node = alternatives(), take(")") else { return nil }
        return number.map { .group(node, $0) } ?? node
    }

    private mutating func escape() -> PatternNode? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "b", "B":
            at += 1
            return .place(scalar == "b" ? .boundary : .inside)
        case "A", "Z":
            at += 1
            return .place(scalar == "A" ? .start : .end)
        default: return escapedItem().map { .one(PatternSet(items: [$0])) }
        }
    }

    private mutating func escapedItem() -> PatternSet.Item? {
        guard let scalar = next else { return nil }
        at += 1
        switch scalar {
        case "d": return .digit(true)
        case "D": return .digit(false)
        case "w": return .word(true)
        case "W": return .word(false)
        case "s": return .space(true)
        case "S": return .space(false)
        case "n": return .range(0x0A, 0x0A)
        case "r": return .range(0x0D, 0x0D)
        case "t": return .range(0x09, 0x09)
        case _ where PatternSet.isWord(scalar): return nil
        default: return .range(scalar.value, scalar.value)
        }
    }

    private mutating func set() -> PatternSet? {
        var set = PatternSet(isNegated: take("^"))
        while let scalar = next, scalar != "]" || set.items.isEmpty {
            at += 1
            let item = scalar == "\\" ? escapedItem() : .range(scalar.value, scalar.value)
            guard let item else { return nil }
            guard case .range(let low, _) = item, next == "-", at + 1 < text.count, text[at + 1] != "]" else {
                set.items.append(item)
                continue
            }
            at += 1
            guard let end = next else { return nil }
            at += 1
            let last = end == "\\" ? escapedItem() : .range(end.value, end.value)
            guard case .range(let high, _)? = last, high >= low else { return nil }
            set.items.append(.range(low, high))
        }
        return take("]") ? set : nil
    }
}
