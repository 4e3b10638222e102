public import Foundation
internal import LaresJSON
internal import LaresThings

/// What happens, and time.
extension RuleEngine {
    /// Takes in what happened; what time brought until then comes first.
    /// - Returns: What is to be done, in order.
    public mutating func handle(_ event: RuleEvent, at now: Date, in world: some RuleWorld) -> [RuleEffect] {
        var turn = RuleTurn(world, now)
        pass(&turn)
        switch event {
        case .changed(let change): take(change, &turn)
        case .availability(let thing, let availability): take(thing, availability, &turn)
        case .message(let topic, let payload): take(topic, payload, &turn)
        case .webhook(let name, let body, let cause, let isDoubted):
            let occasion = RuleOccasion("webhook", at: now, name: name, data: body, cause: cause, isDoubted: isDoubted)
            fire(index[.webhook(name)], occasion, &turn)
        case .fired(let name, let data, let cause, let isDoubted):
            let meant = index[.event(name)].filter { watches[$0]?.trigger.allows(data) == true }
            fire(meant, RuleOccasion("event", at: now, name: name, data: data, cause: cause, isDoubted: isDoubted), &turn)
        case .answered(let model, let answer, let isDoubted):
            let meant = index[.model(model)].filter { watches[$0]?.trigger.allows(answer) == true }
            fire(meant, RuleOccasion("model", at: now, name: model, data: answer, isDoubted: isDoubted), &turn)
        case .completed(let id, let outcome): complete(id, outcome, &turn)
        }
        return turn.effects
    }

    /// Takes in that time has passed.
    /// - Returns: What is to be done, in order.
    public mutating func pass(to now: Date, in world: some RuleWorld) -> [RuleEffect] {
        var turn = RuleTurn(world, now)
        pass(&turn)
        return turn.effects
    }

    /// Starts a rule because someone wants it, whatever its conditions say.
    public mutating func start(_ id: RuleID, at now: Date, in world: some RuleWorld) -> [RuleEffect] {
        var turn = RuleTurn(world, now)
        pass(&turn)
        if let place = places[id] { admit(place, RuleOccasion("manual", at: now), [id], [:], &turn) }
        return turn.effects
    }

    /// Stops what a rule is doing.
    public mutating func stop(_ id: RuleID, at now: Date) {
        guard let place = places[id], let entry = entries[place] else { return }
        for number in entry.runs { drop(number, .stopped, RuleSentence("by_hand"), at: now) }
    }

    private mutating func take(_ change: Change, _ turn: inout RuleTurn<some RuleWorld>) {
        for owner in index[.property(change.address)] {
            guard let verdict = watches[owner]?.take(change), verdict != .nothing, let kind = watches[owner]?.trigger.word else {
                continue
            }
            act(on: verdict, owner, RuleOccasion(kind, change), &turn)
        }
    }

    private mutating func take(_ thing: ThingID, _ availability: Availability, _ turn: inout RuleTurn<some RuleWorld>) {
        for owner in index[.thing(thing)] {
            guard let verdict = watches[owner]?.take(availability, at: turn.now), verdict != .nothing else { continue }
            let said = JSON.string(availability.rawValue)
            act(on: verdict, owner, RuleOccasion("availability", at: turn.now, name: thing.description, data: said), &turn)
        }
    }

    private mutating func take(_ topic: String, _ payload: String, _ turn: inout RuleTurn<some RuleWorld>) {
        let meant = index.watches(onTopic: topic).filter { owner in
            guard case .mqtt(_, let wanted) = watches[owner]?.trigger.kind else { return false }
            return wanted == nil || wanted == payload
        }
        guard !meant.isEmpty else { return }
        let cause = chains.publisher(on: topic, at: turn.now)
        fire(meant, RuleOccasion("mqtt", at: turn.now, name: topic, data: JSON(rendered: payload), cause: cause), &turn)
    }

    private mutating func fire(_ owners: [RuleWatch.Owner], _ occasion: RuleOccasion, _ turn: inout RuleTurn<some RuleWorld>) {
        for owner in owners { act(on: .fires, owner, occasion, &turn) }
    }

    private mutating func act(
        on verdict: RuleWatch.Verdict, _ owner: RuleWatch.Owner, _ occasion: RuleOccasion, _ turn: inout RuleTurn<some RuleWorld>
    ) {
        switch verdict {
        case .nothing: break
        case .begins(let date):
            watches[owner]?.occasion = occasion
            watches[owner]?.due = date
            timers.set(.watch(owner), date)
        case .ends:
            watches[owner]?.occasion = nil
            watches[owner]?.due = nil
            timers.remove(.watch(owner))
        case .fires:
            guard let watch = watches[owner] else { return }
            fire(watch, occasion, &turn)
        }
    }

    private mutating func fire(_ watch: RuleWatch, _ occasion: RuleOccasion, _ turn: inout RuleTurn<some RuleWorld>) {
        var occasion = occasion
        occasion.id = watch.trigger.id
        switch watch.owner {
        case .rule(let place, _): trigger(place, occasion, &turn)
        case .wait(let run, let strand, _, _):
            if occasion.isDoubted { running[run]?.isDoubted = true }
            wake(run, strand, occasion.sentence, &turn)
        }
    }

    mutating func pass(_ turn: inout RuleTurn<some RuleWorld>) {
        while let (timer, _) = timers.due(at: turn.now) {
            switch timer {
            case .strand(let run, let strand): timeUp(run, strand, &turn)
            case .watch(let owner):
                watches[owner]?.stage = .done
                watches[owner]?.due = nil
                guard let watch = watches[owner] else { continue }
                fire(watch, watch.occasion ?? watch.defaultOccasion(at: turn.now), &turn)
            }
        }
        let isSetBack = turn.now < agenda.checkedUntil - Agenda.setback
        guard isSetBack || agendaNext.map({ $0 <= turn.now }) == true else { return }
        let due = agenda.due(at: turn.now)
        agendaNext = agenda.nextDate
        for moment in due where moment.occurrence.edge != .end { come(moment, &turn) }
    }

    private mutating func come(_ due: Agenda.Due, _ turn: inout RuleTurn<some RuleWorld>) {
        guard let id = RuleID(due.plan), let place = places[id], let entry = entries[place],
            entry.timed.indices.contains(due.occurrence.trigger)
        else {
            return
        }
        var occasion = RuleOccasion("time", at: due.occurrence.date)
        occasion.id = entry.rule.triggers[entry.timed[due.occurrence.trigger]].id
        trigger(place, occasion, &turn)
    }
}

extension RuleTrigger {
    /// Its kind, as plain data calls it.
    var word: String {
        switch kind {
        case .becomes: "becomes"
        case .happens: "happens"
        case .crosses: "crosses"
        case .time: "time"
        case .event: "event"
        case .mqtt: "mqtt"
        case .availability: "availability"
        case .webhook: "webhook"
        case .model: "model"
        }
    }

    /// Whether what came with an event or an answer is what it looks out for: the same, or an object with these members among others.
    fileprivate func allows(_ data: JSON?) -> Bool {
        let wanted: JSON? =
            switch kind {
            case .event(_, let wanted), .model(_, let wanted): wanted
            default: nil
            }
        guard let wanted, wanted != data else { return true }
        guard case .object(let members) = wanted else { return false }
        return members.allSatisfy { data?[$0.key] == $0.value }
    }
}

extension RuleWatch {
    /// What it says when it began with the world as it was.
    fileprivate func defaultOccasion(at now: Date) -> RuleOccasion {
        var occasion = RuleOccasion(trigger.word, at: now)
        occasion.new = last
        switch trigger.kind {
        case .becomes(let becoming): occasion.address = becoming.address
        case .crosses(let crossing): occasion.address = crossing.address
        case .availability(let thing, let isOnline, _):
            (occasion.name, occasion.data) = (thing.description, .string(isOnline ? "online" : "offline"))
        default: break
        }
        return occasion
    }
}
