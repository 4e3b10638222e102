/// What stands between any controller and the street: wishes go in, once a second; what comes out is always safe.
///
/// A pure state machine: no clock, no input or output, no randomness. Whatever is wished, a green is never too short, yellow and red for all
/// follow, nothing that crosses goes at once, people on a crossing have the time to leave it, and every movement is served in time.
///
/// ```swift
/// var shell = SafetyShell(try ShellRules(plan))
/// let aspects = shell.tick(wish: controller.wish(…))  // to show for the next second
/// ```
public struct SafetyShell: Sendable {
    /// What it knows of its signal.
    public let rules: ShellRules
    /// Where it is.
    public var state: ShellState

    /// A shell that begins with red for all.
    public init(_ rules: ShellRules) { (self.rules, state) = (rules, ShellState(rules)) }

    /// One second further.
    /// - Parameters:
    ///   - wish: The phase that is wanted; nil, or one that isn't there: none.
    ///   - isClear: Whether nobody stands inside the junction, as far as is known. Otherwise the next green waits, a few seconds at most.
    /// - Returns: What each link shows for that second.
    public mutating func tick(wish: Int?, isClear: Bool = true) -> [Aspect] {
        state = rules.next(after: state, wish: wish, isClear: isClear)
        return rules.aspects(in: state)
    }

    /// Whether a wish would now be heard: the phase has been green for its shortest time, and nobody else is due.
    public var isFree: Bool { rules.mayEnd(state) && rules.due(in: state) == nil }
}

/// Where a shell is: all that decides what it will do.
public struct ShellState: Sendable, Hashable {
    /// The phase that is shown, or that is being left.
    public internal(set) var phase: Int
    /// Seconds since its green began, counted up to its shortest time.
    public internal(set) var age: Int
    /// The phase that comes; nil: none is being changed to.
    public internal(set) var target: Int?
    /// Seconds of the change that have passed.
    public internal(set) var passed: Int
    /// Seconds that the next green has waited for those inside the junction.
    public internal(set) var held: Int
    /// By service: seconds since it was last green.
    public internal(set) var waits: [Int]
    /// Whether all is red because the shell just began.
    public internal(set) var begins: Bool

    init(_ rules: ShellRules) {
        (phase, age, target, passed, held, begins) = (0, 0, 0, 0, 0, true)
        waits = .init(repeating: 0, count: rules.services.count)
    }
}

extension ShellRules {
    /// The state a second later.
    public func next(after state: ShellState, wish: Int?, isClear: Bool = true) -> ShellState {
        var next = state
        if let target = state.target {
            let end = length(ofChangeIn: state, to: target)
            next.passed = min(state.passed + 1, end)
            if !isClear, mayHold(state) { next.held += 1 } else if next.passed >= end { next.enter(target) }
        } else {
            next.age = min(state.age + 1, minimum[state.phase])
            if mayEnd(next) { begin(due(in: next, wish: wish) ?? wish, in: &next) }
        }
        wait(in: &next)
        return next
    }

    private func length(ofChangeIn state: ShellState, to target: Int) -> Int {
        state.begins ? times.yellow + times.allRed : change(from: state.phase, to: target)
    }

    /// Whether this is the end of a change, which lasts longer while somebody stands inside the junction.
    func mayHold(_ state: ShellState) -> Bool {
        guard let target = state.target, !state.begins, state.held < times.clearing else { return false }
        return state.passed + 1 >= length(ofChangeIn: state, to: target)
    }

    private func begin(_ target: Int?, in state: inout ShellState) {
        guard let target, plan.phases.indices.contains(target), target != state.phase else { return }
        if change(from: state.phase, to: target) == 0 { return state.enter(target) }
        (state.target, state.passed, state.held) = (target, 0, 0)
    }

    private func wait(in state: inout ShellState) {
        for (place, service) in services.enumerated() {
            let isServed = !state.begins && service.contains(state.phase) && state.target.map(service.contains) ?? true
            state.waits[place] = isServed ? 0 : min(state.waits[place] + 1, times.maximumWait + 1)
        }
    }

    /// Whether the phase that is shown has been so for its shortest time.
    func mayEnd(_ state: ShellState) -> Bool { state.target == nil && state.age >= minimum[state.phase] }

    /// The phase that must come now; nil: it is free. The one that has waited longest comes first.
    func due(in state: ShellState, wish: Int? = nil) -> Int? {
        guard let place = state.waits.indices.max(by: { state.waits[$0] < state.waits[$1] }), state.waits[place] >= latest else {
            return nil
        }
        if let wish, services[place].contains(wish) { return wish }
        return services[place].first { $0 > state.phase } ?? services[place].first
    }

    /// What each link shows.
    public func aspects(in state: ShellState) -> [Aspect] {
        if state.begins { return .init(repeating: .red, count: plan.links.count) }
        guard let target = state.target else { return plan.phases[state.phase] }
        return plan.links.indices.map { link in
            let (before, after) = (plan.phases[state.phase][link], plan.phases[target][link])
            guard before.isGo else { return before == .arrow && after == .arrow ? .arrow : .red }
            // Who keeps its green gives way during the change, if it does before or after.
            if after.isGo { return before == .yielding || after == .yielding ? .yielding : .green }
            return plan.links[link].crossing == nil && state.passed < times.yellow ? .yellow : .red
        }
    }
}

extension ShellState {
    mutating func enter(_ phase: Int) { (self.phase, age, target, passed, held, begins) = (phase, 0, nil, 0, 0, false) }
}

extension ShellState {
    /// The same with another part: for tests that break a shell on purpose.
    package mutating func set(age: Int? = nil, passed: Int? = nil, waits: [Int]? = nil) {
        (self.age, self.passed, self.waits) = (age ?? self.age, passed ?? self.passed, waits ?? self.waits)
    }
}
