/// A deterministic automaton over characters: patterns, formats and sets of keys, which can be intersected and inverted.
struct CharacterAutomaton: Sendable {
    /// Characters no state tells apart share a class.
    struct Classes: Sendable {
        var ranges: [(range: ClosedRange<UInt32>, number: Int)] = []
        var count = 0
    }

    var classes: Classes
    /// Target by state and class; -1 where nothing can follow.
    var targets: [Int32] = []
    var accepts: [Bool] = []

    init(classes: Classes) { self.classes = classes }

    func target(_ state: Int, _ character: Int) -> Int { Int(targets[state * classes.count + character]) }

    /// The texts an expression matches. Throws `unsupported`, `tooLarge`.
    init(_ expression: RegexNode, searches: Bool, limits: GrammarLimits) throws(GrammarError) {
        let (assertions, body) = Self.splitLookahead(expression)
        let nfa = try CharacterNFA(body, searches: searches, limits: limits)
        var builder = Subsets(nfa, collapsesAtEnd: searches)
        self = try builder.build(limits)
        for (node, isNegative) in assertions {
            let wanted = RegexNode.sequence([.textStart, node])
            let automaton = try CharacterAutomaton(wanted, searches: true, limits: limits)
            self = try combined(with: isNegative ? automaton.inverted : automaton, limits: limits) { $0 && $1 }
        }
    }

    /// Takes look-ahead off the start: `^(?!a)b` is `^b` and not `^a`.
    private static func splitLookahead(_ node: RegexNode) -> ([(RegexNode, Bool)], RegexNode) {
        guard case .sequence(let parts) = node, case .textStart? = parts.first else { return ([], node) }
        var assertions: [(RegexNode, Bool)] = []
        for part in parts.dropFirst() {
            guard case .lookahead(let inside, let isNegative) = part else { break }
            assertions.append((inside, isNegative))
        }
        return (assertions, assertions.isEmpty ? node : .sequence([.textStart] + parts.dropFirst(assertions.count + 1)))
    }

    /// Exactly these texts.
    init(texts: [String], limits: GrammarLimits) throws(GrammarError) {
        try self.init(.choice(texts.map { RegexNode.literal($0) }), searches: false, limits: limits)
    }

    func matches(_ text: String) -> Bool {
        var state = 0
        for scalar in text.unicodeScalars {
            guard let character = classNumber(of: scalar.value) else { return false }
            state = target(state, character)
            if state < 0 { return false }
        }
        return accepts[state]
    }

    private func classNumber(of scalar: UInt32) -> Int? {
        var low = 0
        var high = classes.ranges.count - 1
        while low <= high {
            let middle = (low + high) / 2
            let entry = classes.ranges[middle]
            if scalar < entry.range.lowerBound {
                high = middle - 1
            } else if scalar > entry.range.upperBound {
                low = middle + 1
            } else {
                return entry.number
            }
        }
        return nil
    }

    /// States from which a text can still be completed.
    var live: [Bool] {
        var sources: [[Int32]] = Array(repeating: [], count: accepts.count)
        for state in accepts.indices {
            for character in 0..<classes.count {
                let to = target(state, character)
                if to >= 0, sources[to].last != Int32(state) { sources[to].append(Int32(state)) }
            }
        }
        var live = accepts
        var work = accepts.indices.filter { accepts[$0] }
        while let state = work.popLast() {
            for source in sources[state] where !live[Int(source)] {
                live[Int(source)] = true
                work.append(Int(source))
            }
        }
        return live
    }

    var isEmpty: Bool { !live[0] }

    /// Whether every text matches; exact because a state that accepts everything is looked for by reaching all states.
    var isEverything: Bool { inverted.isEmpty }
}
