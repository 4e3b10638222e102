public import Foundation

/// Runs a rule over recorded history, to see what it would have done before it is switched on.
///
/// ```swift
/// let result = try RuleReplay(rule, over: recorded, from: before, through: now)
/// for deed in result.deeds { print(deed.date, deed.effect.kind) }
/// for trace in result.traces { print(trace.date, trace.sentence) }
/// ```
///
/// The world is the recorded one: what the rule would have set doesn't change it, as nobody knows what would have followed. So a rule that reacts to
/// what it does itself, or that looks whether the lamp is on that it switched, sees the lamp as it was. Commands count as done at once; models aren't
/// asked, unless an answer is given for them.
public struct RuleReplay: Sendable {
    /// Something that happened.
    public struct Recorded: Hashable, Sendable {
        /// When.
        public let date: Date
        /// What.
        public let event: RuleEvent

        /// Something that happened.
        public init(_ date: Date, _ event: RuleEvent) { (self.date, self.event) = (date, event) }
    }

    /// Something that the rule would have done.
    public struct Deed: Hashable, Sendable {
        /// When.
        public let date: Date
        /// What.
        public let effect: RuleEffect
    }

    /// What it would have done, earliest first.
    public private(set) var deeds: [Deed] = []
    /// Why it would have acted or not, earliest first; the last 1,000. Runs that weren't over stand at the end.
    public private(set) var traces: [RuleTrace] = []
    /// Whether it would have done more than ``most``: the replay ends there.
    public private(set) var isCut = false

    /// How many deeds a replay may have.
    public static let most = 10_000

    private var engine: RuleEngine
    private var world: MemoryWorld
    private let outcome: @Sendable (RuleEffect) -> RuleEffect.Outcome?

    /// - Parameters:
    ///   - rule: The rule, switched on or not.
    ///   - events: What happened, earliest first.
    ///   - world: What was known when the recording began.
    ///   - start: When the recording began; nil: with the first event.
    ///   - end: Until when time passes.
    ///   - outcome: What became of an effect; nil: nothing is heard of it.
    /// - Throws: ``RuleError`` for a rule that can't be put in place.
    public init(
        _ rule: Rule, over events: [Recorded], from world: MemoryWorld, since start: Date? = nil, through end: Date,
        outcome: @escaping @Sendable (RuleEffect) -> RuleEffect.Outcome? = RuleReplay.usual
    ) throws(RuleError) {
        var limits = RuleLimits()
        limits.traces = 1000
        let first = start ?? events.first?.date ?? end
        (engine, self.world, self.outcome) = (RuleEngine(at: first, limits: limits), world, outcome)
        var rule = rule
        rule.isEnabled = true
        rule.pausedUntil = nil
        try engine.set(rule, at: first, in: world)
        for recorded in events where recorded.date <= end {
            pass(to: recorded.date)
            guard !isCut else { break }
            self.world.apply(recorded.event)
            note(engine.handle(recorded.event, at: recorded.date, in: self.world), at: recorded.date)
        }
        pass(to: end)
        traces = engine.traces(of: rule.id)
    }

    /// Everything is done at once, and no model answers.
    @Sendable public static func usual(_ effect: RuleEffect) -> RuleEffect.Outcome? {
        if case .callModel = effect.kind { nil } else { .done }
    }

    /// Lets time pass, from one moment at which something is due to the next.
    private mutating func pass(to date: Date) {
        while !isCut, let next = engine.nextDate, next <= date { note(engine.pass(to: next, in: world), at: next) }
    }

    private mutating func note(_ effects: [RuleEffect], at date: Date) {
        var open = effects[...]
        while let effect = open.popFirst() {
            guard deeds.count < Self.most else {
                isCut = true
                return
            }
            deeds.append(Deed(date: date, effect: effect))
            if let outcome = outcome(effect) { open += engine.handle(.completed(effect.id, outcome), at: date, in: world) }
        }
    }
}
