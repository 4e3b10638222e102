/// Those who wait at red while a controller is only compared, and whether it wishes for them before the programme lets them go.
///
/// A controller that doesn't look at the street wishes for some of them for ever and for others never; one that does wishes for all who wait long enough.
struct WishedWaits: Sendable {
    /// By approach: questions while somebody stood there, and whether one of the answers was a phase that serves it.
    private var asked: [Int], isWished: [Bool]
    /// Questions, a second each, before a wait counts: who decides every five or ten seconds has to have come to it.
    private static let least = 15
    /// Vehicles that are somebody, of loops too.
    private static let somebody: Float = 0.5

    init(_ plan: SignalPlan) {
        asked = .init(repeating: 0, count: plan.approaches.count)
        isWished = .init(repeating: false, count: plan.approaches.count)
    }

    /// What was before isn't the same wait.
    mutating func forget() {
        for place in asked.indices { (asked[place], isWished[place]) = (0, false) }
    }

    /// A second.
    ///
    /// - Parameters:
    ///   - phase: The phase that is green; nil: none.
    ///   - wish: The controller's; nil: it wasn't asked, or has none.
    /// - Returns: The waits that a green ended now.
    mutating func second(_ view: SignalView, phase: Int?, wish: Int?) -> [(approach: Int, isWished: Bool)] {
        var ended: [(Int, Bool)] = []
        for place in view.demand.indices {
            if let phase, view.plan.serves(place, in: phase) {
                if asked[place] >= Self.least { ended.append((place, isWished[place])) }
                (asked[place], isWished[place]) = (0, false)
            } else if let wish, view.demand[place].standing >= Self.somebody {
                asked[place] += 1
                isWished[place] = isWished[place] || view.plan.serves(place, in: wish)
            }
        }
        return ended
    }
}
