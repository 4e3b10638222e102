/// Every state that a shell can reach, whatever is wished and whoever stands inside the junction, shown to a monitor that knows nothing of the shell.
///
/// Time goes by in seconds; what is counted further than it matters is cut, so that there are finitely many states. The monitor's memory is
/// part of them: a state is only left out when both have been in it before.
public struct ShellProof: Sendable, Hashable {
    /// How many different states were reached.
    public let states: Int
    /// How many steps from one to another were looked at.
    public let steps: Int
    /// The longest that any movement waited, in seconds.
    public let longestWait: Int
    /// The first thing that was wrong, and how it came about: the wishes, second by second.
    public let failure: Failure?
    /// Whether all states were seen; otherwise there were more than were asked for, or it was stopped.
    public let isComplete: Bool

    /// A way to a state that must not be.
    public struct Failure: Sendable, Hashable {
        /// What was wrong.
        public let violation: ConflictMonitor.Violation
        /// The wishes that lead there, a second each.
        public let wishes: [Int]
    }

    /// Explores breadth first.
    /// - Parameters:
    ///   - limit: States after which it gives up; each of them takes about seventy bytes meanwhile.
    ///   - goesOn: Asked now and then whether to go on.
    public init(_ rules: ShellRules, limit: Int = 20_000_000, while goesOn: () -> Bool = { true }) {
        self.init(rules, limit: limit, while: goesOn) { rules.next(after: $0, wish: $1, isClear: $2) }
    }

    /// The same of a shell whose step is another: what shows that the monitor would see a mistake.
    package init(
        _ rules: ShellRules, limit: Int = 20_000_000, while goesOn: () -> Bool = { true }, next: (ShellState, Int?, Bool) -> ShellState
    ) {
        var search = ProofSearch(rules)
        var (steps, longestWait, failure): (Int, Int, Failure?) = (0, 0, nil)
        search.add(ProofState(shell: ShellState(rules), monitor: ConflictMonitor(rules)), from: -1, wish: 0)
        while failure == nil, search.count <= limit, !search.isPause || goesOn(), let (place, state) = search.next() {
            let sights = rules.mayHold(state.shell) ? [true, false] : [true]
            var tried: [ShellState] = []
            for (wish, isClear) in rules.plan.phases.indices.flatMap({ wish in sights.map { (wish, $0) } }) {
                var reached = state
                reached.shell = next(state.shell, wish, isClear)
                steps += 1
                // While a shell hears nobody all wishes lead to one state, which is shown to the monitor once.
                guard !tried.contains(reached.shell) else { continue }
                tried.append(reached.shell)
                let violations = reached.monitor.see(rules.aspects(in: reached.shell))
                longestWait = max(longestWait, reached.monitor.links.map(\.wait).max() ?? 0)
                if let violation = violations.first {
                    failure = Failure(violation: violation, wishes: search.wishes(to: place) + [wish])
                    break
                }
                search.add(reached, from: place, wish: wish)
            }
        }
        (states, self.steps, self.longestWait, self.failure) = (search.count, steps, longestWait, failure)
        isComplete = failure == nil && search.isDone
    }
}

private struct ProofState {
    var shell: ShellState
    var monitor: ConflictMonitor
}

/// The states that were reached, in the order in which they were, and how.
private struct ProofSearch {
    private var seen = ProofKeys()
    private var waiting: [(place: Int, state: ProofState)] = []
    private var front = 0, looked = 0
    private var origins: [(from: Int32, wish: Int8)] = []
    private let kinds: [Int]
    private let hasOwnWait: [Bool]

    init(_ rules: ShellRules) {
        // Links that show the same in every phase always do: one of them stands for all.
        let plan = rules.plan
        let columns = plan.links.indices.map { link in plan.phases.map { $0[link].rawValue } + [plan.links[link].crossing == nil ? 0 : 1] }
        kinds = columns.indices.filter { columns.firstIndex(of: columns[$0]) == $0 }
        // Who goes in all phases in which another goes, and in more, never waits longer than that one: its wait tells no states apart.
        let served = plan.links.indices.map { link in Set(plan.phases.indices.filter { plan.phases[$0][link].isGo }) }
        hasOwnWait = kinds.map { kind in
            !served.contains { !$0.isEmpty && $0.isStrictSubset(of: served[kind]) } && served.firstIndex(of: served[kind]) == kind
        }
    }

    var count: Int { origins.count }
    var isDone: Bool { front == waiting.count }
    /// Whether a thousand states more were looked at.
    var isPause: Bool { looked.isMultiple(of: 1_000) }

    mutating func add(_ state: ProofState, from origin: Int, wish: Int) {
        guard seen.insert(key(of: state)) else { return }
        waiting.append((origins.count, state))
        origins.append((Int32(origin), Int8(truncatingIfNeeded: wish)))
    }

    mutating func next() -> (place: Int, state: ProofState)? {
        guard front < waiting.count else { return nil }
        defer {
            (front, looked) = (front + 1, looked + 1)
            // What has been looked at isn't kept.
            if front > 1_000, front * 4 > waiting.count { (waiting, front) = (Array(waiting[front...]), 0) }
        }
        return waiting[front]
    }

    func wishes(to place: Int) -> [Int] {
        var (wishes, place): ([Int], Int) = ([], place)
        while place > 0 {
            wishes.append(Int(origins[place].wish))
            place = Int(origins[place].from)
        }
        return wishes.reversed()
    }

    private func key(of state: ProofState) -> [UInt8] {
        let (shell, links) = (state.shell, state.monitor.links)
        var key: [UInt8] = [shell.phase, shell.age, shell.target.map { $0 + 1 } ?? 0, shell.passed, shell.held, shell.begins ? 1 : 0].map {
            UInt8($0)
        }
        for wait in shell.waits { key += [UInt8(wait >> 8), UInt8(wait & 255)] }
        for (place, kind) in kinds.enumerated() {
            let link = links[kind]
            let wait = hasOwnWait[place] ? link.wait : 0
            key += [
                link.aspect.rawValue << 4 | link.lastGo.rawValue, UInt8(link.age), UInt8(link.going), UInt8(wait >> 8), UInt8(wait & 255),
            ]
        }
        return key
    }
}
