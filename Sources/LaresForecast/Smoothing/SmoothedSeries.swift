import Glibc

/// A series that a model of exponential smoothing follows: what was learnt from it.
package struct SmoothedSeries: Sendable, Hashable {
    /// What the model is made of.
    package let design: SmoothingDesign
    /// How much its parts give way.
    package let weights: SmoothingWeights
    /// Its state before the first value; like all states in units of `scale`.
    package let first: SmoothingState
    /// Its state after the last.
    package let last: SmoothingState
    /// What values are divided by.
    package let scale: Double
    /// Twice the negative logarithm of the likelihood and, with it, what the parameters cost (Hurvich & Tsai 1989); infinite when there are too
    /// few values for the parameters.
    package let criterion: Double
    /// The logarithm of the likelihood.
    package let logLikelihood: Double

    /// What fits a series best; nil when this design can't follow it: too short, or not above zero.
    package init?(_ values: [Double], _ design: SmoothingDesign) {
        let scale = SmoothedSeries.scale(of: values)
        guard let prepared = design.prepared(values, scale, strictly: true), let problem = SmoothingProblem(design, prepared),
            let (weights, first, _) = problem.solved()
        else { return nil }
        self.init(design, weights, first, scale: scale, following: prepared, values)
    }

    /// A model whose weights and first state are known.
    package init?(_ values: [Double], _ design: SmoothingDesign, weights: SmoothingWeights, first: SmoothingState) {
        guard let prepared = design.prepared(values, 1, strictly: true) else { return nil }
        self.init(design, weights, first, scale: 1, following: prepared, values)
    }

    private init(
        _ design: SmoothingDesign, _ weights: SmoothingWeights, _ first: SmoothingState, scale: Double, following prepared: [Double],
        _ values: [Double]
    ) {
        var lanes = SmoothingLanes(design, [(weights, first)])
        lanes.follow(prepared)
        (self.design, self.weights, self.first, self.scale) = (design, weights, first, scale)
        last = lanes.state(design)
        let count = Double(lanes.known), parameters = Double(design.parameterCount)
        // What is likely of logarithms is less likely of the values by their product.
        let stretch = design.isLogarithmic ? 2 * prepared.known.reduce(0, +) : 0
        let deviance = count * (log(2 * .pi) + 1 + lanes.criterion[0] + 2 * log(scale)) + stretch
        logLikelihood = -deviance / 2
        let room = count - parameters - 1
        criterion = room > 0 ? deviance + 2 * parameters + 2 * parameters * (parameters + 1) / room : .infinity
    }

    /// All of it, as read from a file.
    package init(
        _ design: SmoothingDesign, _ weights: SmoothingWeights, first: SmoothingState, last: SmoothingState, scale: Double,
        criterion: Double,
        logLikelihood: Double
    ) {
        (self.design, self.weights, self.first, self.last, self.scale) = (design, weights, first, last, scale)
        (self.criterion, self.logLikelihood) = (criterion, logLikelihood)
    }

    /// The largest value.
    private static func scale(of values: [Double]) -> Double {
        let largest = values.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
        return largest > 1e-290 ? largest : 1
    }

    /// The next `steps` values after a state.
    package func continued(_ state: SmoothingState, steps: Int) -> [Double] {
        state.continued(steps, design, weights).map { value in
            let value = (design.isLogarithmic ? exp(min(value, 700)) : value) * scale
            return value.isFinite ? value : value > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude
        }
    }

    /// The state after values that begin in a state; values that a model with factors loses its way on change nothing.
    package func state(after values: [Double], from state: SmoothingState) -> SmoothingState {
        guard !values.isEmpty, let prepared = design.prepared(values, scale, strictly: false) else { return state }
        var lanes = SmoothingLanes(design, [(weights, state)])
        lanes.follow(prepared)
        let after = lanes.state(design)
        return after.isFinite ? after : state
    }

    /// How far forecasts of some steps were from what came, in the mean, at the last 28 times a stride apart; nil when nothing came, or there are
    /// fewer times. The weights are those of the whole series, the states those of each time.
    func recentError(in values: [Double], steps: Int, stride: Int) -> Double? {
        let times = 28
        var begin = values.count - steps - (times - 1) * stride
        guard begin > 0 else { return nil }
        var state = state(after: Array(values[..<begin]), from: first), errors = ForecastErrors()
        for time in 0..<times {
            for (step, value) in continued(state, steps: steps).enumerated() { errors.take(values[begin + step], forecast: value) }
            guard time + 1 < times else { break }
            state = self.state(after: Array(values[begin..<(begin + stride)]), from: state)
            begin += stride
        }
        return errors.count > 0 ? errors.mae : nil
    }

    /// A state that knows the seasons as they were at last, and the level of other values than those that were learnt from.
    ///
    /// - Parameter offset: Steps from the end of what was learnt from to the first of the values.
    package func state(before values: [Double], offset: Int) -> SmoothingState {
        var state = last.rotated(by: offset)
        (state.slope, state.residual) = (0, 0)
        let cycle = max(1, min(values.count, design.seasons.last ?? 1))
        guard let prepared = design.prepared(Array(values.prefix(cycle)), scale, strictly: false) else { return state }
        let isFactor = design.form.season == .multiplicative
        let level = prepared.enumerated().compactMap { place, value -> Double? in
            guard !value.isNaN else { return nil }
            let seasons = state.seasons.map { $0[place % $0.count] }
            return isFactor ? seasons.first.map { $0 > 0 ? value / $0 : value } ?? value : value - seasons.reduce(0, +)
        }.mean
        state.level = level ?? state.level
        return state
    }
}

extension SmoothingDesign {
    /// Values as the filter follows them. What isn't above zero where it has to be is missing, or refused by nil.
    fileprivate func prepared(_ values: [Double], _ scale: Double, strictly: Bool) -> [Double]? {
        if strictly, needsPositive, values.contains(where: { $0 <= 0 }) { return nil }
        return values.map { value in
            if needsPositive, value <= 0 { return .nan }
            let scaled = value / scale
            // A billion times what was learnt isn't of the same series, and its square would leave the range of doubles.
            if !strictly, abs(scaled) > 1e9 { return .nan }
            return isLogarithmic ? log(scaled) : scaled
        }
    }
}
