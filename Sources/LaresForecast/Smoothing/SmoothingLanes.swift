import Glibc

/// Eight doubles that are computed with side by side.
typealias Lanes = SIMD8<Double>

/// Eight filters of one design with weights and states of their own, which follow the same series side by side.
///
/// A step of one filter waits for its own last result most of the time, so that eight take little longer than one: an optimizer gets a whole
/// gradient for one walk over the series. The point forecasts of additive and of multiplicative errors follow the same recursions when they are
/// written with the error itself; only the likelihood differs (Hyndman et al. 2008, section 2.5).
struct SmoothingLanes {
    private let isFactor, isRelative: Bool
    private var level = Lanes(), slope = Lanes(), residual = Lanes()
    private var short: [Lanes], long: [Lanes]
    private var (shortPlace, longPlace) = (0, 0)
    private var alpha = Lanes(), beta = Lanes(), phi = Lanes(), gamma = Lanes(), delta = Lanes(), rho = Lanes()
    /// Sums of the squared errors, relative ones where errors are multiplicative.
    private(set) var squares = Lanes()
    /// Sums of the logarithms of what was expected, where errors are multiplicative.
    private(set) var logarithms = Lanes()
    private var product = Lanes(repeating: 1)
    private var refused = SIMDMask<SIMD8<Int64>>(repeating: false)
    /// Values that were there.
    private(set) var known = 0

    /// The filters of up to eight points; the first stands in for those that are not given.
    init(_ design: SmoothingDesign, _ points: [(weights: SmoothingWeights, state: SmoothingState)]) {
        isFactor = design.form.season == .multiplicative
        isRelative = design.form.errors == .multiplicative
        let nothing = isFactor ? 1.0 : 0
        short = Array(repeating: Lanes(repeating: nothing), count: design.seasons.first ?? 1)
        long = Array(repeating: Lanes(), count: design.seasons.count > 1 ? design.seasons[1] : 1)
        for lane in 0..<8 {
            let (weights, state) = points[lane < points.count ? lane : 0]
            (level[lane], slope[lane], residual[lane]) = (state.level, state.slope, state.residual)
            (alpha[lane], beta[lane], phi[lane], rho[lane]) = (weights.level, weights.slope, weights.damping, weights.correlation)
            if let season = state.seasons.first, let share = weights.seasons.first {
                gamma[lane] = share
                for place in short.indices { short[place][lane] = season[place] }
            }
            if state.seasons.count > 1, weights.seasons.count > 1 {
                delta[lane] = weights.seasons[1]
                for place in long.indices { long[place][lane] = state.seasons[1][place] }
            }
        }
    }

    /// Follows values; what is missing leaves the parts as they were expected to be.
    mutating func follow(_ values: [Double]) {
        isFactor ? followFactors(values) : followSums(values)
        logarithms += SmoothingLanes.logarithm(product)
        product = Lanes(repeating: 1)
    }

    private mutating func followSums(_ values: [Double]) {
        for value in values {
            let season = short[shortPlace], week = long[longPlace]
            let expectedLevel = level + phi * slope
            let expected = expectedLevel + season + week
            slope *= phi
            if value.isNaN {
                (level, residual) = (expectedLevel, rho * residual)
            } else {
                let guess = expected + rho * residual, error = value - guess
                level = expectedLevel + alpha * error
                slope += beta * error
                short[shortPlace] = season + gamma * error
                long[longPlace] = week + delta * error
                residual = value - expected
                count(error, guess)
            }
            turn()
        }
    }

    private mutating func followFactors(_ values: [Double]) {
        for value in values {
            let season = short[shortPlace]
            let expectedLevel = level + phi * slope
            slope *= phi
            level = expectedLevel
            if !value.isNaN {
                let guess = expectedLevel * season, error = value - guess
                let perLevel = error / season
                level += alpha * perLevel
                slope += beta * perLevel
                short[shortPlace] = season + gamma * error / expectedLevel
                count(error, guess)
            }
            turn()
        }
    }

    @inline(__always)
    private mutating func count(_ error: Lanes, _ guess: Lanes) {
        known += 1
        guard isRelative || isFactor else {
            squares += error * error
            return
        }
        refused .|= guess .<= 0
        guard isRelative else {
            squares += error * error
            return
        }
        let relative = error / guess
        squares += relative * relative
        product *= guess
        // Logarithms of products of 16 take a sixteenth of the time: values are at most 1, and those near 1e-19 are no loads.
        if known & 15 == 0 {
            logarithms += SmoothingLanes.logarithm(product)
            product = Lanes(repeating: 1)
        }
    }

    @inline(__always)
    private mutating func turn() {
        shortPlace += 1
        if shortPlace == short.count { shortPlace = 0 }
        longPlace += 1
        if longPlace == long.count { longPlace = 0 }
    }

    private static func logarithm(_ lanes: Lanes) -> Lanes {
        var result = Lanes()
        for lane in 0..<8 { result[lane] = log(lanes[lane]) }
        return result
    }

    /// Twice the negative logarithm of the likelihood over the number of values, but for a constant; infinite where a lane left what it can follow.
    var criterion: Lanes {
        var result = Lanes(repeating: .infinity)
        let count = Double(max(1, known))
        for lane in 0..<8 where !refused[lane] {
            // Nothing is predicted better than to some last digits.
            let value = log(max(squares[lane] / count, 1e-24)) + 2 * logarithms[lane] / count
            if value.isFinite { result[lane] = value }
        }
        return result
    }

    /// The first filter's state before the next step.
    func state(_ design: SmoothingDesign) -> SmoothingState {
        let seasons = [(short, shortPlace), (long, longPlace)].prefix(design.seasons.count).map { season, place in
            (season[place...] + season[..<place]).map { $0[0] }
        }
        return SmoothingState(level: level[0], slope: slope[0], seasons: seasons, residual: residual[0])
    }
}
