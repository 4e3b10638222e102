/// What a shell knows of its signal: which phases follow which how, and who must be served by when. It never changes.
public struct ShellRules: Sendable, Hashable {
    /// The signal.
    public let plan: SignalPlan
    /// The times that are kept. The longest wait is enlarged where the junction has too many phases to keep it, and by what it takes to clear
    /// the junction before each green.
    public let times: ShellTimes
    /// By phase: the shortest time that it is shown.
    public let minimum: [Int]
    /// Phases that serve the movements which need a service of their own: whoever serves each of these serves all.
    public let services: [[Int]]
    /// Seconds that a movement may have waited when it is given the next green.
    public let latest: Int
    private let changes: [[Int]]

    /// The rules of a signal.
    /// - Throws: ``TrafficError`` with `bad_setting`.
    public init(_ plan: SignalPlan, _ times: ShellTimes = ShellTimes()) throws(TrafficError) {
        try times.check()
        self.plan = plan
        minimum = plan.phases.map { state in
            let walks = zip(state, plan.links).contains { $0.isGo && $1.crossing != nil }
            return max(times.minimumGreen, walks ? times.pedestrianGreen : 0)
        }
        let all = plan.phases.indices
        changes = all.map { from in all.map { to in Self.seconds(of: plan.losesGreen(from: from, to: to), plan, times) } }
        services = Self.services(of: plan)
        let longestChange = max(changes.flatMap { $0 }.max() ?? 0, times.yellow + times.allRed)
        // At worst a change has just begun, and all others are due before this one.
        let turn = longestChange + (minimum.max() ?? 0)
        let needed = services.count * turn + longestChange
        var kept = times
        kept.maximumWait = max(times.maximumWait, needed + turn)
        latest = kept.maximumWait - needed
        // Each of those changes may have to wait until the junction is clear.
        kept.maximumWait += (services.count + 1) * times.clearing
        self.times = kept
    }

    /// What a proof depends on: signals that differ in their lanes and names alone have the same, and one proof is that of all of them.
    package struct Shape: Sendable, Hashable {
        private let phases: [[Aspect]]
        private let conflicts: ConflictMatrix
        private let times: ShellTimes
        private let walking: [Int?]

        fileprivate init(_ rules: ShellRules) {
            (phases, conflicts, times) = (rules.plan.phases, rules.plan.conflicts, rules.times)
            walking = rules.plan.links.map { link in link.crossing.map { ShellRules.walkingTime($0, rules.times) } }
        }
    }

    /// What its proof depends on.
    package var shape: Shape { Shape(self) }

    /// Seconds between two phases: 0 when no movement loses its green.
    public func change(from: Int, to: Int) -> Int { changes[from][to] }

    /// Seconds that people on a crossing need.
    public func walkingTime(of link: Int) -> Int { Self.walkingTime(plan.links[link].crossing, times) }

    fileprivate static func walkingTime(_ length: Double?, _ times: ShellTimes) -> Int {
        length.map { Int(min(60, ($0 / times.walkingSpeed).rounded(.up))) } ?? 0
    }

    private static func seconds(of lost: [Int], _ plan: SignalPlan, _ times: ShellTimes) -> Int {
        lost.map { plan.links[$0].crossing == nil ? times.yellow + times.allRed : walkingTime(plan.links[$0].crossing, times) }.max() ?? 0
    }

    /// The sets of phases that serve a link, without those that contain another of them.
    private static func services(of plan: SignalPlan) -> [[Int]] {
        let sets = Set(
            plan.links.indices.map { link in Set(plan.phases.indices.filter { plan.phases[$0][link].isGo }) }
                .filter { !$0.isEmpty && $0.count < plan.phases.count })
        return sets.filter { set in !sets.contains { $0.isStrictSubset(of: set) } }.map { $0.sorted() }.sorted {
            $0.lexicographicallyPrecedes($1)
        }
    }
}
