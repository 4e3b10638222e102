/// The signal's own programme: each green phase for its time, in its order, whoever comes. What remains when nothing else can be trusted.
public struct FixedTime: SignalController {
    private var place = 0

    /// From the programme's beginning.
    public init() {}

    /// The programme's phase of now.
    public mutating func wish(_ view: SignalView) -> Int? {
        let programme = view.plan.programme
        if programme[place].phase != view.phase {
            place = programme.indices.first { programme[$0].phase == view.phase } ?? 0
        }
        if view.green >= programme[place].seconds { place = (place + 1) % programme.count }
        return programme[place].phase
    }
}
