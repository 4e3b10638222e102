/// How much of saturation each approach gets, in every phase and in every change from one to another.
struct SignalMovements: Sendable {
    let phases: Int
    let approaches: Int
    /// By phase, then approach.
    private(set) var green: [Float]
    /// By phase before, phase after, approach: who keeps its green while others lose theirs.
    private(set) var kept: [Float]
    /// By approach: the most that any phase gives it.
    private(set) var best: [Float]
    private let seconds: [Int]
    private let shortest: [Int]

    init(_ rules: ShellRules, _ values: StreetValues) {
        let plan = rules.plan
        (phases, approaches, shortest) = (plan.phases.count, plan.approaches.count, rules.minimum)
        (green, best) = (.init(repeating: 0, count: phases * approaches), .init(repeating: 0, count: approaches))
        let all = plan.phases.indices
        seconds = all.flatMap { from in all.map { rules.change(from: from, to: $0) } }
        kept = all.flatMap { from in all.flatMap { Self.kept(from: from, to: $0, plan, values) } }
    }

    /// Seconds from the end of one green to the beginning of another.
    func change(from: Int, to: Int) -> Int { seconds[from * phases + to] }

    /// The shortest green of a phase.
    func minimum(_ phase: Int) -> Int { shortest[phase] }

    /// What each approach gets now: what its street has shown, less where the road behind is full or its first vehicle doesn't move.
    mutating func see(_ view: SignalView, _ flow: FlowMemory, _ values: StreetValues) {
        for (place, demand) in view.demand.enumerated() {
            let open = max(0.05, 1 - values.blocking * 2 * max(0, demand.blocked - 0.5))
            best[place] = 0.3
            for phase in 0..<phases {
                let (priority, yielding) = (view.plan.priority[phase][place], view.plan.yielding[phase][place])
                var rate = flow.rate(phase: phase, approach: place, expected: values.share(priority: priority, yielding: yielding), values)
                rate *= open
                if phase == view.phase, priority < 0.99, rate > 0.01, Self.isStuck(demand, green: view.green) {
                    rate *= max(0.02, 1 - values.stuck)
                }
                green[phase * approaches + place] = rate
                best[place] = max(best[place], rate)
            }
        }
    }

    /// Whether the first vehicle stands at the line though it has green.
    private static func isStuck(_ demand: ApproachDemand, green: Int) -> Bool {
        guard green >= 4, let first = demand.vehicles.min(by: { $0.distance < $1.distance }) else { return false }
        return first.distance < 4 && first.isStanding
    }

    private static func kept(from: Int, to: Int, _ plan: SignalPlan, _ values: StreetValues) -> [Float] {
        let share = plan.share { link -> Aspect in
            let (before, after) = (plan.phases[from][link], plan.phases[to][link])
            guard before.isGo, after.isGo else { return .red }
            return before == .yielding || after == .yielding ? .yielding : .green
        }
        return zip(share.priority, share.yielding).map { values.share(priority: $0, yielding: $1) }
    }
}
