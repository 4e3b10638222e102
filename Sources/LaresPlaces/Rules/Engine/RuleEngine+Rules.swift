public import Foundation
public import LaresThings

/// Putting rules in place.
extension RuleEngine {
    /// Puts a rule in place, or another in its place. Runs of the one that was there are stopped; its traces stay.
    ///
    /// - Throws: ``RuleError`` with `badRule`, with `badSite` when the home has no position or not the calendar that it needs, with `full`.
    public mutating func set(_ rule: Rule, at now: Date, in world: some RuleWorld) throws(RuleError) {
        try rule.check()
        try rule.checkSite(world.site)
        let plan = try rule.plan(at: world.site)
        if places[rule.id] == nil, places.count >= limits.rules {
            throw RuleError(.full, "there are \(limits.rules) rules already: delete one that nobody needs")
        }
        let place = places[rule.id] ?? entries.count
        let traces = clear(place, RuleTurn(world, now))
        if place == entries.count { entries.append(nil) }
        places[rule.id] = place
        let timed = rule.triggers.indices.filter { rule.triggers[$0].isTime }
        entries[place] = Entry(rule: rule, addresses: rule.conditionAddresses, timed: timed, traces: traces)
        guard rule.isEnabled else { return schedule(nil, rule.id, at: now) }
        schedule(plan, rule.id, at: now)
        for (number, trigger) in rule.triggers.enumerated() where !trigger.isTime {
            let kept = memory?.watches[RuleMemory.WatchKey(rule: rule.id, trigger: number)]
            let watch = RuleWatch(.rule(place, trigger: number), trigger)
            _ = install(watch, kept, RuleTurn(world, now))
            entries[place]?.watches.append(watch.owner)
        }
    }

    /// Takes a rule away. Its runs are stopped, its traces forgotten.
    public mutating func remove(_ id: RuleID, at now: Date, in world: some RuleWorld) {
        guard let place = places[id] else { return }
        _ = clear(place, RuleTurn(world, now))
        entries[place] = nil
        places[id] = nil
        schedule(nil, id, at: now)
    }

    /// Takes away what a rule has going, and returns its traces.
    private mutating func clear(_ place: Int, _ turn: RuleTurn<some RuleWorld>) -> RuleTraces {
        guard place < entries.count, let entry = entries[place] else { return RuleTraces(most: limits.traces) }
        for number in entry.runs { drop(number, .stopped, RuleSentence("switched_off"), at: turn.now) }
        for watch in entry.watches { uninstall(watch) }
        return entries[place]?.traces ?? entry.traces
    }

    private mutating func schedule(_ plan: SchedulePlan?, _ id: RuleID, at now: Date) {
        // Plans that were there before a restart go on from where the agenda was.
        agenda.set(plan, for: id.description, at: memory == nil ? now : agenda.checkedUntil)
        agendaNext = agenda.nextDate
    }

    /// Puts a watch on the look-out, as it was before a restart if that was kept; true when it is so already, for a run that waits.
    mutating func install(_ watch: RuleWatch, _ kept: RuleMemory.Watch?, _ turn: RuleTurn<some RuleWorld>) -> Bool {
        var watch = watch
        let verdict = kept.flatMap { watch.goOn(from: $0, in: turn.world) } ?? watch.begin(in: turn.world, at: turn.now)
        if case .begins(let date) = verdict {
            watch.due = date
            timers.set(.watch(watch.owner), date)
        }
        watches[watch.owner] = watch
        index.insert(watch.owner, watch.trigger.kind)
        return verdict == .fires
    }

    mutating func uninstall(_ owner: RuleWatch.Owner) {
        guard let watch = watches.removeValue(forKey: owner) else { return }
        index.remove(owner, watch.trigger.kind)
        timers.remove(.watch(owner))
    }
}

extension RuleTrigger {
    /// The property that it looks out for; nil: none.
    fileprivate var address: PropertyAddress? {
        switch kind {
        case .becomes(let becoming): becoming.address
        case .happens(let address, _): address
        case .crosses(let crossing): crossing.address
        default: nil
        }
    }

    var isTime: Bool { if case .time = kind { true } else { false } }
}

extension Rule {
    /// The moments of its time triggers; nil when it has none.
    func plan(at site: Site) throws(RuleError) -> SchedulePlan? {
        let times = triggers.compactMap { trigger in if case .time(let kind) = trigger.kind { Trigger(kind) } else { nil } }
        guard !times.isEmpty else { return nil }
        do throws(ScheduleError) {
            return try SchedulePlan(Schedule(triggers: times, pausedUntil: pausedUntil, missed: missed), at: site)
        } catch {
            throw RuleError(.badSite, "the rule '\(id)': \(error.message)")
        }
    }

    /// The topics that its triggers look out for.
    var topics: [String] { triggers.compactMap { trigger in if case .mqtt(let topic, _) = trigger.kind { topic } else { nil } } }

    /// The models for whose answers its triggers look out.
    var models: [String] { triggers.compactMap { trigger in if case .model(let name, _) = trigger.kind { name } else { nil } } }

    /// The properties that its triggers and conditions look at.
    public var addresses: Set<PropertyAddress> {
        Set(triggers.compactMap(\.address)).union(allConditions.flatMap(\.flat).flatMap(\.addresses))
    }

    /// The properties that its conditions look at, each once; 32 at most.
    var conditionAddresses: [PropertyAddress] {
        var found: [PropertyAddress] = []
        for address in conditions.flatMap(\.addresses) where !found.contains(address) && found.count < 32 { found.append(address) }
        return found
    }

    /// Its conditions and those in its actions.
    private var allConditions: [RuleCondition] { conditions + actions.conditions }

    /// The calendars of holidays that its conditions name.
    var calendars: Set<String> {
        var found: Set<String> = []
        for case .holidays(let names) in allConditions.flatMap(\.flat) { found.formUnion(names) }
        return found
    }

    func checkSite(_ site: Site) throws(RuleError) {
        for condition in allConditions.flatMap(\.flat) {
            switch condition {
            case .between(let from, let to) where site.position == nil && (from.isSun || to.isSun):
                throw RuleError(.badSite, "the rule '\(id)' follows the sun, and the home has no position: give its latitude and longitude")
            default: break
            }
        }
        if let name = calendars.filter({ site.holidays[$0] == nil }).min() {
            throw RuleError(
                .badSite,
                "the rule '\(id)' needs a calendar of holidays \"\(name.prefix(64))\": add it with `lares holidays add \(name.prefix(64)) FILE`"
            )
        }
    }
}

extension DayMoment {
    fileprivate var isSun: Bool { if case .sun = self { true } else { false } }
}

extension RuleCondition {
    /// It and those in it.
    fileprivate var flat: [RuleCondition] { [self] + inner.flatMap(\.flat) }

    fileprivate var addresses: [PropertyAddress] {
        switch self {
        case .state(let being): [being.address]
        case .number(let address, _, _), .known(let address): [address]
        case .template(let template): template.addresses
        default: inner.flatMap(\.addresses)
        }
    }
}

extension [RuleAction] {
    /// The conditions in them.
    fileprivate var conditions: [RuleCondition] {
        flatMap { action in
            let own: [RuleCondition] =
                switch action {
                case .only(let conditions), .repeat(_, .while(let conditions, _)), .repeat(_, .until(let conditions, _)): conditions
                case .choose(let choices, _): choices.flatMap(\.only)
                default: []
                }
            return own + action.blocks.flatMap(\.conditions)
        }
    }
}
