import Glibc

/// A series and a design for which weights are sought, as a function of free numbers without bounds.
///
/// Values are divided by the largest of them, so that neither the tiny nor the huge leave what doubles can square.
struct SmoothingProblem {
    let design: SmoothingDesign
    let values: [Double]
    let start: SmoothingState
    /// How far the level, the slope and the seasons move for 1.
    private let reach: Double
    /// Whether the seasons at the beginning are sought too, rather than estimated once. Long series forget them.
    private let seeksSeasons: Bool

    /// nil when the series is too short for a season to be seen twice.
    init?(_ design: SmoothingDesign, _ values: [Double]) {
        guard let start = SmoothingStart(values: values, design: design).state else { return nil }
        (self.design, self.values, self.start) = (design, values, start)
        let known = values.known, mean = known.mean ?? 0
        reach = max(sqrt(known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, known.count))), 1e-9)
        let length = design.seasons.reduce(0, +)
        seeksSeasons = length <= 64 && length * values.count <= 10_000
    }

    /// The weights and first states that free numbers stand for; what is allowed is what the book calls usual (section 2.6).
    func point(_ free: [Double]) -> (weights: SmoothingWeights, state: SmoothingState) {
        var free = free[...], state = start
        func next() -> Double { free.popFirst() ?? 0 }
        func share(_ low: Double, _ high: Double) -> Double { low + max(0, high - low) / (1 + exp(-next())) }
        var weights = SmoothingWeights(level: share(1e-4, 0.9999))
        if design.form.trend != .none { weights.slope = share(1e-4, weights.level) }
        if design.form.trend == .damped { weights.damping = share(0.8, 0.98) }
        weights.seasons = design.seasons.map { _ in share(1e-4, 1 - weights.level) }
        if design.isCorrelated { weights.correlation = share(-0.5, 0.995) }
        state.level += reach * next()
        if design.form.trend != .none { state.slope += 0.1 * reach * next() }
        if seeksSeasons {
            let reach = design.form.season == .multiplicative ? 0.2 : reach
            state.seasons = state.seasons.map { season in
                let moved = season.map { $0 + reach * next() }
                return moved
            }
        }
        return (weights, state)
    }

    /// The points to look at first: a slow and a fast level, little and much of everything else.
    private var starts: [[Double]] {
        let states = [Double](
            repeating: 0, count: 1 + (design.form.trend == .none ? 0 : 1) + (seeksSeasons ? design.seasons.reduce(0, +) : 0))
        return [(-3.0, -3.0), (-1.5, -3), (0, -3), (2, -2), (4, -2), (-1.5, -1), (-3, 0), (0, 0)].map { level, other in
            var free = [level]
            if design.form.trend != .none { free.append(other - 1) }
            if design.form.trend == .damped { free.append(1) }
            free += design.seasons.map { _ in other }
            if design.isCorrelated { free.append(level < 0 ? 1.5 : 0) }
            return free + states
        }
    }

    /// What fits best; nil when no weights keep the filter within what it can follow.
    func solved() -> (weights: SmoothingWeights, state: SmoothingState, criterion: Double)? {
        let descent = LaneDescent(
            values: { points in
                var lanes = SmoothingLanes(design, points.map(point))
                lanes.follow(values)
                return lanes.criterion
            }, tolerance: max(1e-4 / Double(max(1, values.count)), 1e-6))
        let found = descent.minimum(from: starts)
        guard found.value.isFinite else { return nil }
        let (weights, state) = point(found.point)
        return (weights, state, found.value)
    }
}
