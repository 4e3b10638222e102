internal import Foundation
internal import LaresJSON
internal import LaresThings

/// What single actions do.
extension RuleEngine {
    /// - Parameters:
    ///   - place: The strand's place in the run.
    ///   - path: The action's place in the rule.
    mutating func perform(
        _ action: RuleAction, _ run: inout RuleRun, _ place: Int, _ path: [Int], _ turn: inout RuleTurn<some RuleWorld>
    ) throws(RuleError) -> Flow {
        let scope = scope(run, rounds: run.rounds(around: place), turn)
        switch action {
        case .set(let setting): return try set(setting, &run, place, path, scope, &turn)
        case .wait(let span): return wait(span, &run, place, path, at: turn.now)
        case .after(let span, _):
            run.strands[place].frames.append(RuleRun.Frame(path: path + [0]))
            return wait(span, &run, place, path, at: turn.now)
        case .waitFor(let triggers, let timeout, let goesOn):
            return waitFor(triggers, timeout, goesOn, &run, place, path, turn)
        case .choose(let choices, _):
            let number = try scope.first(choices)
            let words = number.map { RuleSentence("choice", ["number": "\($0 + 1)"]) } ?? RuleSentence("otherwise")
            run.trace.note(turn.now, path, words)
            run.strands[place].frames.append(RuleRun.Frame(path: path + [number ?? choices.count]))
            return .goesOn
        case .repeat(_, let loop):
            if case .while(let conditions, _) = loop { guard try scope.holds(conditions) else { return .goesOn } }
            run.strands[place].frames.append(RuleRun.Frame(path: path + [0], rounds: 0))
            return .goesOn
        case .parallel(let blocks): return fork(blocks.count, &run, place, path, at: turn.now)
        case .let(let members):
            for member in members { try assign(member, &run, scope, path, at: turn.now) }
            return .goesOn
        case .only(let conditions):
            // Who did something already didn't decline.
            guard try scope.holds(conditions) else {
                return .over(run.trace.hasActed ? .stopped : .declined, scope.reason(against: conditions))
            }
            return .goesOn
        case .stop(let reason): return .over(.stopped, RuleSentence("asked", ["reason": .text(reason)]))
        case .callModel(let call): return try ask(call, &run, place, path, scope, &turn)
        case .scene, .notify, .callWebhook, .publish, .fire:
            try send(action, &run, path, scope, &turn)
            return .goesOn
        }
    }

    private func assign<World: RuleWorld>(
        _ member: RuleMember, _ run: inout RuleRun, _ scope: RuleScope<World>, _ path: [Int], at now: Date
    ) throws(RuleError) {
        var scope = scope
        scope.variables = run.variables
        let value = try scope.value(member.value)
        run.variables[member.name] = value
        run.trace.note(now, path, RuleSentence("let", ["name": .text(member.name), "value": .text(String(value.serialized.prefix(200)))]))
    }

    private mutating func wait(_ span: TimeSpan, _ run: inout RuleRun, _ place: Int, _ path: [Int], at now: Date) -> Flow {
        guard span > .zero else { return .goesOn }
        run.trace.note(now, path, RuleSentence("wait", ["span": "\(span)"]))
        run.strands[place].wait = .time
        limit(&run, place, now + span.seconds)
        return .waits
    }

    private mutating func waitFor(
        _ triggers: [RuleTrigger], _ timeout: TimeSpan, _ goesOn: Bool, _ run: inout RuleRun, _ place: Int, _ path: [Int],
        _ turn: RuleTurn<some RuleWorld>
    ) -> Flow {
        run.trace.note(turn.now, path, RuleSentence("wait_for", ["span": "\(timeout)"]))
        let strand = run.strands[place].id
        guard !watch(triggers, run.number, strand, step: run.steps, nil, turn) else {
            release(run.number, strand)
            return .goesOn
        }
        run.strands[place].wait = .triggers(goesOn: goesOn)
        limit(&run, place, turn.now + timeout.seconds)
        return .waits
    }

    /// A strand waits until then at most.
    mutating func limit(_ run: inout RuleRun, _ place: Int, _ date: Date) {
        run.strands[place].until = date
        timers.set(.strand(run: run.number, run.strands[place].id), date)
    }

    /// Looks out for triggers on behalf of a strand; true when one of them is so already.
    mutating func watch(
        _ triggers: [RuleTrigger], _ run: Int, _ strand: Int, step: Int, _ memory: RuleMemory?, _ turn: RuleTurn<some RuleWorld>
    ) -> Bool {
        for (number, trigger) in triggers.enumerated() {
            let kept = memory?.watches[RuleMemory.WatchKey(run: run, strand: strand, trigger: number)]
            let watch = RuleWatch(.wait(run: run, strand: strand, step: step, trigger: number), trigger)
            waits[WaitKey(run: run, strand: strand), default: []].append(watch.owner)
            if install(watch, kept, turn) { return true }
        }
        return false
    }

    private func fork(_ count: Int, _ run: inout RuleRun, _ place: Int, _ path: [Int], at now: Date) -> Flow {
        run.trace.note(now, path, RuleSentence("parallel", ["number": "\(count)"]))
        var strands: [Int] = []
        for block in 0..<count {
            run.lastStrand += 1
            run.strands.append(
                RuleRun.Strand(id: run.lastStrand, parent: run.strands[place].id, frames: [RuleRun.Frame(path: path + [block])]))
            strands.append(run.lastStrand)
        }
        run.strands[place].wait = .strands(count)
        return .forks(strands)
    }
}

/// What is to be done outside.
extension RuleEngine {
    private func effect(_ kind: RuleEffect.Kind, _ run: inout RuleRun, _ turn: inout RuleTurn<some RuleWorld>) -> Int {
        run.lastEffect += 1
        let id = RuleEffect.ID(run: run.number, number: run.lastEffect)
        turn.effects.append(RuleEffect(id: id, rule: run.rule, kind: kind, isDoubted: run.isDoubted))
        return run.lastEffect
    }

    private mutating func set<World: RuleWorld>(
        _ setting: RuleAction.Setting, _ run: inout RuleRun, _ place: Int, _ path: [Int], _ scope: RuleScope<World>,
        _ turn: inout RuleTurn<World>
    ) throws(RuleError) -> Flow {
        var things: [ThingID] = []
        var values: [ThingID: [String: PropertyValue]] = [:]
        for target in setting.values {
            let json = try scope.value(target.value)
            guard let value = PropertyValue(json) else {
                let what = [
                    "property": RuleSentence.Argument.text(target.address.description), "value": .text(String(json.serialized.prefix(80))),
                ]
                return .over(.failed, RuleSentence("bad_value", what))
            }
            if values[target.address.thing] == nil { things.append(target.address.thing) }
            values[target.address.thing, default: [:]][target.address.property] = value
            chains.note(.property(target.address), run, at: turn.now)
            run.trace.note(turn.now, path, RuleSentence("set", ["property": "\(target.address)", "value": .of(value)]))
        }
        let cause = Cause(.rule, name: run.rule.description)
        var numbers: Set<Int> = []
        for thing in things { numbers.insert(effect(.set(ThingCommand(thing, values[thing] ?? [:], by: cause)), &run, &turn)) }
        guard let confirmation = setting.confirmation else { return .goesOn }
        return awaitEnd(numbers, into: nil, goesOn: false, confirmation, &run, place, at: turn.now)
    }

    private mutating func ask<World: RuleWorld>(
        _ call: RuleAction.ModelCall, _ run: inout RuleRun, _ place: Int, _ path: [Int], _ scope: RuleScope<World>,
        _ turn: inout RuleTurn<World>
    ) throws(RuleError) -> Flow {
        run.trace.note(turn.now, path, RuleSentence("model", ["name": .text(call.model)]))
        let number = effect(.callModel(call.model, input: try scope.value(call.input)), &run, &turn)
        return awaitEnd([number], into: call.into, goesOn: call.goesOn, call.timeout, &run, place, at: turn.now)
    }

    private mutating func awaitEnd(
        _ numbers: Set<Int>, into variable: String?, goesOn: Bool, _ span: TimeSpan, _ run: inout RuleRun, _ place: Int, at now: Date
    ) -> Flow {
        run.strands[place].wait = .effects(numbers, into: variable, goesOn: goesOn)
        limit(&run, place, now + span.seconds)
        return .waits
    }

    private mutating func send<World: RuleWorld>(
        _ action: RuleAction, _ run: inout RuleRun, _ path: [Int], _ scope: RuleScope<World>, _ turn: inout RuleTurn<World>
    ) throws(RuleError) {
        let (kind, words) = try Self.sending(action, scope)
        guard let kind, let words else { return }
        switch kind {
        case .fire(let name, _): chains.note(.event(name), run, at: turn.now)
        case .publish(let topic, _, _): chains.note(.topic(topic), run, at: turn.now)
        default: break
        }
        run.trace.note(turn.now, path, words)
        _ = effect(kind, &run, &turn)
    }

    private static func sending<World: RuleWorld>(
        _ action: RuleAction, _ scope: RuleScope<World>
    ) throws(RuleError) -> (RuleEffect.Kind?, RuleSentence?) {
        func optional(_ value: RuleValue?) throws(RuleError) -> JSON? { if let value { try scope.value(value) } else { nil } }
        func words(_ value: RuleValue?) throws(RuleError) -> String? { if let value { try scope.words(value) } else { nil } }
        switch action {
        case .scene(let name): return (.scene(name), RuleSentence("scene", ["name": .text(name)]))
        case .notify(let note):
            let text = try scope.words(note.text)
            let kind = RuleEffect.Kind.notify(text, title: try words(note.title), to: note.to, isUrgent: note.isUrgent)
            return (kind, RuleSentence("notify", ["text": .text(String(text.prefix(200)))]))
        case .callWebhook(let url, let body):
            return (.callWebhook(url, body: try optional(body)), RuleSentence("webhook", ["name": .text(url)]))
        case .publish(let topic, let payload, let isRetained):
            let kind = RuleEffect.Kind.publish(topic: topic, payload: try scope.words(payload), isRetained: isRetained)
            return (kind, RuleSentence("publish", ["name": .text(topic)]))
        case .fire(let name, let data): return (.fire(name, data: try optional(data)), RuleSentence("fire", ["name": .text(name)]))
        default: return (nil, nil)
        }
    }
}

extension RuleScope {
    /// The first choice whose conditions hold.
    fileprivate func first(_ choices: [RuleAction.Choice]) throws(RuleError) -> Int? {
        for (number, choice) in choices.enumerated() { if try holds(choice.only) { return number } }
        return nil
    }
}
