// What is checked once, so that reading a text can't run into a dead end or an endless loop.
extension Automaton {
    /// Finds, for every node, how deep rules have to be nested to complete. A shortest-path computation by rounds of growing height:
    /// round h settles the nodes that need h levels.
    mutating func computeHeights() {
        var incoming = Incoming(self)
        heights = Array(repeating: Self.unreachable, count: nodes.count)
        countedHeights = Array(repeating: Self.unreachable, count: counted.count)
        var settled = Array(repeating: false, count: starts.count)
        var work: [Int32] = nodes.indices.filter { nodes[$0].accepts }.map { Int32($0) }
        for node in work { heights[Int(node)] = 0 }
        var height: Int32 = 0
        while true {
            spread(&work, height: height, settled: settled, incoming: &incoming)
            let ready = settleRules(&settled, height: height)
            if ready.isEmpty { return }
            height += 1
            for rule in ready {
                for (node, target) in incoming.calls[Int(rule)] where heights[Int(node)] == Self.unreachable {
                    if self.isReached(target) { reach(node, height, &work) }
                }
            }
        }
    }

    private func isReached(_ node: Int32) -> Bool { height(of: node) < Self.unreachable }

    private mutating func reach(_ node: Int32, _ height: Int32, _ work: inout [Int32]) {
        guard heights[Int(node)] == Self.unreachable else { return }
        heights[Int(node)] = height
        work.append(node)
    }

    private mutating func spread(_ work: inout [Int32], height: Int32, settled: [Bool], incoming: inout Incoming) {
        while let node = work.popLast() {
            var at = incoming.first[Int(node)]
            while at >= 0 {
                let (edge, from) = incoming.list[Int(at)].edge
                if case .rule(let rule) = edges[Int(edge)].label, !settled[Int(rule)] {
                    // Comes back when the rule is settled.
                } else {
                    reach(from, height, &work)
                }
                at = incoming.list[Int(at)].next
            }
        }
    }

    /// The rules that are newly known to complete within `height`.
    private mutating func settleRules(_ settled: inout [Bool], height: Int32) -> [Int32] {
        for index in counted.indices where countedHeights[index] == Self.unreachable {
            if settled[Int(counted[index].body)] { countedHeights[index] = height }
        }
        var ready: [Int32] = []
        for rule in starts.indices where !settled[rule] && starts[rule] >= 0 && isReached(starts[rule]) {
            settled[rule] = true
            ready.append(Int32(rule))
        }
        return ready
    }

    /// Removes edges that lead to nodes or through rules that can't complete.
    mutating func prune() {
        for node in nodes.indices {
            var kept: Int32 = -1
            var at = nodes[node].firstEdge
            while at >= 0 {
                let next = edges[Int(at)].next
                if leadsSomewhere(edges[Int(at)]) {
                    edges[Int(at)].next = kept
                    kept = at
                }
                at = next
            }
            nodes[node].firstEdge = kept
        }
    }

    private func leadsSomewhere(_ edge: Edge) -> Bool {
        guard isReached(edge.target) else { return false }
        guard case .rule(let rule) = edge.label else { return true }
        return starts[Int(rule)] >= 0 && isReached(starts[Int(rule)])
    }

    /// Finds the bytes no edge tells apart.
    mutating func classifyBytes() {
        var starts = [Bool](repeating: false, count: 257)
        for edge in edges {
            guard case .bytes(let low, let high) = edge.label else { continue }
            starts[Int(low)] = true
            starts[Int(high) + 1] = true
        }
        byteClasses = ByteClasses(boundaries: starts)
    }
}

/// The edges of an automaton by their targets, and the calls of every rule.
private struct Incoming {
    struct Entry {
        var edge: (edge: Int32, from: Int32)
        var next: Int32
    }

    var first: [Int32]
    var list: [Entry] = []
    var calls: [[(node: Int32, target: Int32)]]

    init(_ automaton: Automaton) {
        first = Array(repeating: -1, count: automaton.nodes.count)
        calls = Array(repeating: [], count: automaton.starts.count)
        list.reserveCapacity(automaton.edges.count)
        for node in automaton.nodes.indices {
            var at = automaton.nodes[node].firstEdge
            while at >= 0 {
                let edge = automaton.edges[Int(at)]
                if case .rule(let rule) = edge.label { calls[Int(rule)].append((Int32(node), edge.target)) }
                if edge.target < Automaton.countedBase {
                    list.append(Entry(edge: (at, Int32(node)), next: first[Int(edge.target)]))
                    first[Int(edge.target)] = Int32(list.count - 1)
                }
                at = edge.next
            }
        }
    }
}
