/// Makes a ``CharacterNFA`` deterministic by the subset construction.
struct Subsets {
    private let nfa: CharacterNFA
    private let collapsesAtEnd: Bool
    private var classes = CharacterAutomaton.Classes()
    /// Which classes each set of the automaton has.
    private var classesOfSet: [[Int]] = []
    private var known: [[Int32]: Int32] = [:]
    private var queue: [[Int32]] = []
    private var work = 0

    init(_ nfa: CharacterNFA, collapsesAtEnd: Bool) {
        self.nfa = nfa
        self.collapsesAtEnd = collapsesAtEnd
        classify()
    }

    mutating func build(_ limits: GrammarLimits) throws(GrammarError) -> CharacterAutomaton {
        var automaton = CharacterAutomaton(classes: classes)
        _ = number(closure([Int32(nfa.start)], isStart: true))
        var done = 0
        while done < queue.count {
            guard queue.count <= limits.patternStates else {
                throw GrammarError(.tooLarge, "the pattern needs more than \(limits.patternStates) states; bound its repetitions lower")
            }
            guard work <= limits.patternWork else {
                throw GrammarError(.tooLarge, "the pattern takes too long to be made ready; use fewer alternatives inside repetitions")
            }
            let state = queue[done]
            automaton.accepts.append(accepts(state, isStart: done == 0))
            for targets in moves(state) {
                automaton.targets.append(targets.isEmpty ? -1 : number(closure(targets, isStart: false)))
            }
            done += 1
        }
        return automaton
    }

    private mutating func number(_ state: [Int32]) -> Int32 {
        if let number = known[state] { return number }
        queue.append(state)
        known[state] = Int32(queue.count - 1)
        return Int32(queue.count - 1)
    }

    private mutating func moves(_ state: [Int32]) -> [[Int32]] {
        var moves: [[Int32]] = Array(repeating: [], count: classes.count)
        for node in state {
            for (label, target) in nfa.edges[Int(node)] {
                guard case .set(let set) = label else { continue }
                for character in classesOfSet[set] { moves[character].append(Int32(target)) }
                work += classesOfSet[set].count
            }
        }
        return moves
    }

    private mutating func closure(_ nodes: [Int32], isStart: Bool, isEnd: Bool = false) -> [Int32] {
        var found: Set<Int32> = []
        var open = nodes
        while let node = open.popLast() {
            work += 1
            guard found.insert(node).inserted else { continue }
            for (label, target) in nfa.edges[Int(node)] {
                switch label {
                case .nothing: open.append(Int32(target))
                case .atStart: if isStart { open.append(Int32(target)) }
                case .atEnd: if isEnd { open.append(Int32(target)) }
                case .set: break
                }
            }
        }
        if collapsesAtEnd, !isEnd, found.contains(Int32(nfa.end)) { return [Int32(nfa.end)] }
        return found.sorted()
    }

    private mutating func accepts(_ state: [Int32], isStart: Bool) -> Bool {
        closure(state, isStart: isStart, isEnd: true).contains(Int32(nfa.end))
    }

    /// Cuts the characters at all ends of ranges and gives pieces that are in the same sets the same class.
    private mutating func classify() {
        var cuts: Set<UInt32> = [0]
        for set in nfa.sets {
            for range in set.ranges {
                cuts.insert(range.lowerBound)
                cuts.insert(range.upperBound + 1)
            }
        }
        let sorted = cuts.filter { $0 <= ScalarSet.last }.sorted()
        var positions = Array(repeating: 0, count: nfa.sets.count)
        var numbers: [[Int]: Int] = [:]
        for (index, low) in sorted.enumerated() {
            let high = index + 1 < sorted.count ? sorted[index + 1] - 1 : ScalarSet.last
            let members = setsContaining(low, &positions)
            let number = numbers[members] ?? numbers.count
            numbers[members] = number
            classes.ranges.append((low...high, number))
        }
        classes.count = numbers.count
        classesOfSet = Array(repeating: [], count: nfa.sets.count)
        for (members, number) in numbers { for set in members { classesOfSet[set].append(number) } }
    }

    private func setsContaining(_ scalar: UInt32, _ positions: inout [Int]) -> [Int] {
        var members: [Int] = []
        for (index, set) in nfa.sets.enumerated() {
            while positions[index] < set.ranges.count, set.ranges[positions[index]].upperBound < scalar { positions[index] += 1 }
            if positions[index] < set.ranges.count, set.ranges[positions[index]].contains(scalar) { members.append(index) }
        }
        return members
    }
}
