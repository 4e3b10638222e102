internal import Foundation
internal import LaresJSON
internal import LaresThings

/// Whether a rule that is triggered acts.
extension RuleEngine {
    mutating func trigger(_ place: Int, _ occasion: RuleOccasion, _ turn: inout RuleTurn<some RuleWorld>) {
        guard let entry = entries[place], entry.rule.isEnabled, !entry.rule.isPaused(at: turn.now) else { return }
        let rule = entry.rule
        let chain = chains.chain(to: occasion, at: turn.now) + [rule.id]
        if chain.count > limits.chain || chain.count(where: { $0 == rule.id }) > limits.repeats {
            let words = chain.map(\.description).joined(separator: " → ")
            return refuse(place, occasion, .stopped, RuleSentence("loop", ["chain": .text(words)]), turn)
        }
        var scope = RuleScope(world: turn.world, now: turn.now, occasion: occasion)
        do throws(RuleError) {
            for variable in rule.variables { scope.variables[variable.name] = try scope.value(variable.value) }
            guard try scope.holds(rule.conditions) else {
                return refuse(place, occasion, .declined, scope.reason(against: rule.conditions), turn)
            }
        } catch {
            return refuse(place, occasion, .failed, RuleSentence("template", ["what": .text(error.message)]), turn)
        }
        admit(place, occasion, chain, scope.variables, &turn)
    }

    /// Starts a run, if the rule's mode and the limits allow it.
    mutating func admit(
        _ place: Int, _ occasion: RuleOccasion, _ chain: [RuleID], _ variables: [String: JSON], _ turn: inout RuleTurn<some RuleWorld>
    ) {
        guard let entry = entries[place] else { return }
        if let objection = objection(to: entry) { return refuse(place, occasion, .ignored, objection, turn) }
        guard countStart(place, at: turn.now) else {
            let reason = RuleSentence("too_often", ["most": "\(limits.startsPerMinute)"])
            return refuse(place, occasion, .stopped, reason, turn)
        }
        if entry.rule.mode == .restart {
            for number in entry.runs { drop(number, .stopped, RuleSentence("restarted"), at: turn.now) }
        }
        lastRun += 1
        var run = RuleRun(lastRun, entry.rule.id, occasion, chain: chain, at: turn.now, seen: seen(entry, turn.world))
        run.variables = variables
        if case .queued = entry.rule.mode, !entry.runs.isEmpty { (run.isQueued, run.trace.outcome) = (true, .queued) }
        running[run.number] = run
        entries[place]?.runs.append(run.number)
        if !run.isQueued { advance(run.number, 0, &turn) }
    }

    private func objection(to entry: Entry) -> RuleSentence? {
        let isFull = entry.runs.count >= entry.rule.mode.most
        switch entry.rule.mode {
        case .single where isFull: return RuleSentence("already_running")
        case .queued(let most) where isFull: return RuleSentence("queue_full", ["most": "\(most)"])
        case .parallel(let most) where isFull: return RuleSentence("queue_full", ["most": "\(most)"])
        default: return running.count >= limits.runs ? RuleSentence("full", ["most": "\(limits.runs)"]) : nil
        }
    }

    /// Counts a start; false when there were too many within the minute.
    private mutating func countStart(_ place: Int, at now: Date) -> Bool {
        guard let minute = entries[place]?.minute, let starts = entries[place]?.starts else { return false }
        if abs(now.timeIntervalSince(minute)) >= 60 {
            entries[place]?.minute = now
            entries[place]?.starts = 1
            return true
        }
        entries[place]?.starts = starts + 1
        return starts < limits.startsPerMinute
    }

    private mutating func refuse(
        _ place: Int, _ occasion: RuleOccasion, _ outcome: RuleTrace.Outcome, _ reason: RuleSentence?, _ turn: RuleTurn<some RuleWorld>
    ) {
        guard let entry = entries[place] else { return }
        let trace = RuleTrace(
            rule: entry.rule.id, run: nil, date: turn.now, occasion: occasion, seen: seen(entry, turn.world), outcome: outcome,
            reason: reason,
            endedAt: turn.now)
        entries[place]?.traces.add(trace)
    }

    private func seen(_ entry: Entry, _ world: some RuleWorld) -> [RuleTrace.Seen] {
        entry.addresses.map { RuleTrace.Seen(address: $0, value: world.state(of: $0)?.reported) }
    }
}
