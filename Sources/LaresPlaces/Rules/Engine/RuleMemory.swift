public import Foundation
internal import LaresJSON
internal import LaresThings

/// What is kept of rules at work, for a restart. Traces are kept apart, less often: see ``RuleEngine/newTraces()``.
public struct RuleMemory: Hashable, Sendable {
    /// What was going on.
    public let runs: [RuleRun]
    /// What the rules were, by a short mark of each, so that a run isn't gone on with in a rule that is another now.
    let marks: [RuleID: String]
    /// The number of the last run.
    let lastRun: Int
    /// How far triggers were that something is known of.
    let watches: [WatchKey: Watch]
    /// Until when time triggers have been acted on.
    public let checkedUntil: Date

    /// Whose trigger it was.
    struct WatchKey: Hashable, Sendable {
        var rule: RuleID?
        var run: Int?
        var strand = 0
        let trigger: Int
    }

    /// How far a trigger was.
    struct Watch: Hashable, Sendable {
        let trigger: RuleTrigger
        let stage: RuleWatch.Stage
        let last: PropertyValue?
        let due: Date?
        let occasion: RuleOccasion?
    }
}

extension Rule {
    /// A short mark that changes with the rule (FNV-1a, 64 bits).
    var mark: String {
        String(json.data.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
    }
}

/// Over a restart.
extension RuleEngine {
    /// What is to be kept, to go on from, once time has been taken in until now.
    public func kept(at now: Date) -> RuleMemory {
        let rules = Set(running.values.map(\.rule))
        let marks = rules.compactMap { id in rule(id).map { (id, $0.mark) } }
        let isChecked = agendaNext.map { $0 > now } ?? true
        return RuleMemory(
            runs: runs, marks: Dictionary(uniqueKeysWithValues: marks), lastRun: lastRun, watches: keptWatches,
            checkedUntil: isChecked ? max(now, agenda.checkedUntil) : agenda.checkedUntil)
    }

    /// The rules in whose traces something is new since they were last taken by ``newTraces()``.
    public var rulesWithNewTraces: [RuleID] { entries.compactMap { $0?.traces.areKept == false ? $0?.rule.id : nil } }

    /// The traces of rules in which something is new since this was last asked, to be kept for a restart: why a rule acted is asked the day after, too.
    public mutating func newTraces() -> [RuleID: [RuleTrace]] {
        var new: [RuleID: [RuleTrace]] = [:]
        for place in entries.indices where entries[place]?.traces.areKept == false {
            entries[place]?.traces.areKept = true
            if let entry = entries[place] { new[entry.rule.id] = entry.traces.all }
        }
        return new
    }

    /// Puts what was kept of a rule's traces before those that it has now.
    public mutating func putBack(_ traces: [RuleTrace], of id: RuleID) {
        guard let place = places[id], !traces.isEmpty else { return }
        entries[place]?.traces.putBack(traces)
    }

    private var keptWatches: [RuleMemory.WatchKey: RuleMemory.Watch] {
        var kept: [RuleMemory.WatchKey: RuleMemory.Watch] = [:]
        for watch in watches.values where watch.stage != .out || watch.last != nil {
            let key: RuleMemory.WatchKey =
                switch watch.owner {
                case .rule(let place, let trigger): .init(rule: entries[place]?.rule.id, trigger: trigger)
                case .wait(let run, let strand, _, let trigger): .init(run: run, strand: strand, trigger: trigger)
                }
            kept[key] = .init(trigger: watch.trigger, stage: watch.stage, last: watch.last, due: watch.due, occasion: watch.occasion)
        }
        return kept
    }

    /// An engine that goes on from what was kept: put the rules in place again, then call ``resume(at:in:)``.
    public init(from memory: RuleMemory, limits: RuleLimits = RuleLimits()) {
        self.init(at: memory.checkedUntil, limits: limits)
        (self.memory, lastRun) = (memory, memory.lastRun)
    }

    /// Goes on with what was going on, in the world as it is now, after the rules have been put in place.
    ///
    /// - A wait that ended while nobody was there ends now, if it is no more than ``RuleLimits/lateness`` late; else its run is stopped, and its trace
    ///   says so.
    /// - A run that waited for something goes on at once if that has come to be so since.
    /// - What must stay so for some time goes on staying so, unless the world says otherwise now: call this when things have reported.
    /// - An answer or confirmation that was waited for is waited for until its time is up.
    /// - A run whose rule is gone, switched off or another now is stopped.
    /// - Time triggers that were missed follow the rule's ``Rule/missed``.
    /// - Returns: What is to be done, in order.
    public mutating func resume(at now: Date, in world: some RuleWorld) -> [RuleEffect] {
        guard let memory else { return [] }
        self.memory = nil
        var turn = RuleTurn(world, now)
        for run in memory.runs { put(back: run, memory.marks[run.rule], turn) }
        for run in memory.runs where !run.isQueued {
            for strand in run.strands { look(run.number, strand, memory, &turn) }
        }
        pass(&turn)
        return turn.effects
    }

    private mutating func put(back run: RuleRun, _ mark: String?, _ turn: RuleTurn<some RuleWorld>) {
        guard let place = places[run.rule] else { return }
        var run = run
        run.trace.note(turn.now, [], RuleSentence("restored"))
        running[run.number] = run
        entries[place]?.runs.append(run.number)
        guard let rule = rule(run.rule), rule.isEnabled, rule.mark == mark else {
            return drop(run.number, .stopped, RuleSentence("switched_off"), at: turn.now)
        }
        for strand in run.strands {
            guard let until = strand.until else { continue }
            let late = turn.now.timeIntervalSince(until)
            if late > limits.lateness {
                return drop(run.number, .stopped, RuleSentence("too_late", ["late": .text("\(TimeSpan.seconds(late))")]), at: turn.now)
            }
            // No wait is longer, unless a clock was set back or the file is damaged.
            timers.set(.strand(run: run.number, strand.id), min(until, turn.now + TimeSpan.longest.seconds))
        }
    }

    /// Has a strand look out again for what it waits for.
    private mutating func look(_ number: Int, _ strand: RuleRun.Strand, _ memory: RuleMemory, _ turn: inout RuleTurn<some RuleWorld>) {
        guard case .triggers = strand.wait, let run = running[number], let frame = strand.frames.last else { return }
        guard let block = rule(run.rule)?.block(at: frame.path), block.indices.contains(frame.next - 1) else { return }
        guard case .waitFor(let triggers, _, _) = block[frame.next - 1], watch(triggers, number, strand.id, step: run.steps, memory, turn)
        else { return }
        wake(number, strand.id, RuleSentence("restored"), &turn)
    }
}
