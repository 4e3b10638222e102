/// What a signal's own street has shown: how many come on each approach, and how many get through in each phase.
struct FlowMemory: Sendable {
    /// Vehicles a second, by approach.
    private(set) var arrivals: [Float]
    private var passed: [Float]
    private var seconds: [Float]
    private let approaches: Int
    /// Seconds over which arrivals are averaged.
    private static let window: Float = 300
    /// Seconds of green in which those who stood get going, and metres before the line in which somebody is about to pass.
    private static let settled = 3
    private static let near: Float = 15

    init(_ plan: SignalPlan) {
        approaches = plan.approaches.count
        arrivals = .init(repeating: 0.05, count: approaches)
        passed = .init(repeating: 0, count: approaches * plan.phases.count)
        seconds = passed
    }

    /// A second.
    mutating func see(_ view: SignalView, isChanging: Bool) {
        guard view.demand.count == approaches, view.plan.priority.indices.contains(view.phase) else { return }
        for (place, demand) in view.demand.enumerated() {
            let count = demand.passed.isFinite ? min(max(demand.passed, 0), 4) : 0
            arrivals[place] += (count - arrivals[place]) / Self.window
            let mayGo = view.plan.priority[view.phase][place] + view.plan.yielding[view.phase][place] > 0
            guard !isChanging, mayGo, view.green >= Self.settled, count > 0 || demand.vehicles.contains(where: { $0.distance < Self.near })
            else { continue }
            passed[view.phase * approaches + place] += count
            seconds[view.phase * approaches + place] += 1
        }
    }

    /// How much of saturation a phase serves of an approach: what is expected, and more and more what was seen.
    func rate(phase: Int, approach: Int, expected: Float, _ values: StreetValues) -> Float {
        guard expected > 0.01 else { return 0 }
        let place = phase * approaches + approach
        let rate = (expected * values.patience + passed[place] * values.headway) / (values.patience + seconds[place])
        return min(1.1, max(0.05, rate))
    }
}
