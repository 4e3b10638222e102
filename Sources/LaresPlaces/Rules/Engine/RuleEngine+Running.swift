internal import Foundation
internal import LaresJSON
internal import LaresThings

/// What runs do next.
extension RuleEngine {
    /// What an action leads to.
    enum Flow {
        case goesOn
        case waits
        case forks([Int])
        case over(RuleTrace.Outcome, RuleSentence?)
    }

    /// Has a strand of a run, and those that it sets free, go on until they wait or end.
    mutating func advance(_ number: Int, _ strand: Int, _ turn: inout RuleTurn<some RuleWorld>) {
        guard var run = running[number], let rule = self.rule(run.rule) else { return }
        // Taken out while it is at work, so that it isn't copied.
        running[number] = nil
        var ready = [strand]
        while !ready.isEmpty {
            let strand = ready.removeFirst()
            switch walk(&run, strand, rule, &turn) {
            case .waits: break
            case .forks(let strands): ready += strands
            case .goesOn: if let parent = leave(&run, strand) { ready.append(parent) }
            case .over(let outcome, let reason): return finish(run, outcome, reason, &turn)
            }
        }
        if run.strands.isEmpty { return finish(run, .acted, nil, &turn) }
        running[number] = run
    }

    /// A strand has come to its end; the one that waited for it and others is told, if it was the last.
    private func leave(_ run: inout RuleRun, _ strand: Int) -> Int? {
        guard let place = run.place(of: strand) else { return nil }
        let parent = run.strands.remove(at: place).parent
        guard let parent, let above = run.place(of: parent), case .strands(let count) = run.strands[above].wait else { return nil }
        run.strands[above].wait = count > 1 ? .strands(count - 1) : nil
        return count > 1 ? nil : parent
    }

    /// Takes a strand's actions one by one; `goesOn`: it has come to its end.
    private mutating func walk(_ run: inout RuleRun, _ strand: Int, _ rule: Rule, _ turn: inout RuleTurn<some RuleWorld>) -> Flow {
        while true {
            guard let place = run.place(of: strand), let frame = run.strands[place].frames.last else { return .goesOn }
            guard let block = rule.block(at: frame.path), frame.next < block.count else {
                do throws(RuleError) { try close(&run, place, rule, turn) } catch { return Self.failure(error) }
                continue
            }
            run.steps += 1
            guard run.steps <= limits.steps else { return .over(.stopped, RuleSentence("too_long", ["most": "\(limits.steps)"])) }
            run.strands[place].frames[run.strands[place].frames.count - 1].next += 1
            do throws(RuleError) {
                let flow = try perform(block[frame.next], &run, place, frame.path + [frame.next], &turn)
                if case .goesOn = flow { continue }
                return flow
            } catch {
                return Self.failure(error)
            }
        }
    }

    private static func failure(_ error: RuleError) -> Flow { .over(.failed, RuleSentence("template", ["what": .text(error.message)])) }

    /// A block has come to its end: it is repeated, or left.
    private func close(_ run: inout RuleRun, _ place: Int, _ rule: Rule, _ turn: RuleTurn<some RuleWorld>) throws(RuleError) {
        let frame = run.strands[place].frames.removeLast()
        guard let rounds = frame.rounds, frame.path.count >= 2 else { return }
        let outer = Array(frame.path.dropLast(2))
        let action = frame.path[frame.path.count - 2]
        guard let block = rule.block(at: outer), block.indices.contains(action), case .repeat(_, let loop) = block[action] else { return }
        let scope = scope(run, rounds: rounds, turn)
        let (isAgain, most) =
            switch loop {
            case .times(let times): (rounds + 1 < times, times)
            case .while(let conditions, let most): (try scope.holds(conditions), most)
            case .until(let conditions, let most): (try !scope.holds(conditions), most)
            }
        guard isAgain else { return }
        guard rounds + 1 < most else {
            return run.trace.note(turn.now, Array(frame.path.dropLast()), RuleSentence("most_rounds", ["number": "\(most)"]))
        }
        run.strands[place].frames.append(RuleRun.Frame(path: frame.path, next: 0, rounds: rounds + 1))
    }

    func scope<World: RuleWorld>(_ run: RuleRun, rounds: Int?, _ turn: RuleTurn<World>) -> RuleScope<World> {
        RuleScope(world: turn.world, now: turn.now, occasion: run.occasion, variables: run.variables, round: rounds.map { $0 + 1 })
    }
}

/// The end of runs, and of waits.
extension RuleEngine {
    /// A run is over; the next of its rule that waits begins.
    mutating func finish(_ run: RuleRun, _ outcome: RuleTrace.Outcome, _ reason: RuleSentence?, _ turn: inout RuleTurn<some RuleWorld>) {
        running[run.number] = run
        drop(run.number, outcome, reason, at: turn.now)
        guard let place = places[run.rule], let next = entries[place]?.runs.first, running[next]?.isQueued == true else { return }
        running[next]?.isQueued = false
        running[next]?.trace.outcome = .running
        advance(next, 0, &turn)
    }

    /// Takes a run away, with all that it waits for.
    mutating func drop(_ number: Int, _ outcome: RuleTrace.Outcome, _ reason: RuleSentence?, at now: Date) {
        guard var run = running.removeValue(forKey: number) else { return }
        for strand in run.strands { release(number, strand.id) }
        run.trace.end(outcome, reason, at: now)
        guard let place = places[run.rule] else { return }
        entries[place]?.runs.removeAll { $0 == number }
        entries[place]?.traces.add(run.trace)
    }

    /// A strand waits no more.
    mutating func release(_ run: Int, _ strand: Int) {
        timers.remove(.strand(run: run, strand))
        for watch in waits.removeValue(forKey: WaitKey(run: run, strand: strand)) ?? [] { uninstall(watch) }
    }

    /// What a strand waits for has come.
    mutating func wake(_ run: Int, _ strand: Int, _ what: RuleSentence, _ turn: inout RuleTurn<some RuleWorld>) {
        guard let place = running[run]?.place(of: strand), case .triggers = running[run]?.strands[place].wait else { return }
        note(run, place, RuleSentence("came", ["what": .sentence(what)]), at: turn.now)
        goOn(run, place, &turn)
    }

    /// A strand's time is up.
    mutating func timeUp(_ number: Int, _ strand: Int, _ turn: inout RuleTurn<some RuleWorld>) {
        guard let run = running[number], let place = run.place(of: strand) else { return }
        switch run.strands[place].wait {
        case .time: return goOn(number, place, &turn)
        case .triggers(let goesOn):
            let span = RuleSentence.Argument.text(span(of: run, place))
            guard goesOn else { return finish(run, .stopped, RuleSentence("timed_out", ["span": span]), &turn) }
            note(number, place, RuleSentence("goes_on", ["span": span]), at: turn.now)
        case .effects(_, let variable, let goesOn):
            let span = RuleSentence.Argument.text(span(of: run, place))
            guard goesOn else { return finish(run, .failed, RuleSentence("no_answer", ["span": span]), &turn) }
            if let variable { running[number]?.variables[variable] = .null }
            note(number, place, RuleSentence("goes_on", ["span": span]), at: turn.now)
        case .strands, nil: return
        }
        goOn(number, place, &turn)
    }

    private mutating func note(_ run: Int, _ place: Int, _ what: RuleSentence, at now: Date) {
        let frame = running[run]?.strands[place].frames.last
        running[run]?.trace.note(now, frame.map { $0.path + [$0.next - 1] } ?? [], what)
    }

    /// How long the action at which a strand waits allows it to.
    private func span(of run: RuleRun, _ place: Int) -> String {
        guard let frame = run.strands[place].frames.last, let block = rule(run.rule)?.block(at: frame.path),
            block.indices.contains(frame.next - 1)
        else { return "" }
        switch block[frame.next - 1] {
        case .waitFor(_, let timeout, _): return timeout.description
        case .callModel(let call): return call.timeout.description
        case .set(let setting): return setting.confirmation?.description ?? ""
        default: return ""
        }
    }

    mutating func goOn(_ number: Int, _ place: Int, _ turn: inout RuleTurn<some RuleWorld>) {
        guard let strand = running[number]?.strands[place].id else { return }
        running[number]?.strands[place].wait = nil
        running[number]?.strands[place].until = nil
        release(number, strand)
        advance(number, strand, &turn)
    }

    /// Something that a run had done is over.
    /// What a run that is over had done failed after all: its trace says so.
    private mutating func noteFailure(of run: Int, _ outcome: RuleEffect.Outcome, at now: Date) {
        guard case .failed(let why) = outcome else { return }
        for place in entries.indices
        where entries[place]?.traces.fail(run, RuleSentence("effect_failed", ["what": .text(why)]), at: now) == true { return }
    }

    mutating func complete(_ id: RuleEffect.ID, _ outcome: RuleEffect.Outcome, _ turn: inout RuleTurn<some RuleWorld>) {
        guard let run = running[id.run] else { return noteFailure(of: id.run, outcome, at: turn.now) }
        let waiting = run.strands.firstIndex {
            if case .effects(let numbers, _, _) = $0.wait { numbers.contains(id.number) } else { false }
        }
        guard let place = waiting, case .effects(var numbers, let variable, let goesOn) = run.strands[place].wait else {
            if case .failed(let why) = outcome {
                running[id.run]?.trace.note(turn.now, [], RuleSentence("effect.failed", ["what": .text(why)]))
            }
            return
        }
        switch outcome {
        case .failed(let why) where !goesOn: return finish(run, .failed, RuleSentence("effect_failed", ["what": .text(why)]), &turn)
        case .failed(let why):
            if let variable { running[id.run]?.variables[variable] = .null }
            note(id.run, place, RuleSentence("effect.failed", ["what": .text(why)]), at: turn.now)
        case .answered(let answer):
            if let variable { running[id.run]?.variables[variable] = answer }
            let words = String(answer.serialized.prefix(200))
            note(id.run, place, RuleSentence("answered", ["name": .text(variable ?? ""), "value": .text(words)]), at: turn.now)
        case .done: break
        }
        numbers.remove(id.number)
        guard numbers.isEmpty else {
            running[id.run]?.strands[place].wait = .effects(numbers, into: variable, goesOn: goesOn)
            return
        }
        goOn(id.run, place, &turn)
    }
}
