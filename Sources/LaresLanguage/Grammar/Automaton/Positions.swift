/// The sets of positions a text can lead to in an ``Automaton``, made when they are first needed and remembered.
///
/// A position is a node and the stack of nodes to return to. Stacks and sets are stored once and known by number, so that a
/// set reached again (the inside of a string, the next element of an array) finds its transitions and its mask.
struct Positions: Sendable {
    static let dead: Int32 = -1
    static let unknown: Int32 = -2
    /// A text with more simultaneous readings than this is not continued; only ambiguous hand-written grammars get near it.
    static let mostReadings = 4_096

    struct Frame: Sendable {
        var node: Int32
        var parent: Int32
        var depth: Int32
    }

    struct State: Sendable {
        var first: Int
        var count: Int
        var isComplete: Bool
        var plainDepth: UInt16
    }

    let automaton: Automaton
    let answerDepth: Int32
    private(set) var frames = [Frame(node: -1, parent: -1, depth: 0)]
    private var frameTable = NumberTable()
    private(set) var states: [State] = []
    /// Positions of all states, node in the high and stack in the low half.
    private(set) var pool: [UInt64] = []
    private var stateTable = NumberTable()
    private var transitions: [Int32] = []
    private var scratch: [UInt64] = []
    private var seen = SeenSet()
    private var scratchCompletes = false
    /// Edges looked at so far: what all this took.
    private(set) var work = 0

    init(_ automaton: Automaton, answerDepth: Int) {
        self.automaton = automaton
        self.answerDepth = Int32(clamping: answerDepth)
    }

    /// Rough size, to decide when to begin anew.
    var bytes: Int {
        transitions.count * 4 + pool.count * 8 + states.count * 48 + frames.count * 28
    }

    func isComplete(_ state: Int32) -> Bool { state >= 0 && states[Int(state)].isComplete }

    /// Whether the text is complete and no byte may follow.
    func isOver(_ state: Int32) -> Bool { isComplete(state) && states[Int(state)].count == 0 }

    func plainDepth(_ state: Int32) -> UInt16 { states[Int(state)].plainDepth }

    /// The state before anything is read.
    mutating func start() -> Int32 {
        begin()
        add(automaton.starts[Int(automaton.root)], stack: 0)
        return intern()
    }

    /// Where a byte leads; `dead` if it may not come.
    @inline(__always)
    mutating func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        let slot = Int(state) * automaton.byteClasses.count + automaton.byteClasses[byte]
        let known = transitions[slot]
        return known == Self.unknown ? makeTransition(state, byte, slot) : known
    }

    private mutating func makeTransition(_ state: Int32, _ byte: UInt8, _ slot: Int) -> Int32 {
        begin()
        let from = states[Int(state)]
        for index in from.first..<(from.first + from.count) {
            let position = pool[index]
            var at = automaton.nodes[Int(position >> 32)].firstEdge
            while at >= 0 {
                let edge = automaton.edges[Int(at)]
                at = edge.next
                work += 1
                if case .bytes(let low, let high) = edge.label, low <= byte, byte <= high {
                    add(edge.target, stack: Int32(truncatingIfNeeded: position))
                }
            }
        }
        let target = scratch.isEmpty && !scratchCompletes ? Self.dead : intern()
        transitions[slot] = target
        return target
    }

    private mutating func begin() {
        scratch.removeAll(keepingCapacity: true)
        seen.clear()
        scratchCompletes = false
    }

    /// Adds a position and everything that can be reached from it without a byte; keeps those that read bytes.
    private mutating func add(_ node: Int32, stack: Int32) {
        var work: [(node: Int32, stack: Int32)] = [(node, stack)]
        while let (node, stack) = work.popLast() {
            guard frames[Int(stack)].depth + automaton.height(of: node) <= answerDepth else { continue }
            guard seen.count < Self.mostReadings else { return }
            let key = UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: stack))
            guard seen.insert(key) else { continue }
            if node >= Automaton.countedBase { expandCounted(node, stack, &work) } else { expand(node, stack, key, &work) }
        }
    }

    private mutating func expand(_ node: Int32, _ stack: Int32, _ key: UInt64, _ work: inout [(node: Int32, stack: Int32)]) {
        if automaton.nodes[Int(node)].accepts { complete(stack, &work) }
        var readsBytes = false
        var at = automaton.nodes[Int(node)].firstEdge
        while at >= 0 {
            let edge = automaton.edges[Int(at)]
            at = edge.next
            self.work += 1
            switch edge.label {
            case .bytes: readsBytes = true
            case .nothing: work.append((edge.target, stack))
            case .rule(let rule): work.append((automaton.starts[Int(rule)], push(edge.target, stack)))
            }
        }
        if readsBytes { scratch.append(key) }
    }

    private mutating func expandCounted(_ node: Int32, _ stack: Int32, _ work: inout [(node: Int32, stack: Int32)]) {
        let (rule, _, times) = automaton.countedRule(of: node)
        if times >= rule.minimum { complete(stack, &work) }
        if times < rule.maximum { work.append((automaton.starts[Int(rule.body)], push(node + 1, stack))) }
    }

    private mutating func complete(_ stack: Int32, _ work: inout [(node: Int32, stack: Int32)]) {
        guard stack > 0 else {
            scratchCompletes = true
            return
        }
        let frame = frames[Int(stack)]
        work.append((frame.node, frame.parent))
    }

    /// The stack with a node to return to on top; itself if there would be nothing left to do there.
    private mutating func push(_ node: Int32, _ stack: Int32) -> Int32 {
        if node < Automaton.countedBase, automaton.nodes[Int(node)].accepts, automaton.nodes[Int(node)].firstEdge < 0 { return stack }
        let key = UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: stack))
        let hash = NumberTable.mix(key)
        if let found = frameTable.find(hash, where: { frames[Int($0)].node == node && frames[Int($0)].parent == stack }) { return found }
        frames.append(Frame(node: node, parent: stack, depth: frames[Int(stack)].depth + 1))
        let number = Int32(frames.count - 1)
        frameTable.insert(number, hash)
        return number
    }
}

// Interning.
extension Positions {
    private mutating func intern() -> Int32 {
        if scratch.count > 1 { scratch.sort() }
        var hash = scratchCompletes ? NumberTable.mix(1) : NumberTable.mix(2)
        for position in scratch { hash = NumberTable.mix(hash ^ position) }
        if let found = stateTable.find(hash, where: { isScratch(states[Int($0)]) }) { return found }
        states.append(
            State(first: pool.count, count: scratch.count, isComplete: scratchCompletes, plainDepth: plainDepthOfScratch()))
        pool.append(contentsOf: scratch)
        let width = automaton.byteClasses.count
        transitions.append(contentsOf: repeatElement(Self.unknown, count: width))
        let number = Int32(states.count - 1)
        stateTable.insert(number, hash)
        return number
    }

    private func isScratch(_ state: State) -> Bool {
        guard state.count == scratch.count, state.isComplete == scratchCompletes else { return false }
        for index in 0..<state.count where pool[state.first + index] != scratch[index] { return false }
        return true
    }

    private func plainDepthOfScratch() -> UInt16 {
        var depth: UInt16 = 0
        for position in scratch {
            depth = max(depth, automaton.plainDepth(of: Int32(truncatingIfNeeded: position >> 32)))
            depth = max(depth, countedPlainDepth(position))
        }
        return depth
    }

    /// Inside a counted repetition of characters, at the start of one: as many as may still come.
    private func countedPlainDepth(_ position: UInt64) -> UInt16 {
        let stack = Int(position & 0xFFFF_FFFF)
        let frame = frames[stack]
        guard frame.node >= Automaton.countedBase else { return 0 }
        let (rule, _, times) = automaton.countedRule(of: frame.node)
        guard rule.bodyIsPlain, Int32(position >> 32) == automaton.starts[Int(rule.body)] else { return 0 }
        return rule.continuesPlain ? Automaton.endless : UInt16(clamping: rule.maximum - times + 1)
    }

    /// A state of another set of positions over the same automaton, as one of this.
    mutating func adopt(_ state: Int32, from other: Positions) -> Int32 {
        guard state >= 0 else { return Self.dead }
        begin()
        let source = other.states[Int(state)]
        for index in source.first..<(source.first + source.count) {
            let position = other.pool[index]
            scratch.append(
                position & 0xFFFF_FFFF_0000_0000 | UInt64(UInt32(bitPattern: adoptStack(Int32(truncatingIfNeeded: position), other))))
        }
        scratchCompletes = source.isComplete
        return intern()
    }

    private mutating func adoptStack(_ stack: Int32, _ other: Positions) -> Int32 {
        var nodes: [Int32] = []
        var at = stack
        while at > 0 {
            nodes.append(other.frames[Int(at)].node)
            at = other.frames[Int(at)].parent
        }
        var copy: Int32 = 0
        for node in nodes.reversed() { copy = push(node, copy) }
        return copy
    }
}
