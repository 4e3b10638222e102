/// Which links of a signal cross, and which of two that cross gives way.
public struct ConflictMatrix: Sendable, Hashable {
    /// How many links there are.
    public let count: Int
    private var crossing: [Bool]
    private var giving: [Bool]

    /// Without any conflict.
    public init(count: Int) {
        self.count = count
        crossing = .init(repeating: false, count: count * count)
        giving = crossing
    }

    mutating func add(_ one: Int, _ other: Int) {
        crossing[one * count + other] = true
        crossing[other * count + one] = true
    }

    mutating func addGivingWay(_ one: Int, to other: Int) { giving[one * count + other] = true }

    /// Whether their ways cross or join.
    public func cross(_ one: Int, _ other: Int) -> Bool { crossing[one * count + other] }

    /// Whether `one` gives way to `other` where they cross.
    public func givesWay(_ one: Int, to other: Int) -> Bool { giving[one * count + other] }

    /// Whether two links may go at once: their ways don't cross, one of them is stopped, or the one that gives way shows that it does.
    ///
    /// A link on yellow goes as it did before: give the aspect that it had.
    public func allows(_ aspect: Aspect, at one: Int, with otherAspect: Aspect, at other: Int) -> Bool {
        guard cross(one, other), aspect.isGo, otherAspect.isGo else { return true }
        return aspect == .yielding && givesWay(one, to: other) || otherAspect == .yielding && givesWay(other, to: one)
    }

    /// The first two links that may not go at once; nil: the state is safe.
    public func conflict(in state: [Aspect]) -> (one: Int, other: Int)? {
        for one in 0..<count where state[one].isGo {
            for other in 0..<one where !allows(state[one], at: one, with: state[other], at: other) { return (other, one) }
        }
        return nil
    }
}
