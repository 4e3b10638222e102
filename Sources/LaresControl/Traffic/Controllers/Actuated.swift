/// Each phase in the programme's order for as long as vehicles come, as most of today's adaptive signals do.
///
/// A phase ends when nobody it serves is within `gap` seconds of the stop line, or after `maximumGreen` if somebody waits elsewhere; phases that nobody
/// waits for are left out.
public struct Actuated: SignalController {
    /// The longest green while others wait, in seconds.
    public var maximumGreen = 50

    /// As the maps of RESCO set it: 50 s at most.
    public init() {}

    /// The phase that is shown, or the next one that somebody waits for.
    public mutating func wish(_ view: SignalView) -> Int? {
        let comes = view.plan.priority[view.phase].indices.contains { place in
            view.plan.priority[view.phase][place] > 0 && view.demand[place].presence > 0
        }
        if comes, view.green < maximumGreen { return view.phase }
        let count = view.plan.phases.count
        return (1..<count).map { (view.phase + $0) % count }.first { waits(for: $0, view) } ?? view.phase
    }

    /// Whether somebody is there whom this phase serves and the one that is shown doesn't.
    private func waits(for phase: Int, _ view: SignalView) -> Bool {
        view.demand.indices.contains { place in
            let serves = { (phase: Int) in view.plan.priority[phase][place] + view.plan.yielding[phase][place] > 0 }
            return view.demand[place].presence > 0 && serves(phase) && !serves(view.phase)
        }
    }
}
