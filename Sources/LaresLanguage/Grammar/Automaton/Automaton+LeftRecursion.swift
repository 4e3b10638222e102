// A rule that begins with itself would be entered for ever without reading a byte.
extension Automaton {
    /// Throws `leftRecursion` if a rule can reach itself before it reads a byte, and `tooLarge` for a counted rule whose body may be empty.
    func checkLeftRecursion() throws(GrammarError) {
        let empty = rulesThatMayBeEmpty()
        for rule in counted where empty[Int(rule.body)] && rule.maximum > 16 {
            throw GrammarError(.unsupported, "something that may be empty is repeated more than 16 times; let it not be empty")
        }
        var begun = [UInt8](repeating: 0, count: starts.count)
        for rule in starts.indices where begun[rule] == 0 && starts[rule] >= 0 {
            try visit(rule, empty: empty, begun: &begun)
        }
    }

    /// Depth first without recursion: 1 marks a rule on the path, 2 one that is done.
    private func visit(_ first: Int, empty: [Bool], begun: inout [UInt8]) throws(GrammarError) {
        var path: [(rule: Int, calls: [Int])] = [(first, rulesFirst(in: first, empty: empty))]
        begun[first] = 1
        while let last = path.indices.last {
            guard let next = path[last].calls.popLast() else {
                begun[path[last].rule] = 2
                path.removeLast()
                continue
            }
            if begun[next] == 1 {
                throw GrammarError(.leftRecursion, "a rule begins with itself; write the recursion on the right, or as a repetition")
            }
            if begun[next] == 0 {
                begun[next] = 1
                path.append((next, rulesFirst(in: next, empty: empty)))
            }
        }
    }

    /// The rules that may be entered before a byte is read.
    private func rulesFirst(in rule: Int, empty: [Bool]) -> [Int] {
        var calls: [Int] = []
        walkWithoutBytes(from: starts[rule], empty: empty) { called in calls.append(called) }
        return calls
    }

    private func rulesThatMayBeEmpty() -> [Bool] {
        var empty = Array(repeating: false, count: starts.count)
        // Of a rule that isn't empty yet: those that would have to be looked at again if it were.
        var callers = Array(repeating: [Int](), count: starts.count)
        var open = starts.indices.filter { starts[$0] >= 0 }
        while let rule = open.popLast() {
            if empty[rule] { continue }
            var callees: [Int] = []
            if walkWithoutBytes(from: starts[rule], empty: empty, { callees.append($0) }) {
                empty[rule] = true
                open += callers[rule]
                callers[rule] = []
            } else {
                for callee in callees where !empty[callee] { callers[callee].append(rule) }
            }
        }
        return empty
    }

    /// Visits what can be reached without a byte; true if that completes the rule.
    @discardableResult
    private func walkWithoutBytes(from start: Int32, empty: [Bool], _ call: (Int) -> Void) -> Bool {
        if start >= Self.countedBase {
            let (rule, _, _) = countedRule(of: start)
            if rule.maximum > 0 { call(Int(rule.body)) }
            return rule.minimum == 0 || empty[Int(rule.body)]
        }
        var seen: Set<Int32> = [start]
        var work = [start]
        var completes = false
        while let node = work.popLast() {
            if nodes[Int(node)].accepts { completes = true }
            var at = nodes[Int(node)].firstEdge
            while at >= 0 {
                let edge = edges[Int(at)]
                at = edge.next
                switch edge.label {
                case .bytes: continue
                case .nothing: break
                case .rule(let rule):
                    call(Int(rule))
                    if !empty[Int(rule)] { continue }
                }
                if seen.insert(edge.target).inserted { work.append(edge.target) }
            }
        }
        return completes
    }
}
