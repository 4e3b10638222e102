/// The phase with the greatest pressure: those who stand before it less those who stand behind it (Varaiya 2013), decided every few seconds.
public struct MaxPressure: SignalController {
    /// Seconds between two decisions.
    public let interval: Int

    /// RESCO decides every 10 s; 5 s is better on its small maps.
    public init(interval: Int = 5) { self.interval = interval }

    /// The phase with the greatest pressure; the phase that is shown, if none has more.
    public mutating func wish(_ view: SignalView) -> Int? {
        greatest(view, every: interval) { $0.standing - $0.standingBehind }
    }
}

/// The phase that serves most vehicles, whether they stand or come, within 50 m (RESCO's greedy controller), decided every few seconds.
public struct MaxWave: SignalController {
    /// Seconds between two decisions.
    public let interval: Int

    /// RESCO decides every 10 s.
    public init(interval: Int = 5) { self.interval = interval }

    /// The phase with most vehicles; the phase that is shown, if none has more.
    public mutating func wish(_ view: SignalView) -> Int? { greatest(view, every: interval, \.near) }
}

private func greatest(_ view: SignalView, every interval: Int, _ value: (ApproachDemand) -> Float) -> Int {
    guard Int(view.time) % max(1, interval) == 0 else { return view.phase }
    let scores = view.plan.phases.indices.map { view.total(over: $0, value) }
    let best = scores.indices.max { scores[$0] < scores[$1] } ?? view.phase
    return scores[best] > scores[view.phase] ? best : view.phase
}
