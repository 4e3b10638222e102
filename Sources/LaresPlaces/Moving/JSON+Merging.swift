internal import LaresJSON

/// Two descriptions of one thing made one.
extension JSON {
    /// Both together: members of either, lists of both without repetition; where they contradict each other, `preferred` counts.
    ///
    /// Nothing that is here goes: an import is no restoring.
    func merged(with theirs: JSON, preferring preferred: MovingChoice) -> JSON {
        switch (self, theirs) {
        case (.object(var members), .object(let others)):
            for (key, value) in others { members[key] = members[key].map { $0.merged(with: value, preferring: preferred) } ?? value }
            return .object(members)
        case (.array(let elements), .array(let others)):
            let here = Set(elements)
            return .array(elements + others.filter { !here.contains($0) })
        default: return preferred == .takeTheirs ? theirs : self
        }
    }
}

extension MovingChange {
    /// What becomes of an item that can be taken.
    ///
    /// - Parameter isWhole: Whether it is taken or left as a whole; else what both say is put together.
    init(_ key: String, mine: JSON?, theirs: JSON, _ choice: MovingChoice, isWhole: Bool) {
        // A bare nil would be JSON's null.
        self.init(key: key, kind: .new, mine: mine, theirs: theirs, outcome: choice == .leave ? JSON?.none : theirs)
        guard let mine else { return }
        let kept = isWhole ? mine : mine.merged(with: theirs, preferring: .keepMine)
        let taken = isWhole ? theirs : mine.merged(with: theirs, preferring: .takeTheirs)
        kind = kept.isSame(as: taken) ? kept.isSame(as: mine) ? .same : .changed : .conflict
        let result = choice == .takeTheirs ? taken : kept
        outcome = choice == .leave || result.isSame(as: mine) ? JSON?.none : result
    }

    /// An item that can't be taken.
    init(refused key: String, _ theirs: JSON, mine: JSON? = nil, _ reason: String) {
        self.init(key: key, kind: .refused, mine: mine, theirs: theirs, outcome: nil, reason: reason)
    }
}

extension JSON {
    /// Whether it says the same, in whatever order of members.
    func isSame(as other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let members), .object(let others)):
            members.count == others.count && members.allSatisfy { key, value in others[key].map { value.isSame(as: $0) } ?? false }
        case (.array(let elements), .array(let others)):
            elements.count == others.count && zip(elements, others).allSatisfy { $0.isSame(as: $1) }
        case (.int, .double), (.double, .int): number == other.number
        default: self == other
        }
    }
}
