extension CharacterAutomaton {
    /// The texts this does not match.
    var inverted: CharacterAutomaton {
        var result = self
        let sink = Int32(accepts.count)
        for index in result.targets.indices where result.targets[index] < 0 { result.targets[index] = sink }
        result.targets += Array(repeating: sink, count: classes.count)
        result.accepts = accepts.map { !$0 } + [true]
        return result
    }

    /// The texts of which `keep` approves, told whether this and the other match. `keep(false, false)` must be false. Throws `tooLarge`.
    func combined(
        with other: CharacterAutomaton, limits: GrammarLimits, _ keep: (Bool, Bool) -> Bool
    ) throws(GrammarError) -> CharacterAutomaton {
        let (joint, pairs) = Self.join(classes, other.classes)
        var result = CharacterAutomaton(classes: joint)
        var known: [UInt64: Int32] = [:]
        var queue: [(Int, Int)] = []
        func number(_ first: Int, _ second: Int) -> Int32 {
            let key = UInt64(UInt32(truncatingIfNeeded: first)) << 32 | UInt64(UInt32(truncatingIfNeeded: second))
            if let number = known[key] { return number }
            queue.append((first, second))
            known[key] = Int32(queue.count - 1)
            return Int32(queue.count - 1)
        }
        _ = number(0, 0)
        let needsBoth = !keep(true, false) && !keep(false, true)
        var done = 0
        while done < queue.count {
            guard queue.count <= limits.patternStates else {
                throw GrammarError(
                    .tooLarge, "patterns and lengths together need more than \(limits.patternStates) states; make them simpler")
            }
            guard result.targets.count <= limits.patternWork else {
                throw GrammarError(.tooLarge, "patterns and lengths together take too long to be made ready; make them simpler")
            }
            let (first, second) = queue[done]
            result.accepts.append(keep(first >= 0 && accepts[first], second >= 0 && other.accepts[second]))
            for (one, two) in pairs {
                let next = (first >= 0 ? target(first, one) : -1, second >= 0 ? other.target(second, two) : -1)
                let isDead = needsBoth ? next.0 < 0 || next.1 < 0 : next.0 < 0 && next.1 < 0
                result.targets.append(isDead ? -1 : number(next.0, next.1))
            }
            done += 1
        }
        return result
    }

    private static func join(_ first: Classes, _ second: Classes) -> (Classes, [(Int, Int)]) {
        var joint = Classes()
        var numbers: [[Int]: Int] = [:]
        var pairs: [(Int, Int)] = []
        var (one, two) = (0, 0)
        while one < first.ranges.count, two < second.ranges.count {
            let (a, b) = (first.ranges[one], second.ranges[two])
            let low = max(a.range.lowerBound, b.range.lowerBound)
            let high = min(a.range.upperBound, b.range.upperBound)
            if low <= high {
                let key = [a.number, b.number]
                if numbers[key] == nil {
                    numbers[key] = pairs.count
                    pairs.append((a.number, b.number))
                }
                joint.ranges.append((low...high, numbers[key] ?? 0))
            }
            if a.range.upperBound <= b.range.upperBound { one += 1 }
            if b.range.upperBound <= a.range.upperBound { two += 1 }
        }
        joint.count = pairs.count
        return (joint, pairs)
    }

    /// The texts of a number of characters within bounds.
    static func length(_ minimum: Int, _ maximum: Int?) -> CharacterAutomaton {
        var result = CharacterAutomaton(classes: Classes(ranges: [(0...ScalarSet.last, 0)], count: 1))
        let last = maximum ?? minimum
        for count in 0...last {
            result.accepts.append(count >= minimum)
            result.targets.append(count < last ? Int32(count + 1) : maximum == nil ? Int32(count) : -1)
        }
        return result
    }

    /// The lengths of the texts: the shortest, and the longest or nil where there is none; nil for no texts at all.
    var lengths: (shortest: Int, longest: Int?)? {
        let live = self.live
        guard live[0] else { return nil }
        var level: Set<Int> = [0]
        var shortest: Int?
        var longest = 0
        for length in 0...accepts.count {
            if level.contains(where: { accepts[$0] }) {
                if shortest == nil { shortest = length }
                longest = length
            }
            var next: Set<Int> = []
            for state in level {
                for character in 0..<classes.count {
                    let to = target(state, character)
                    if to >= 0, live[to] { next.insert(to) }
                }
            }
            if next.isEmpty { return (shortest ?? 0, longest) }
            if next == level, let shortest { return (shortest, nil) }
            level = next
        }
        return (shortest ?? 0, nil)
    }
}
