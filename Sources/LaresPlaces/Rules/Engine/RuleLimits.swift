/// How far rules may go.
public struct RuleLimits: Hashable, Sendable {
    /// How many rules there may be.
    public var rules = 10_000
    /// How many runs may be going at once, of all rules.
    public var runs = 5000
    /// How many rules may lead to one another, each by what the one in front of it did.
    public var chain = 8
    /// How often a rule may stand in such a chain.
    public var repeats = 2
    /// How often a rule may start within a minute.
    public var startsPerMinute = 100
    /// How many actions a run may take.
    public var steps = 10_000
    /// Seconds by which a wait may have ended while nobody was there, and still be gone on from.
    public var lateness = 3600.0
    /// How many traces are kept of each rule.
    public var traces = 25

    /// The usual limits.
    public init() {}
}
