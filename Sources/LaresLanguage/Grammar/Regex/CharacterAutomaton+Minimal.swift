extension CharacterAutomaton {
    /// Larger automata are left as they are: refining takes up to as many rounds as there are states.
    private static let mostStatesToMinimise = 400

    /// The same texts with as few states as possible (Moore's algorithm), so that products with lengths stay small.
    var minimised: CharacterAutomaton {
        let live = self.live
        guard live[0], accepts.count <= Self.mostStatesToMinimise else { return self }
        var blocks: [Int32] = accepts.indices.map { live[$0] ? (accepts[$0] == accepts[0] ? 0 : 1) : -1 }
        var count = Set(blocks).count
        while true {
            let refined = refine(blocks)
            let refinedCount = Set(refined).count
            blocks = refined
            if refinedCount == count { break }
            count = refinedCount
        }
        var result = CharacterAutomaton(classes: classes)
        for state in accepts.indices where Int(blocks[state]) == result.accepts.count {
            result.accepts.append(accepts[state])
            for character in 0..<classes.count {
                let to = target(state, character)
                result.targets.append(to < 0 ? -1 : blocks[to])
            }
        }
        return result
    }

    /// Splits blocks whose states lead to different blocks; numbers follow the order of the states.
    private func refine(_ blocks: [Int32]) -> [Int32] {
        var numbers: [[Int32]: Int32] = [:]
        return accepts.indices.map { state in
            guard blocks[state] >= 0 else { return -1 }
            var signature = [blocks[state]]
            for character in 0..<classes.count {
                let to = target(state, character)
                signature.append(to < 0 ? -1 : blocks[to])
            }
            if let known = numbers[signature] { return known }
            numbers[signature] = Int32(numbers.count)
            return Int32(numbers.count - 1)
        }
    }
}
