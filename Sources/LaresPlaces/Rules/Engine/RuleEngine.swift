public import Foundation
internal import LaresThings

/// Runs rules. It does nothing by itself: it is told what happens and what time it is, and says what is to be done.
///
/// ```swift
/// var engine = RuleEngine(at: clock.now)
/// try engine.set(rule, at: clock.now, in: home)
/// perform(engine.handle(.changed(change), at: clock.now, in: home))
/// perform(engine.pass(to: clock.now, in: home))          // at engine.nextDate
/// for trace in engine.traces(of: rule.id) { print(trace.sentence) }
/// ```
///
/// - Only what changes triggers: a report that says the same again is no ``Change``, and what was so when a rule was put in place, or is put
///   back after a restart, isn't news. Unknown is no value: what counts is the value known last (see ``RuleTrigger/Becoming``).
/// - The world is asked as it is when the event is handled, the event taken in.
/// - A rule's effects come in the order of its actions; rules that look out for the same come in the order in which they were put in place.
/// - Rules that trigger each other in a loop are stopped (``RuleLimits/chain``, ``RuleLimits/repeats``). What a person or a device does begins
///   a new chain; a loop through the world, such as a lamp that shines on its own sensor, is stopped by ``RuleLimits/startsPerMinute``.
public struct RuleEngine: Sendable {
    struct Entry: Sendable {
        let rule: Rule
        /// The properties that its conditions look at.
        let addresses: [PropertyAddress]
        /// The places of its time triggers.
        let timed: [Int]
        var watches: [RuleWatch.Owner] = []
        /// Runs that are going or waiting, the earliest first.
        var runs: [Int] = []
        var traces: RuleTraces
        /// Starts within the minute that began then.
        var minute = Date.distantPast
        var starts = 0
    }

    enum Timer: Hashable, Comparable, Sendable {
        case watch(RuleWatch.Owner)
        case strand(run: Int, Int)
    }

    struct WaitKey: Hashable, Sendable {
        let run: Int
        let strand: Int
    }

    /// How far rules may go.
    public let limits: RuleLimits
    var entries: [Entry?] = []
    var places: [RuleID: Int] = [:]
    var watches: [RuleWatch.Owner: RuleWatch] = [:]
    /// The watches of runs that wait.
    var waits: [WaitKey: [RuleWatch.Owner]] = [:]
    var index = RuleIndex()
    var running: [Int: RuleRun] = [:]
    var lastRun = 0
    var timers = TimerQueue<Timer>()
    var chains = RuleChains()
    var agenda: Agenda
    var agendaNext: Date?
    /// Runs from before a restart that aren't gone on with yet.
    var memory: RuleMemory?

    /// No rules.
    public init(at now: Date, limits: RuleLimits = RuleLimits()) {
        (agenda, self.limits) = (Agenda(checkedUntil: now), limits)
    }

    /// The rules, in the order in which they were put in place.
    public var rules: [Rule] { entries.compactMap { $0?.rule } }

    /// A rule.
    public func rule(_ id: RuleID) -> Rule? { places[id].flatMap { entries[$0]?.rule } }

    /// What is going on, the earliest first.
    public var runs: [RuleRun] { running.values.sorted { $0.number < $1.number } }

    /// Why a rule acted or didn't, the last times; runs that aren't over at the end.
    public func traces(of id: RuleID) -> [RuleTrace] {
        guard let entry = places[id].flatMap({ entries[$0] }) else { return [] }
        return entry.traces.all + entry.runs.compactMap { running[$0]?.trace }
    }

    /// When ``pass(to:in:)`` is next worth calling; nil: when something else happened. Clocks are set: don't sleep longer than a minute.
    public var nextDate: Date? { [timers.next, agendaNext].compactMap(\.self).min() }
}

/// What one call works with.
struct RuleTurn<World: RuleWorld> {
    let world: World
    let now: Date
    var effects: [RuleEffect] = []

    init(_ world: World, _ now: Date) { (self.world, self.now) = (world, now) }
}
