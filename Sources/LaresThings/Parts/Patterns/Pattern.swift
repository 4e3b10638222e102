internal import LaresTemplates

/// A regular expression that ends: it counts its steps, so that `(a+)+$` costs no more than any other. Foundation's and Swift's own can't be stopped,
/// and discovered templates come from strangers.
///
/// It finds what Python's `re` finds, for what ``PatternParser`` reads.
struct Pattern: Sendable {
    private var program: [Instruction] = []
    let groups: Int
    /// Steps that reading it took.
    private(set) var cost = 0
    private let ignoresCase: Bool

    private enum Instruction: Sendable {
        case one(PatternSet)
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case place(PatternNode.Place)
        case match
    }

    private static let longestProgram = 4_000
    /// Repetitions of what is empty multiply without making the program longer.
    private static let highestCost = 20_000
    private static let longestText = 4_096
    private static let mostSteps = 20_000

    /// Nil for expressions it doesn't know.
    init?(_ source: String, ignoresCase: Bool = false) {
        var parser = PatternParser(source)
        guard let node = parser.parse() else { return nil }
        groups = parser.groups
        self.ignoresCase = ignoresCase || parser.ignoresCase
        guard emit(.group(node, 0)) else { return nil }
        program.append(.match)
    }

    // MARK: The program

    private mutating func emit(_ node: PatternNode) -> Bool {
        cost += 1
        guard program.count <= Self.longestProgram, cost <= Self.highestCost else { return false }
        switch node {
        case .one(let set): program.append(.one(set))
        case .place(let place): program.append(.place(place))
        case .sequence(let nodes):
            for node in nodes where !emit(node) { return false }
        case .group(let node, let number):
            program.append(.save(2 * number))
            guard emit(node) else { return false }
            program.append(.save(2 * number + 1))
        case .either(let nodes): return emit(either: nodes)
        case .repeated(let node, let least, let most, let isGreedy):
            for _ in 0..<least where !emit(node) { return false }
            return most.map { emit(node, upTo: $0 - least, isGreedy) } ?? emit(anyNumberOf: node, isGreedy)
        }
        return true
    }

    private mutating func emit(either nodes: [PatternNode]) -> Bool {
        var jumps: [Int] = []
        for (number, node) in nodes.enumerated() {
            let split = program.count
            let isLast = number == nodes.count - 1
            if !isLast { program.append(.jump(0)) }
            guard emit(node) else { return false }
            guard !isLast else { continue }
            jumps.append(program.count)
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for jump in jumps { program[jump] = .jump(program.count) }
        return true
    }

    private mutating func emit(anyNumberOf node: PatternNode, _ isGreedy: Bool) -> Bool {
        let split = program.count
        program.append(.jump(0))
        guard emit(node) else { return false }
        program.append(.jump(split))
        program[split] = isGreedy ? .split(split + 1, program.count) : .split(program.count, split + 1)
        return true
    }

    private mutating func emit(_ node: PatternNode, upTo count: Int, _ isGreedy: Bool) -> Bool {
        var splits: [Int] = []
        for _ in 0..<max(0, count) {
            splits.append(program.count)
            program.append(.jump(0))
            guard emit(node) else { return false }
        }
        for split in splits { program[split] = isGreedy ? .split(split + 1, program.count) : .split(program.count, split + 1) }
        return true
    }
}

extension Pattern {
    /// Where the whole and its groups lie; nil for groups that took no part.
    typealias Found = [Range<Int>?]

    /// All that it finds in a text, from the left; with `isAnchored` only what begins there. Throws ``TemplateError`` where it takes too long.
    /// - Parameter steps: The steps that it took are added.
    func found(in text: [Unicode.Scalar], isAnchored: Bool = false, most: Int = .max, _ steps: inout Int) throws -> [Found] {
        guard text.count <= Self.longestText else { throw Self.tooLong }
        let compared = ignoresCase ? text.map(Self.folded) : text
        var (all, from): ([Found], Int) = ([], 0)
        while from <= text.count, all.count < most {
            guard let found = try match(compared, at: from, &steps) else {
                if isAnchored { break }
                from += 1
                continue
            }
            all.append(found)
            let whole = found[0] ?? from..<from
            from = whole.isEmpty ? whole.upperBound + 1 : whole.upperBound
        }
        return all
    }

    private static let tooLong = TemplateError(.limit, "the regular expression takes too long: make it or the text shorter")

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let mapped = scalar.properties.lowercaseMapping.unicodeScalars
        return mapped.count == 1 ? mapped.first ?? scalar : scalar
    }

    private func fits(_ set: PatternSet, _ scalar: Unicode.Scalar) -> Bool {
        guard ignoresCase else { return set.contains(scalar) }
        let upper = scalar.properties.uppercaseMapping.unicodeScalars
        let other = upper.count == 1 ? upper.first ?? scalar : scalar
        return set.isNegated ? set.contains(scalar) && set.contains(other) : set.contains(scalar) || set.contains(other)
    }

    /// Backtracking with a stack of its own: what was tried is in `stack`, never on the thread's.
    private func match(_ text: [Unicode.Scalar], at start: Int, _ steps: inout Int) throws -> Found? {
        var stack = [(counter: 0, at: start, saved: [Int](repeating: -1, count: 2 * (groups + 1)))]
        while var (counter, at, saved) = stack.popLast() {
            run: while true {
                steps += 1
                guard steps <= Self.mostSteps, stack.count <= 10_000 else { throw Self.tooLong }
                switch program[counter] {
                case .one(let set):
                    guard at < text.count, fits(set, text[at]) else { break run }
                    at += 1
                    counter += 1
                case .place(let place):
                    guard Self.isThere(place, text, at) else { break run }
                    counter += 1
                case .save(let number):
                    saved[number] = at
                    counter += 1
                case .jump(let target): counter = target
                case .split(let first, let second):
                    stack.append((second, at, saved))
                    counter = first
                case .match:
                    return (0...groups).map {
                        saved[2 * $0] >= 0 && saved[2 * $0 + 1] >= saved[2 * $0] ? saved[2 * $0]..<saved[2 * $0 + 1] : nil
                    }
                }
            }
        }
        return nil
    }

    private static func isThere(_ place: PatternNode.Place, _ text: [Unicode.Scalar], _ at: Int) -> Bool {
        let before = at > 0 && PatternSet.isWord(text[at - 1])
        let after = at < text.count && PatternSet.isWord(text[at])
        return switch place {
        case .start: at == 0
        case .end: at == text.count || (at == text.count - 1 && text[at] == "\n")
        case .boundary: before != after
        case .inside: before == after
        }
    }
}
