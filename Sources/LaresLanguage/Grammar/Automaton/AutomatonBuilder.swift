/// Puts an ``Automaton`` together, rule by rule.
struct AutomatonBuilder {
    private(set) var automaton = Automaton()
    let limits: GrammarLimits
    private var countedEnd = Automaton.countedBase

    init(limits: GrammarLimits) { self.limits = limits }

    /// A new node. Throws `tooLarge`.
    mutating func node() throws(GrammarError) -> Int32 {
        guard automaton.nodes.count < limits.nodes else {
            throw GrammarError(
                .tooLarge, "the grammar needs more than \(limits.nodes) nodes; make it smaller or bound its repetitions lower")
        }
        automaton.nodes.append(Automaton.Node())
        return Int32(automaton.nodes.count - 1)
    }

    mutating func edge(_ from: Int32, _ label: Automaton.Label, _ to: Int32) {
        automaton.edges.append(Automaton.Edge(label: label, target: to, next: automaton.nodes[Int(from)].firstEdge))
        automaton.nodes[Int(from)].firstEdge = Int32(automaton.edges.count - 1)
    }

    mutating func byte(_ from: Int32, _ byte: UInt8, _ to: Int32) { edge(from, .bytes(byte, byte), to) }

    mutating func setAccepts(_ node: Int32) { automaton.nodes[Int(node)].accepts = true }

    mutating func setPlainDepth(_ node: Int32, _ depth: Int) {
        automaton.nodes[Int(node)].plainDepth = UInt16(clamping: depth)
    }

    /// A number for a rule whose start is set later.
    mutating func reserveRule() -> Int32 {
        automaton.starts.append(-1)
        return Int32(automaton.starts.count - 1)
    }

    mutating func setStart(_ rule: Int32, _ node: Int32) { automaton.starts[Int(rule)] = node }

    mutating func setRoot(_ rule: Int32) { automaton.root = rule }

    /// Reads the bytes one after another and returns where they end.
    mutating func literal(_ from: Int32, _ bytes: some Sequence<UInt8>) throws(GrammarError) -> Int32 {
        var at = from
        for byte in bytes {
            let next = try node()
            self.byte(at, byte, next)
            at = next
        }
        return at
    }

    /// A rule that reads `body` between `minimum` and `maximum` times.
    ///
    /// - Parameter bodyIsPlain: the body reads exactly one character and takes any plain one.
    mutating func countedRule(body: Int32, minimum: Int, maximum: Int, bodyIsPlain: Bool = false, continuesPlain: Bool = false)
        throws(GrammarError) -> Int32
    {
        guard minimum >= 0, minimum <= maximum, maximum < Int(Int32.max - countedEnd) - 1 else {
            throw GrammarError(.tooLarge, "a repetition of \(maximum) is more than can be counted; bound it lower")
        }
        automaton.counted.append(
            Automaton.Counted(
                body: body, minimum: Int32(minimum), maximum: Int32(maximum), base: countedEnd, bodyIsPlain: bodyIsPlain,
                continuesPlain: continuesPlain))
        automaton.starts.append(countedEnd)
        countedEnd += Int32(maximum) + 1
        return Int32(automaton.starts.count - 1)
    }

    /// Numbers for the counted rules of another automaton; returns how far they move. Throws `tooLarge`.
    mutating func reserveCounts(of other: Automaton) throws(GrammarError) -> Int32 {
        let counts = other.counted.reduce(0) { $0 + Int($1.maximum) + 1 }
        guard counts < Int(Int32.max - countedEnd) - 1 else {
            throw GrammarError(.tooLarge, "the repetitions of all grammars together are more than can be counted; bound them lower")
        }
        defer { countedEnd += Int32(counts) }
        return countedEnd - Automaton.countedBase
    }

    mutating func append(_ rule: Automaton.Counted) { automaton.counted.append(rule) }

    /// The finished automaton, without the parts that can't complete. Throws `unsatisfiable`, `tooLarge`, `leftRecursion`.
    consuming func finish() throws(GrammarError) -> Automaton {
        automaton.computeHeights()
        let height = automaton.height(of: automaton.starts[Int(automaton.root)])
        guard height < Automaton.unreachable else {
            throw GrammarError(
                .unsatisfiable, "nothing can satisfy this grammar; look for contradicting parts or a recursion without an end")
        }
        guard height <= limits.answerDepth else {
            throw GrammarError(
                .tooLarge, "its shortest answer nests \(height) rules; \(limits.answerDepth) is the most: write chains of rules as one")
        }
        automaton.prune()
        try automaton.checkLeftRecursion()
        automaton.classifyBytes()
        return automaton
    }
}
