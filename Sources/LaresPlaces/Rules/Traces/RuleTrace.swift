public import Foundation
public import LaresThings

/// Why a rule acted, or didn't: what triggered it, what it saw, what it did, and what came of it.
public struct RuleTrace: Hashable, Sendable {
    /// The rule.
    public let rule: RuleID
    /// The run; nil when there was none.
    public let run: Int?
    /// When it was triggered.
    public let date: Date
    /// What triggered it.
    public let occasion: RuleOccasion
    /// What its conditions looked at, as it was.
    public let seen: [Seen]
    /// What it did; the first ``mostSteps``.
    public internal(set) var steps: [Step] = []
    /// How many steps more there were.
    public internal(set) var further = 0
    /// What came of it.
    public internal(set) var outcome: Outcome
    /// Why.
    public internal(set) var reason: RuleSentence?
    /// When it was over.
    public internal(set) var endedAt: Date?
    /// How often the same came of it in a row; the date is that of the first.
    public internal(set) var count = 1

    /// How many steps are kept.
    public static let mostSteps = 100

    /// A property and what it was.
    public struct Seen: Hashable, Sendable {
        /// The property.
        public let address: PropertyAddress
        /// What it was; nil: unknown.
        public let value: PropertyValue?
    }

    /// Something that it did.
    public struct Step: Hashable, Sendable {
        /// When.
        public let date: Date
        /// Where in the rule: the action's place, then the block's place in it and the action's in that, again and again.
        public let path: [Int]
        /// What.
        public let what: RuleSentence
    }

    /// What came of it.
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// It isn't over.
        case running
        /// It waits for an earlier run.
        case queued
        /// It did all that it had to.
        case acted
        /// A condition said no.
        case declined
        /// It was at it already.
        case ignored
        /// It was stopped.
        case stopped
        /// Something couldn't be done.
        case failed
    }

    init(
        rule: RuleID, run: Int?, date: Date, occasion: RuleOccasion, seen: [Seen], outcome: Outcome, reason: RuleSentence? = nil,
        endedAt: Date? = nil
    ) {
        (self.rule, self.run, self.date, self.occasion, self.seen) = (rule, run, date, occasion, seen)
        (self.outcome, self.reason, self.endedAt) = (outcome, reason, endedAt)
    }

    /// What came of it and why, in a sentence.
    public var sentence: RuleSentence {
        RuleSentence("outcome.\(outcome.rawValue)", reason.map { ["why": .sentence($0)] } ?? [:])
    }

    /// Steps that do something outside the rule.
    private static let deeds: Set<String> = ["set", "scene", "notify", "model", "webhook", "publish", "fire"]

    /// Whether it has done anything.
    var hasActed: Bool { steps.contains { Self.deeds.contains($0.what.key) } }

    mutating func note(_ date: Date, _ path: [Int], _ what: RuleSentence) {
        if steps.count < Self.mostSteps { steps.append(Step(date: date, path: path, what: what)) } else { further += 1 }
    }

    mutating func end(_ outcome: Outcome, _ reason: RuleSentence? = nil, at date: Date) {
        (self.outcome, self.reason, endedAt) = (outcome, reason, date)
    }
}

/// The last traces of a rule: runs, and what didn't become one, so many of each. Many noes by day don't hide what was done at night.
struct RuleTraces: Sendable {
    fileprivate var runs: RuleTraceRing
    private var others: RuleTraceRing
    private var count = 0
    /// Whether all of them are kept for a restart.
    var areKept = true

    init(most: Int) { (runs, others) = (RuleTraceRing(most: max(most, 1)), RuleTraceRing(most: max(most, 1))) }

    /// The traces, in the order in which they came to be over.
    var all: [RuleTrace] { (runs.items + others.items).sorted { $0.order < $1.order }.map(\.trace) }

    /// Puts traces before all of these: those of before a restart.
    mutating func putBack(_ earlier: [RuleTrace]) {
        let (later, areKept) = (all, areKept)
        self = RuleTraces(most: runs.most)
        for trace in earlier + later { add(trace) }
        self.areKept = areKept
    }

    /// Adds a trace. A rule that is at it already, or stopped, only counts how often that was so in a row.
    mutating func add(_ trace: RuleTrace) {
        count += 1
        areKept = false
        guard trace.run == nil else { return runs.add(trace, count) }
        if trace.outcome != .declined, others.last?.outcome == trace.outcome, others.last?.reason == trace.reason {
            others.count(trace.count)
        } else {
            others.add(trace, count)
        }
    }
}

extension RuleTraces {
    /// Notes that what a run had done failed.
    /// - Returns: Whether the run is among these.
    mutating func fail(_ run: Int, _ reason: RuleSentence, at date: Date) -> Bool {
        guard runs.change({ $0.run == run }, { $0.end(.failed, reason, at: date) }) else { return false }
        areKept = false
        return true
    }
}

/// The last of many; the oldest makes room.
private struct RuleTraceRing: Sendable {
    let most: Int
    private(set) var items: [(order: Int, trace: RuleTrace)] = []
    private var oldest = 0

    init(most: Int) { self.most = most }

    private var newest: Int { (oldest + items.count - 1) % max(items.count, 1) }

    var last: RuleTrace? { items.isEmpty ? nil : items[newest].trace }

    mutating func change(_ isMeant: (RuleTrace) -> Bool, _ body: (inout RuleTrace) -> Void) -> Bool {
        guard let place = items.lastIndex(where: { isMeant($0.trace) }) else { return false }
        body(&items[place].trace)
        return true
    }

    mutating func count(_ times: Int) { items[newest].trace.count += times }

    mutating func add(_ trace: RuleTrace, _ order: Int) {
        guard items.count == most else { return items.append((order, trace)) }
        items[oldest] = (order, trace)
        oldest = (oldest + 1) % most
    }
}
