public import Foundation
public import LaresJSON

/// A rule at work: plain data, so that it can be kept over a restart.
public struct RuleRun: Hashable, Sendable {
    /// Its number; no other run has it.
    public let number: Int
    /// The rule.
    public let rule: RuleID
    /// When it was triggered.
    public let startedAt: Date
    /// What triggered it.
    public let occasion: RuleOccasion
    /// The rules that led to it, each by what the one in front of it did; itself the last.
    public let chain: [RuleID]
    /// Whether it waits for an earlier run of its rule to be over.
    public internal(set) var isQueued = false
    /// Whether a doubted event (``RuleEvent``) started it, or is what it waited for.
    public internal(set) var isDoubted: Bool
    /// What its variables are.
    public internal(set) var variables: [String: JSON] = [:]
    /// What it is doing, at once.
    var strands: [Strand] = [Strand(id: 0, frames: [Frame()])]
    var lastStrand = 0
    var lastEffect = 0
    var steps = 0
    var trace: RuleTrace

    /// One of the things that a run is doing at once.
    struct Strand: Hashable, Sendable {
        let id: Int
        /// The strand that waits for it.
        var parent: Int?
        /// Where it is: blocks of actions, each inside the one in front of it.
        var frames: [Frame]
        var wait: Wait?
        /// Until when it waits.
        var until: Date?
    }

    /// A block of actions, and what comes next in it.
    struct Frame: Hashable, Sendable {
        /// Where the block is: an action's place and the block's place in it, again and again.
        var path: [Int] = []
        var next = 0
        /// How often it has been repeated; nil: it isn't.
        var rounds: Int?
    }

    /// What a strand waits for.
    enum Wait: Hashable, Sendable {
        case time
        case triggers(goesOn: Bool)
        /// Effects that aren't over; the variable that takes an answer.
        case effects(Set<Int>, into: String?, goesOn: Bool)
        case strands(Int)
    }

    init(_ number: Int, _ rule: RuleID, _ occasion: RuleOccasion, chain: [RuleID], at date: Date, seen: [RuleTrace.Seen]) {
        (self.number, self.rule, self.occasion, self.chain, startedAt) = (number, rule, occasion, chain, date)
        isDoubted = occasion.isDoubted
        trace = RuleTrace(rule: rule, run: number, date: date, occasion: occasion, seen: seen, outcome: .running)
    }

    func place(of strand: Int) -> Int? { strands.firstIndex { $0.id == strand } }

    /// How often the innermost repetition around a strand has been repeated; nil outside of one.
    func rounds(around place: Int) -> Int? {
        var strand: Strand? = strands[place]
        while let inner = strand {
            if let frame = inner.frames.last(where: { $0.rounds != nil }) { return frame.rounds }
            strand = inner.parent.flatMap { self.place(of: $0) }.map { strands[$0] }
        }
        return nil
    }
}

extension Rule {
    /// The actions at a path; nil where there are none.
    func block(at path: [Int]) -> [RuleAction]? {
        var block = actions
        for place in stride(from: 0, to: path.count - 1, by: 2) {
            guard block.indices.contains(path[place]), let inner = block[path[place]].block(path[place + 1]) else { return nil }
            block = inner
        }
        return block
    }
}
