internal import Foundation
internal import LaresThings

/// A trigger on the look-out, for a rule or for a run that waits.
struct RuleWatch: Sendable {
    /// Whose trigger it is, which also says in which order those that look out for the same are told: rules in the order in which they were put in
    /// place, then runs by their numbers. A strand's waits are told apart by the step at which they began, and come in the same order after a restart.
    enum Owner: Hashable, Comparable, Sendable {
        case rule(Int, trigger: Int)
        case wait(run: Int, strand: Int, step: Int, trigger: Int)
    }

    /// How far it is from what it looks out for.
    enum Stage: String, Hashable, Sendable, CaseIterable {
        /// It isn't so.
        case out
        /// It is so, and must stay so.
        case pending
        /// It is so and isn't news any more.
        case done
    }

    /// What a value leads to.
    enum Verdict: Hashable, Sendable {
        case nothing
        case fires
        /// It fires at a moment, if nothing comes in between.
        case begins(Date)
        case ends
    }

    let owner: Owner
    let trigger: RuleTrigger
    var stage = Stage.out
    /// The value known last.
    var last: PropertyValue?
    /// What it will say when it fires.
    var occasion: RuleOccasion?
    /// When it fires, while it is pending.
    var due: Date?

    init(_ owner: Owner, _ trigger: RuleTrigger) { (self.owner, self.trigger) = (owner, trigger) }

    private var isWait: Bool { if case .wait = owner { true } else { false } }
}

/// What a value does to it.
extension RuleWatch {
    mutating func take(_ change: Change) -> Verdict {
        switch trigger.kind {
        case .becomes(let becoming): take(change, becoming)
        case .happens(_, let values): change.new.map { values.isEmpty || values.contains($0) } == true ? .fires : .nothing
        case .crosses(let crossing): take(change, crossing)
        default: .nothing
        }
    }

    private mutating func take(_ change: Change, _ becoming: RuleTrigger.Becoming) -> Verdict {
        guard let new = change.new else { return lose() }
        let old = last
        last = new
        let isMeant =
            (becoming.by.isEmpty || becoming.by.contains(change.cause.kind))
            && (becoming.from.isEmpty || becoming.from.contains { $0 == old })
        guard !becoming.to.isEmpty else { return isMeant && old != nil && old != new ? .fires : .nothing }
        guard becoming.to.contains(new) else { return leave() }
        return enter(isMeant, change.date, becoming.lasting)
    }

    private mutating func take(_ change: Change, _ crossing: RuleTrigger.Crossing) -> Verdict {
        guard let new = change.new else { return lose() }
        last = new
        guard let number = new.number else { return leave() }
        if crossing.contains(number, slack: 0) { return enter(true, change.date, crossing.lasting) }
        return crossing.contains(number, slack: crossing.margin) ? .nothing : leave()
    }

    mutating func take(_ availability: Availability, at date: Date) -> Verdict {
        guard case .availability(_, let isOnline, let lasting) = trigger.kind else { return .nothing }
        switch availability {
        case .unknown: return lose()
        case .online: return isOnline ? enter(true, date, lasting) : leave()
        case .offline: return isOnline ? leave() : enter(true, date, lasting)
        }
    }

    private mutating func enter(_ isMeant: Bool, _ date: Date, _ lasting: TimeSpan) -> Verdict {
        guard stage == .out else { return .nothing }
        guard isMeant else {
            stage = .done
            return .nothing
        }
        stage = lasting == .zero ? .done : .pending
        return lasting == .zero ? .fires : .begins(date + lasting.seconds)
    }

    private mutating func leave() -> Verdict {
        defer { stage = .out }
        return stage == .pending ? .ends : .nothing
    }

    /// Nothing is known any more: one can't say that it stayed so.
    private mutating func lose() -> Verdict { stage == .pending ? leave() : .nothing }
}

extension RuleTrigger.Crossing {
    /// Whether a number lies where it must, or at most so far outside.
    func contains(_ number: Double, slack: Double) -> Bool {
        (above.map { slack == 0 ? number > $0 : number > $0 - slack } ?? true)
            && (below.map { slack == 0 ? number < $0 : number < $0 + slack } ?? true)
    }
}

/// What it makes of a world that was there before it.
extension RuleWatch {
    /// Goes on from what was kept, unless the world is another by now, or one can't say any more that it stayed so.
    mutating func goOn(from kept: RuleMemory.Watch, in world: some RuleWorld) -> Verdict? {
        guard kept.trigger == trigger, isSame(kept, in: world) ?? (kept.stage != .pending) else { return nil }
        (stage, last, occasion) = (kept.stage, kept.last, kept.occasion)
        return kept.due.map { .begins($0) } ?? .nothing
    }

    /// Whether the world is as it was; nil: unknown.
    private func isSame(_ kept: RuleMemory.Watch, in world: some RuleWorld) -> Bool? {
        switch trigger.kind {
        case .becomes(let becoming): world.state(of: becoming.address)?.reported.map { $0 == kept.last }
        case .crosses(let crossing): world.state(of: crossing.address)?.reported.map { $0 == kept.last }
        case .availability(let thing, let isOnline, _):
            switch world.availability(of: thing) {
            case .unknown, nil: nil
            case .online: isOnline == (kept.stage != .out)
            case .offline: isOnline == (kept.stage == .out)
            }
        default: true
        }
    }

    /// A rule isn't triggered by what is so already, but goes on waiting for what lasts. A run that waits for what is so already waits no more.
    mutating func begin(in world: some RuleWorld, at now: Date) -> Verdict {
        switch trigger.kind {
        case .becomes(let becoming):
            let state = world.state(of: becoming.address)
            last = state?.reported
            guard let value = last, becoming.to.contains(value) else { return .nothing }
            let isEdge = !becoming.from.isEmpty || !becoming.by.isEmpty
            return begin(since: state?.changedAt ?? now, becoming.lasting, at: now, isEdge: isEdge)
        case .crosses(let crossing):
            let state = world.state(of: crossing.address)
            last = state?.reported
            guard let number = last?.number, crossing.contains(number, slack: 0) else { return .nothing }
            return begin(since: state?.changedAt ?? now, crossing.lasting, at: now, isEdge: false)
        case .availability(let thing, let isOnline, let lasting):
            guard world.availability(of: thing) == (isOnline ? .online : .offline) else { return .nothing }
            return begin(since: now, lasting, at: now, isEdge: false)
        case .time(let kind):
            guard isWait, let schedule = try? Schedule(triggers: [Trigger(kind)]), let plan = try? SchedulePlan(schedule, at: world.site)
            else {
                return .nothing
            }
            stage = .pending
            return plan.next(after: now).map { .begins($0.date) } ?? .nothing
        default: return .nothing
        }
    }

    private mutating func begin(since: Date, _ lasting: TimeSpan, at now: Date, isEdge: Bool) -> Verdict {
        let due = since + lasting.seconds
        if lasting > .zero, due > now, !(isEdge && isWait) {
            stage = .pending
            return .begins(due)
        }
        stage = .done
        return isWait && !isEdge ? .fires : .nothing
    }
}
