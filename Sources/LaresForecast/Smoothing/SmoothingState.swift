/// How much each part of a model gives way to an error.
package struct SmoothingWeights: Sendable, Hashable {
    /// The level's share, α.
    package var level: Double
    /// The slope's share, β; 0 without a trend.
    package var slope: Double = 0
    /// What remains of the slope at each step, φ; 1 where it isn't damped.
    package var damping: Double = 1
    /// The shares of the seasons, γ, as many as there are.
    package var seasons: [Double] = []
    /// How much of what is left over is left over at the next step, ρ.
    package var correlation: Double = 0

    package init(level: Double, slope: Double = 0, damping: Double = 1, seasons: [Double] = [], correlation: Double = 0) {
        (self.level, self.slope, self.damping, self.seasons, self.correlation) = (level, slope, damping, seasons, correlation)
    }
}

/// What a model knows before a step.
package struct SmoothingState: Sendable, Hashable {
    /// Where the series is, without its seasons.
    package var level: Double
    /// By how much the level goes on; 0 without a trend.
    package var slope: Double = 0
    /// The seasons, each beginning with the step that comes next.
    package var seasons: [[Double]] = []
    /// What was left over at the last step.
    package var residual: Double = 0

    package init(level: Double, slope: Double = 0, seasons: [[Double]] = [], residual: Double = 0) {
        (self.level, self.slope, self.seasons, self.residual) = (level, slope, seasons, residual)
    }

    /// Whether all of it are numbers.
    var isFinite: Bool { level.isFinite && slope.isFinite && residual.isFinite && seasons.allSatisfy { $0.allSatisfy(\.isFinite) } }

    /// The state seen from `steps` later, as far as its seasons go.
    func rotated(by steps: Int) -> SmoothingState {
        var state = self
        state.seasons = seasons.map { season in
            let shift = ((steps % season.count) + season.count) % season.count
            return Array(season[shift...] + season[..<shift])
        }
        return state
    }

    /// The next `steps` values when nothing unexpected comes.
    func continued(_ steps: Int, _ design: SmoothingDesign, _ weights: SmoothingWeights) -> [Double] {
        var (level, slope, residual) = (level, slope, residual)
        return (0..<steps).map { step in
            slope *= weights.damping
            level += slope
            residual *= weights.correlation
            if design.form.season == .multiplicative { return level * (seasons.first.map { $0[step % $0.count] } ?? 1) }
            return seasons.reduce(level + residual) { $0 + $1[step % $1.count] }
        }
    }
}
