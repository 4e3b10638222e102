/// A regular expression that is matched in bounded time: all ways are followed at once (Thompson 1968), none is tried twice.
///
/// Characters, `.`, classes, `\d \w \s`, groups, alternatives, `* + ?`, counts up to 200, `^` and `$`. No look-around, no references back.
public struct NGSIPattern: Sendable, Hashable {
    /// What the expression was.
    public let text: String
    private var program: [Step] = []

    private enum Step: Sendable, Hashable {
        case one(Set)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case match
    }

    /// Characters that fit.
    fileprivate struct Set: Sendable, Hashable {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false

        func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } != isNegated }
    }

    private static let mostSteps = 4_000
    /// How many parts are compiled, those among them that add no step.
    private static let mostParts = 40_000
    private var parts = 0

    /// - Throws: ``NGSIError`` with `badRequestData` for what isn't such an expression, or is too large.
    public init(_ text: String) throws {
        self.text = text
        guard text.unicodeScalars.count <= 1_000 else { throw NGSIError.bad("a pattern may have 1,000 characters") }
        var reader = PatternReader(scalars: Array(text.unicodeScalars))
        let tree = try reader.alternatives(0)
        guard reader.isAtEnd else { throw NGSIError.bad("the pattern '\(text.prefix(100))' has a ')' too many") }
        try compile(tree)
        program.append(.match)
    }

    /// Whether the pattern stands anywhere in the text.
    public func isFound(in text: String) -> Bool {
        let scalars = Array(text.unicodeScalars.prefix(100_000))
        var states: [Int] = []
        var marks = [Int](repeating: -1, count: program.count)
        for at in 0...scalars.count {
            add(0, at, scalars.count, &states, &marks)
            if states.contains(where: { program[$0] == .match }) { return true }
            guard at < scalars.count else { break }
            let current = states
            states = []
            for state in current {
                guard case .one(let set) = program[state], set.contains(scalars[at]) else { continue }
                add(state + 1, at + 1, scalars.count, &states, &marks)
            }
            if states.contains(where: { program[$0] == .match }) { return true }
        }
        return false
    }

    /// Adds a state and what follows from it without a character; each is added once for each place.
    private func add(_ state: Int, _ at: Int, _ end: Int, _ states: inout [Int], _ marks: inout [Int]) {
        var open = [state]
        while let state = open.popLast() {
            guard marks[state] != at else { continue }
            marks[state] = at
            switch program[state] {
            case .jump(let target): open.append(target)
            case .split(let one, let other): open += [other, one]
            case .start: if at == 0 { open.append(state + 1) }
            case .end: if at == end { open.append(state + 1) }
            case .one, .match: states.append(state)
            }
        }
    }

    private mutating func compile(_ tree: PatternTree) throws {
        parts += 1
        guard program.count < Self.mostSteps, parts <= Self.mostParts else {
            throw NGSIError.bad("the pattern '\(text.prefix(100))' is too large: count less")
        }
        switch tree {
        case .empty: break
        case .one(let set): program.append(.one(set))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .sequence(let parts): for part in parts { try compile(part) }
        case .either(let one, let other):
            let split = program.count
            program.append(.jump(0))
            try compile(one)
            let jump = program.count
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
            try compile(other)
            program[jump] = .jump(program.count)
        case .repeated(let part, let least, let most): try compile(part, least, most)
        }
    }

    private mutating func compile(_ part: PatternTree, _ least: Int, _ most: Int?) throws {
        for _ in 0..<least { try compile(part) }
        if let most {
            for _ in least..<max(least, most) {
                let split = program.count
                program.append(.jump(0))
                try compile(part)
                program[split] = .split(split + 1, program.count)
            }
        } else {
            let split = program.count
            program.append(.jump(0))
            try compile(part)
            program.append(.jump(split))
            program[split] = .split(split + 1, program.count)
        }
    }
}

private indirect enum PatternTree {
    case empty, start, end
    case one(NGSIPattern.Set)
    case sequence([PatternTree])
    case either(PatternTree, PatternTree)
    case repeated(PatternTree, Int, Int?)

    /// Whether it is written without anything in it, such as `()`.
    var isEmpty: Bool { if case .empty = self { true } else { false } }
}

/// Reads expressions by recursive descent, 32 groups deep at most.
private struct PatternReader {
    let scalars: [Unicode.Scalar]
    var at = 0

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    var isAtEnd: Bool { at == scalars.count }
    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    private func error(_ what: String) -> NGSIError { NGSIError.bad("a pattern can't be read at character \(at + 1): \(what)") }

    mutating func alternatives(_ depth: Int) throws -> PatternTree {
        guard depth <= 32 else { throw error("groups are nested more than 32 deep") }
        var tree = try sequence(depth)
        while take("|") {
            let other = try sequence(depth)
            tree = tree.isEmpty && other.isEmpty ? .empty : .either(tree, other)
        }
        return tree
    }

    private mutating func sequence(_ depth: Int) throws -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let part = try repeated(depth)
            if !part.isEmpty { parts.append(part) }
        }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repeated(_ depth: Int) throws -> PatternTree {
        let part = try atom(depth)
        guard let (least, most) = count() else { return part }
        // One that is content with little finds the same.
        _ = take("?")
        if let next, ["*", "+", "?", "{"].contains(next) { throw error("a count follows a count") }
        // Nothing, however often, is nothing.
        return part.isEmpty || most == 0 ? .empty : .repeated(part, least, most)
    }

    private mutating func count() -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        return next == "{" ? counts() : nil
    }

    /// `{2}`, `{2,}` or `{2,5}`; nil when a brace stands for itself, or counts beyond 200.
    private mutating func counts() -> (Int, Int?)? {
        guard let close = scalars[at...].firstIndex(of: "}") else { return nil }
        let text = String(String.UnicodeScalarView(scalars[(at + 1)..<close]))
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let least = parts.first.flatMap({ Int($0) }), (0...200).contains(least), parts.count <= 2 else { return nil }
        var most: Int? = least
        if parts.count == 2 { most = parts[1].isEmpty ? nil : Int(parts[1]) ?? -1 }
        if let most, !(least...200).contains(most) { return nil }
        at = close + 1
        return (least, most)
    }

    private mutating func atom(_ depth: Int) throws -> PatternTree {
        guard let scalar = next else { return .empty }
        at += 1
        switch scalar {
        case ".": return .one(NGSIPattern.Set(ranges: [0x0A...0x0A], isNegated: true))
        case "^": return .start
        case "$": return .end
        case "[": return .one(try characterClass())
        case "\\": return .one(try escaped())
        case "(":
            if take("?") {
                guard take(":") else { throw error("only (?:…) may follow '(?'") }
            }
            let inner = try alternatives(depth + 1)
            guard take(")") else { throw error("a ')' is missing") }
            return inner
        case "*", "+", "?": throw error("'\(scalar)' has nothing in front of it")
        default: return .one(NGSIPattern.Set(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func escaped() throws -> NGSIPattern.Set {
        guard let scalar = next else { throw error("it ends in '\\'") }
        at += 1
        let digit: ClosedRange<UInt32> = 0x30...0x39
        let word: [ClosedRange<UInt32>] = [digit, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        let space: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20, 0xA0...0xA0]
        switch scalar {
        case "d": return NGSIPattern.Set(ranges: [digit])
        case "D": return NGSIPattern.Set(ranges: [digit], isNegated: true)
        case "w": return NGSIPattern.Set(ranges: word)
        case "W": return NGSIPattern.Set(ranges: word, isNegated: true)
        case "s": return NGSIPattern.Set(ranges: space)
        case "S": return NGSIPattern.Set(ranges: space, isNegated: true)
        case "n": return NGSIPattern.Set(ranges: [0x0A...0x0A])
        case "t": return NGSIPattern.Set(ranges: [0x09...0x09])
        case "r": return NGSIPattern.Set(ranges: [0x0D...0x0D])
        default:
            guard scalar.value >= 0x80 || !word.contains(where: { $0.contains(scalar.value) }) else {
                throw error("'\\\(scalar)' isn't known")
            }
            return NGSIPattern.Set(ranges: [scalar.value...scalar.value])
        }
    }

    private mutating func characterClass() throws -> NGSIPattern.Set {
        var set = NGSIPattern.Set(isNegated: take("^"))
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            at += 1
            if scalar == "\\" {
                let inner = try escaped()
                if inner.isNegated { throw error("a negated class stands inside a class") }
                set.ranges += inner.ranges
            } else if next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" {
                let last = scalars[at + 1]
                guard scalar <= last, last != "\\" else { throw error("a range runs backwards") }
                set.ranges.append(scalar.value...last.value)
                at += 2
            } else {
                set.ranges.append(scalar.value...scalar.value)
            }
        }
        guard take("]") else { throw error("a ']' is missing") }
        return set
    }
}
