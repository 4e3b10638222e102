/// A nondeterministic automaton over characters, with edges that may only be taken at the start or the end of the text.
struct CharacterNFA {
    enum Label {
        case nothing, atStart, atEnd
        case set(Int)
    }

    private(set) var edges: [[(label: Label, target: Int)]] = []
    private(set) var sets: [ScalarSet] = []
    private var setNumbers: [ScalarSet: Int] = [:]
    private(set) var start = 0
    private(set) var end = 0
    private let mostNodes: Int

    /// - Parameter searches: the expression may match anywhere in the text, as `pattern` of JSON Schema does.
    init(_ node: RegexNode, searches: Bool, limits: GrammarLimits) throws(GrammarError) {
        mostNodes = limits.patternStates * 8
        start = try newNode()
        end = try newNode()
        guard searches else {
            try add(node, start, end)
            return
        }
        let inside = try newNode()
        let matched = try newNode()
        let any = number(of: .all)
        edges[start].append((.nothing, inside))
        let skipping = try newNode()
        edges[start].append((.set(any), skipping))
        edges[skipping].append((.set(any), skipping))
        edges[skipping].append((.nothing, inside))
        try add(node, inside, matched)
        edges[matched].append((.nothing, end))
        edges[end].append((.set(any), end))
    }

    private mutating func newNode() throws(GrammarError) -> Int {
        guard edges.count < mostNodes else {
            throw GrammarError(.tooLarge, "the regular expression needs more than \(mostNodes) nodes; bound its repetitions lower")
        }
        edges.append([])
        return edges.count - 1
    }

    private mutating func number(of set: ScalarSet) -> Int {
        if let known = setNumbers[set] { return known }
        sets.append(set)
        setNumbers[set] = sets.count - 1
        return sets.count - 1
    }

    private mutating func add(_ node: RegexNode, _ from: Int, _ to: Int) throws(GrammarError) {
        switch node {
        case .empty: edges[from].append((.nothing, to))
        case .set(let set): if !set.isEmpty { edges[from].append((.set(number(of: set)), to)) }
        case .textStart: edges[from].append((.atStart, to))
        case .textEnd: edges[from].append((.atEnd, to))
        case .lookahead:
            throw GrammarError(
                .unsupported, "look-ahead can be enforced only at the very start of a pattern; rewrite the pattern without it")
        case .choice(let branches): for branch in branches { try add(branch, from, to) }
        case .sequence(let parts):
            var at = from
            for (index, part) in parts.enumerated() {
                let next = index == parts.count - 1 ? to : try newNode()
                try add(part, at, next)
                at = next
            }
        case .repeated(let part, let minimum, let maximum): try addRepeated(part, minimum, maximum, from, to)
        }
    }

    private mutating func addRepeated(_ part: RegexNode, _ minimum: Int, _ maximum: Int?, _ from: Int, _ to: Int) throws(GrammarError) {
        var at = from
        for _ in 0..<minimum {
            let next = try newNode()
            try add(part, at, next)
            at = next
        }
        if let maximum {
            for _ in minimum..<max(minimum, maximum) {
                edges[at].append((.nothing, to))
                let next = try newNode()
                try add(part, at, next)
                at = next
            }
            edges[at].append((.nothing, to))
        } else {
            let loop = try newNode()
            edges[at].append((.nothing, loop))
            let back = try newNode()
            try add(part, loop, back)
            edges[back].append((.nothing, loop))
            edges[loop].append((.nothing, to))
        }
    }
}
