/// The green phases of a signal's programme: its states without those that only lead from one to the next.
struct GreenPhases {
    var states: [[Aspect]] = []
    var programme: [(phase: Int, seconds: Int)] = []
    /// More than any cabinet has.
    private static let most = 64

    init(
        of phases: [RoadNetwork.ProgrammePhase], signal: String, links: [SignalPlan.Link], conflicts: ConflictMatrix
    ) throws(TrafficError) {
        let count = links.count
        for phase in phases {
            var state = phase.state.utf8.map { Aspect(letter: $0) }
            guard state.count >= count else {
                throw TrafficError(.badNetwork, "signal '\(signal)' has \(count) links and a state of \(state.count)")
            }
            guard !state.contains(nil) else {
                throw TrafficError(.badNetwork, "signal '\(signal)' has the state \(phase.state), which isn't controlled")
            }
            state.removeLast(state.count - count)
            let aspects = Self.withPriorities(state.compactMap { $0 }, links, conflicts)
            guard !aspects.contains(.yellow), aspects.contains(where: \.isGo) else { continue }
            if let (one, other) = conflicts.conflict(in: aspects) {
                throw TrafficError(
                    .badNetwork, "signal '\(signal)' lets its links \(one) and \(other) go at once, which cross, in \(phase.state)")
            }
            let place = states.firstIndex(of: aspects) ?? states.count
            if place == states.count { states.append(aspects) }
            programme.append((place, max(1, Int(phase.duration.rounded()))))
        }
        guard states.count > 1 else {
            throw TrafficError(.badNetwork, "signal '\(signal)' has fewer than two green phases: nothing is to be decided")
        }
        guard states.count <= Self.most else {
            throw TrafficError(.badNetwork, "signal '\(signal)' has \(states.count) green phases; \(Self.most) are the most")
        }
    }

    /// Some programmes give priority to both of two links that cross; a turn that gives way by the road's rules is then told so.
    private static func withPriorities(_ state: [Aspect], _ links: [SignalPlan.Link], _ conflicts: ConflictMatrix) -> [Aspect] {
        var state = state
        for one in state.indices where state[one] == .green && !links[one].isStraight {
            for other in state.indices where state[other].isGo && !conflicts.allows(state[one], at: one, with: state[other], at: other) {
                if conflicts.givesWay(one, to: other) { state[one] = .yielding }
            }
        }
        return state
    }
}
