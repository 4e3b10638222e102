public import Foundation
internal import LaresThings

/// Runs a rule over recorded history, to see what it would have done before it is switched on.
///
/// ```swift
/// let result = try RuleReplay(rule, over: recorded, from: before, through: now)
/// for deed in result.deeds { print(deed.date, deed.effect.kind) }
/// for trace in result.traces { print(trace.date, trace.sentence) }
/// ```
///
/// The world is the recorded one, with what the rule does in it: a lamp that it switches on is on from then on, because of the rule, until the record
/// says otherwise. What it did in the recorded time, when it was in place already, doesn't count. Commands count as done at once; models aren't
/// asked, unless an answer is given for them. What follows from what it does, such as a room that becomes warm, nobody knows.
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
    /// Whether it would have done more than ``most``, or more was recorded than is read: the replay ends there.
    public private(set) var isCut = false
    /// Until when time passed.
    public private(set) var end: Date
    /// What in the rule can't be replayed, and why.
    public private(set) var unreplayable: [RuleWarning] = []

    /// How many deeds a replay may have.
    public static let most = 10_000
    /// How many readings are read for one: a month of one sensor, second by second, and some seconds of work.
    public static let mostReadings = 3_000_000
    /// Moments at which something is due: more than a week of seconds.
    public static let mostPasses = 1_000_000
    private var passes = 0

    private let rule: RuleID
    private var engine: RuleEngine
    private var world: MemoryWorld
    /// What the rule set: a report of the same is none there.
    private var own: Set<PropertyAddress> = []
    private let commands: @Sendable (String) -> [ThingCommand]
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
        try self.init(rule, from: world, since: start ?? events.first?.date ?? end, outcome: outcome)
        for recorded in events where recorded.date <= end {
            take(recorded)
            guard !isCut else { break }
        }
        self.end(at: end)
    }

    /// A replay that is told what happened piece by piece.
    ///
    /// - Parameters:
    ///   - commands: What a scene has things do.
    ///   - outcome: What became of an effect; nil: nothing is heard of it.
    init(
        _ rule: Rule, from world: MemoryWorld, since start: Date, commands: @escaping @Sendable (String) -> [ThingCommand] = { _ in [] },
        outcome: @escaping @Sendable (RuleEffect) -> RuleEffect.Outcome? = RuleReplay.usual
    ) throws(RuleError) {
        var limits = RuleLimits()
        limits.traces = 1000
        (engine, self.world, end, self.rule) = (RuleEngine(at: start, limits: limits), world, start, rule.id)
        (self.commands, self.outcome) = (commands, outcome)
        var rule = rule
        rule.isEnabled = true
        rule.pausedUntil = nil
        try engine.set(rule, at: start, in: world)
    }

    /// Takes in what happened, no earlier than what was taken in before.
    mutating func take(_ recorded: Recorded) {
        pass(to: recorded.date)
        guard !isCut, counts(recorded.event) else { return }
        world.apply(recorded.event)
        note(engine.handle(recorded.event, at: recorded.date, in: world), at: recorded.date)
    }

    /// What the rule itself did then isn't part of the world in which it is tried; what it did here already can't happen once more.
    private func counts(_ event: RuleEvent) -> Bool {
        guard case .changed(let change) = event else { return true }
        if change.cause.kind == .rule, change.cause.name == rule.description { return false }
        return !own.contains(change.address) || world.states[change.address]?.reported != change.new
    }

    /// Lets time pass until the end.
    mutating func end(at date: Date, isCut wasCut: Bool = false, unreplayable gaps: [RuleWarning] = []) {
        pass(to: date)
        if !isCut { end = date }
        isCut = isCut || wasCut
        unreplayable = gaps
        traces = engine.traces(of: rule)
    }

    /// Everything is done at once, and no model answers.
    @Sendable public static func usual(_ effect: RuleEffect) -> RuleEffect.Outcome? {
        if case .callModel = effect.kind { nil } else { .done }
    }

    /// Lets time pass, from one moment at which something is due to the next.
    private mutating func pass(to date: Date) {
        while !isCut, let next = engine.nextDate, next <= date {
            guard passes < Self.mostPasses, !Task.isCancelled else { return (isCut, end) = (true, next) }
            passes += 1
            note(engine.pass(to: next, in: world), at: next)
        }
    }

    private mutating func note(_ effects: [RuleEffect], at date: Date) {
        var open = effects[...]
        while let effect = open.popFirst() {
            guard deeds.count < Self.most else {
                (isCut, end) = (true, date)
                return
            }
            deeds.append(Deed(date: date, effect: effect))
            guard let outcome = outcome(effect) else { continue }
            if outcome == .done {
                for event in events(of: effect, at: date) {
                    world.apply(event)
                    open += engine.handle(event, at: date, in: world)
                }
            }
            open += engine.handle(.completed(effect.id, outcome), at: date, in: world)
        }
    }

    /// What follows from what the rule does, as far as it is certain.
    private mutating func events(of effect: RuleEffect, at date: Date) -> [RuleEvent] {
        switch effect.kind {
        case .set(let command): changes(by: [command], effect.cause, at: date)
        case .scene(let name): changes(by: commands(name), effect.cause, at: date)
        case .fire(let name, let data): [.fired(name, data: data, by: effect.cause, isDoubted: effect.isDoubted)]
        case .publish(let topic, let payload, _): [.message(topic: topic, payload: payload)]
        case .notify, .callModel, .callWebhook: []
        }
    }

    private mutating func changes(by commands: [ThingCommand], _ cause: Cause, at date: Date) -> [RuleEvent] {
        var events: [RuleEvent] = []
        for command in commands {
            for (name, value) in command.values.sorted(by: { $0.key < $1.key }) {
                let address = PropertyAddress(command.thing, name), old = world.states[address]?.reported
                own.insert(address)
                if old != value { events.append(.changed(Change(address, from: old, to: value, at: date, by: cause))) }
            }
        }
        return events
    }
}
