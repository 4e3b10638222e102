/// Keeps one signal: what is seen goes to the controller, what it wishes through stages and shell to the street.
///
/// Whatever fails, the shell goes on: with the signal's own programme.
public struct SignalKeeper: Sendable {
    /// The shell's rules.
    public let rules: ShellRules
    /// What happened since it was last asked.
    public private(set) var events: [TrafficEvent] = []
    /// How far the controller is trusted; nil: it is heard in any case.
    public private(set) var ladder: StageLadder?
    /// Why the programme runs instead of the controller; nil: it doesn't.
    public private(set) var fallBack: TrafficEvent.Reason?
    /// What was last decided, and on what; nil: nothing yet.
    public private(set) var decision: SignalDecision?
    /// What was last seen, by approach; nil: nothing that can be trusted.
    public private(set) var demand: [ApproachDemand]?
    /// Seconds that the phase has been green.
    public private(set) var green = 0
    /// Who decides instead of the controller; nil: nobody.
    public var hand: Hand?
    /// Why the controller isn't asked and the programme runs, such as a version that can't be had; nil: it is asked. Its trust stands still meanwhile.
    public var withheld: TrafficEvent.Reason?
    private var shell: SafetyShell
    private var controller: any SignalController
    private var programme = FixedTime()
    private var eyes: ApproachEyes
    private var waits: WishedWaits
    private var quietSince = 0
    /// The shell before the last second, and whether the junction was clear.
    private var last: (state: ShellState, isClear: Bool)
    /// By link: seconds for which somebody has stood inside the junction without a break.
    private var blocked: [Int]
    /// Seconds without fault after which the controller is heard again.
    private static let regained = 30
    /// Seconds by which a guarded controller may differ from the programme.
    static let guardedSeconds = 15
    private static let mostEvents = 1_000

    /// Somebody who decides instead of the controller. The shell stands before them as before any other.
    public enum Hand: Sendable, Hashable {
        /// The programme runs.
        case programme
        /// A phase is wanted, for as long as the shell lets it.
        case phase(Int)
    }

    /// A keeper.
    /// - Parameter ladder: nil: the controller is heard from the first second.
    public init(_ rules: ShellRules, _ controller: any SignalController, ladder: StageLadder? = nil) {
        (self.rules, self.controller, self.ladder) = (rules, controller, ladder)
        shell = SafetyShell(rules)
        last = (shell.state, true)
        (eyes, waits) = (ApproachEyes(rules.plan), WishedWaits(rules.plan))
        blocked = .init(repeating: 0, count: rules.plan.links.count)
    }

    /// The signal.
    public var plan: SignalPlan { rules.plan }
    /// The phase that is green; nil: none, one is being changed to.
    public var phase: Int? { shell.state.target == nil ? shell.state.phase : nil }
    /// The phase that is being changed to; nil: none.
    public var target: Int? { shell.state.target }
    /// What each link shows.
    public var aspects: [Aspect] { rules.aspects(in: shell.state) }

    /// A second of what was seen.
    ///
    /// - Parameters:
    ///   - readings: By approach; nil: nothing came.
    ///   - inside: By link: vehicles inside the junction that hardly move, for which what crosses their way waits; nil: nobody looks.
    /// - Returns: What to show for the next second.
    public mutating func tick(_ readings: [ApproachReading]?, inside: [Int]? = nil, at time: Double) -> [Aspect] {
        demand = look(readings, at: time)
        let view = SignalView(time: time, plan: plan, phase: shell.state.phase, green: green, demand: demand ?? [], rules: rules)
        if demand != nil { controller.watch(view, isChanging: shell.state.target != nil) }
        if let withheld, demand != nil { fall(withheld, at: time) }
        let (wish, answer) = decide(view)
        settle(answer, at: time)
        judge(view, answer)
        let (before, wasTo) = (phase, target)
        last = (shell.state, isClear(inside))
        let state = shell.tick(wish: wish, isClear: last.isClear)
        if let target, target != wasTo { decision?.heard(target) }
        green = phase == nil ? 0 : phase == before ? green + 1 : 0
        return state
    }

    /// Takes the last second's wish back, before it was shown: the shell goes on as if nothing had been wished.
    ///
    /// - Returns: What to show for the next second.
    public mutating func withdraw() -> [Aspect] {
        shell.state = rules.next(after: last.state, wish: nil, isClear: last.isClear)
        green = phase == nil ? 0 : green + 1
        return aspects
    }

    /// Another controller decides from now on, or the same one with another trust. What the street shows goes on as it is.
    public mutating func use(_ controller: any SignalController, ladder: StageLadder?) {
        (self.controller, self.ladder) = (controller, ladder)
        waits.forget()
    }

    /// Sets how far the controller is trusted.
    public mutating func trust(_ stage: Stage) { ladder?.set(stage) }

    /// What is wished, and whether the controller answered; nil: it wasn't asked.
    private mutating func decide(_ view: SignalView) -> (wish: Int?, answer: Bool?) {
        var made = SignalDecision(time: view.time, demand: view.demand, stage: ladder?.stage, fallBack: fallBack)
        defer { decision = made }
        guard shell.isFree else {
            // The shell serves who has waited too long, whatever is wished.
            made.by = .shell
            return (nil, nil)
        }
        made.usual = programme.wish(view)
        if let hand {
            made.by = .hand
            if case .phase(let phase) = hand, plan.phases.indices.contains(phase) { made.wanted = phase } else { made.wanted = made.usual }
            return (made.wanted, nil)
        }
        let isAsked = demand != nil && withheld == nil
        made.wanted = isAsked ? ask(view) : nil
        let wish = choose(made.wanted, made.usual, view)
        made.by =
            made.wanted != nil && wish == made.wanted && (ladder?.stage ?? .active) != .shadow && fallBack == nil ? .controller : .programme
        return (wish, isAsked ? made.wanted != nil : nil)
    }

    /// Has the ladder learn of this second. What isn't seen is no empty street, and what people or the programme do instead of the controller is no merit
    /// or fault of it; what the programme does is what controllers are compared with.
    private mutating func judge(_ view: SignalView, _ answer: Bool?) {
        let isJudged = hand == nil && fallBack == nil && demand != nil
        if isJudged, ladder?.stage == .shadow {
            for wait in waits.second(view, phase: phase, wish: answer == true ? decision?.wanted : nil) {
                ladder?.ended(waitOn: wait.approach, isWished: wait.isWished)
            }
        } else {
            waits.forget()
        }
        guard hand == nil else { return }
        let queue = demand.map { $0.reduce(0) { $0 + $1.standing } } ?? .nan
        let kind = ladder?.second(at: view.time, queue: isJudged ? queue : .nan, usual: isJudged ? .nan : queue, answer: answer)
        if let kind { log(kind, at: view.time) }
    }

    /// The way to the signal is gone: its programme runs, here as there.
    public mutating func lose(_ why: String, at time: Double) { fall(.unreachable(why), at: time) }

    /// What happened, which is then forgotten.
    public mutating func takeEvents() -> [TrafficEvent] {
        defer { events = [] }
        return events
    }

    /// Whether nobody stands in the way of the next green who is worth waiting for. Who has stood there longer than any movement waits won't go
    /// because of some seconds more: a vehicle that broke down, or a camera that lies.
    private mutating func isClear(_ inside: [Int]?) -> Bool {
        let longest = rules.times.maximumWait
        for link in blocked.indices {
            blocked[link] = (inside.map { link < $0.count ? $0[link] : 0 } ?? 0) > 0 ? min(blocked[link] + 1, longest + 1) : 0
        }
        guard let target = shell.state.target else { return true }
        let coming = plan.phases[target]
        return blocked.indices.allSatisfy { link in
            !(1...longest).contains(blocked[link]) || plan.links.indices.allSatisfy { !coming[$0].isGo || !plan.conflicts.cross(link, $0) }
        }
    }

    private mutating func look(_ readings: [ApproachReading]?, at time: Double) -> [ApproachDemand]? {
        guard let readings, readings.count == plan.approaches.count else {
            fall(.blind, at: time)
            return nil
        }
        let seen = eyes.see(readings, phase: phase)
        for kind in seen.events { log(kind, at: time) }
        if seen.isBlind { fall(seen.hasLoops ? .detectors : .blind, at: time) }
        return seen.isBlind ? nil : seen.demand
    }

    private mutating func ask(_ view: SignalView) -> Int? {
        guard let wish = controller.wish(view) else { return nil }
        guard plan.phases.indices.contains(wish) else {
            log(.refusedWish(wish), at: view.time)
            return nil
        }
        return wish
    }

    private func choose(_ wanted: Int?, _ usual: Int?, _ view: SignalView) -> Int? {
        guard let wanted, fallBack == nil else { return usual }
        switch ladder?.stage ?? .active {
        case .shadow: return usual
        case .guarded: return isNear(wanted, view) ? wanted : usual
        case .active: return wanted
        }
    }

    /// Whether a wish is no further from the programme than a guarded controller may go.
    private func isNear(_ wish: Int, _ view: SignalView) -> Bool {
        let programme = plan.programme
        guard let place = programme.firstIndex(where: { $0.phase == view.phase }) else { return false }
        if wish == view.phase { return view.green < programme[place].seconds + Self.guardedSeconds }
        return wish == programme[(place + 1) % programme.count].phase && view.green >= programme[place].seconds - Self.guardedSeconds
    }

    private mutating func settle(_ answer: Bool?, at time: Double) {
        if answer == false { fall(.model, at: time) }
        guard fallBack != nil else { return }
        quietSince += 1
        guard quietSince > Self.regained, answer != false else { return }
        fallBack = nil
        log(.recovered, at: time)
    }

    private mutating func fall(_ reason: TrafficEvent.Reason, at time: Double) {
        quietSince = 0
        guard fallBack != reason else { return }
        fallBack = reason
        log(.fellBack(reason), at: time)
    }

    private mutating func log(_ kind: TrafficEvent.Kind, at time: Double) {
        if events.count < Self.mostEvents { events.append(TrafficEvent(time: time, signal: plan.name, kind: kind)) }
    }
}
