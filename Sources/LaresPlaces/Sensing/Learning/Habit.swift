/// How long something usually takes, or how much of it is usual, learned from a sensor's own history in constant memory.
///
/// What counts as too much is ``factor`` times what 99 of 100 keep below, or half as much again as the most there was, whichever is more. What was too much
/// counts as the limit then was, and only as the most there was: each false alarm raises the limit by half at most, and one true fault doesn't make the sensor deaf to
/// the next.
struct Habit: Hashable, Sendable, Codable {
    private(set) var usual = QuantileEstimate(0.99)
    /// The most there was; fades by a thousandth with each observation, half of it after 700.
    private(set) var most = 0.0

    /// How many observations it takes before what was learned counts.
    static let evidence = 20
    static let factor = 4.0

    /// Between which limits learning goes on.
    struct Bounds: Hashable, Sendable {
        /// The limit until there is evidence.
        let beginning: Double
        /// The least that is ever learned.
        let least: Double
        /// The most that is ever learned.
        let most: Double

        init(_ beginning: Double, least: Double, most: Double) { (self.beginning, self.least, self.most) = (beginning, least, most) }
    }

    /// Takes in an observation.
    mutating func learn(_ amount: Double, _ bounds: Bounds) {
        guard amount.isFinite, amount >= 0 else { return }
        let limit = limit(bounds)
        most = max(most * 0.999, min(amount, limit))
        if amount <= limit { usual.take(amount) }
    }

    /// What is too much.
    func limit(_ bounds: Bounds) -> Double {
        let (floor, learned) =
            usual.count < Self.evidence ? (bounds.beginning, 0) : (bounds.least, Self.factor * (usual.value ?? 0))
        return min(bounds.most, max(floor, learned, 1.5 * most))
    }

    /// Twelve numbers.
    var kept: [Double] { [most] + usual.kept }

    init() {}

    /// Goes on from what was kept; nil for numbers that can't be.
    init?(kept: [Double]) {
        guard kept.count == 12, (0...1e15).contains(kept[0]), let usual = QuantileEstimate(0.99, kept: kept[1...]) else { return nil }
        (most, self.usual) = (kept[0], usual)
    }
}
