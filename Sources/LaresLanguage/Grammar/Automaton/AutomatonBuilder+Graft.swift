extension AutomatonBuilder {
    /// Takes a finished automaton in as a rule, with all it is made of.
    mutating func graft(_ other: Automaton) throws(GrammarError) -> Int32 {
        let nodes = Int32(automaton.nodes.count)
        let rules = Int32(automaton.starts.count)
        let counted = try reserveCounts(of: other)
        func moved(_ node: Int32) -> Int32 { node < 0 ? node : node + (node < Automaton.countedBase ? nodes : counted) }
        for start in other.starts { setStart(reserveRule(), moved(start)) }
        for rule in other.counted {
            var copy = rule
            copy.body += rules
            copy.base += counted
            append(copy)
        }
        for node in other.nodes {
            let copy = try self.node()
            if node.accepts { setAccepts(copy) }
            setPlainDepth(copy, Int(node.plainDepth))
        }
        for index in other.nodes.indices {
            var at = other.nodes[index].firstEdge
            while at >= 0 {
                let edge = other.edges[Int(at)]
                at = edge.next
                var label = edge.label
                if case .rule(let rule) = label { label = .rule(rule + rules) }
                self.edge(nodes + Int32(index), label, moved(edge.target))
            }
        }
        return other.root + rules
    }
}
