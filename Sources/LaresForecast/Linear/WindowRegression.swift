import LaresTensor

/// What ridge regression needs to know of windows: means and covariances of what is looked back on and of what comes.
struct WindowRegression: Sendable {
    let lookback: Int, horizon: Int
    private let count: Double
    private let means: [Double]
    private let inner: DoubleMatrix
    private let cross: DoubleMatrix
    private let targetVariance: Double

    /// From sums over windows of `lookback + horizon` values; values are taken less the last one that is looked back on where the form wants it so.
    init(_ products: WindowProducts, lookback: Int, form: LinearForm) {
        (self.lookback, horizon) = (lookback, products.width - lookback)
        count = products.count
        let n = max(1, count), width = products.width, from = form.reference(lookback)
        // z - z[r] for all places at once: the products of differences follow from those of the values.
        let own = from.map { products.products[$0, $0] } ?? 0, at = from.map { products.sums[$0] } ?? 0
        let shared = from.map { r in (0..<width).map { products.products[$0, r] } } ?? [Double](repeating: 0, count: width)
        let means = products.sums.map { ($0 - at) / n }
        func covariance(_ i: Int, _ j: Int) -> Double {
            (products.products[i, j] - shared[i] - shared[j] + own) / n - means[i] * means[j]
        }
        var (inner, cross) = (DoubleMatrix(lookback, lookback), DoubleMatrix(lookback, width - lookback))
        for i in 0..<lookback {
            for j in 0..<lookback { inner[i, j] = covariance(i, j) }
            for j in lookback..<width { cross[i, j - lookback] = covariance(i, j) }
        }
        targetVariance = (lookback..<width).reduce(0) { $0 + covariance($1, $1) }
        (self.means, self.inner, self.cross) = (means, inner, cross)
    }

    /// Whether there are windows.
    var hasWindows: Bool { count > 0 }

    /// The map with the least squares plus `ridge` times the form's penalty, nil when a number isn't finite. The constants aren't penalised.
    func solved(ridge: Double, penalty: DoubleMatrix?) -> LinearMap? {
        var system = inner
        for i in 0..<lookback {
            if let penalty {
                for j in 0..<lookback { system[i, j] += ridge * penalty[i, j] }
            } else {
                system[i, i] += ridge
            }
        }
        guard let weights = CholeskyFactor(system)?.solved(cross) else { return nil }
        var constants = Array(means[lookback...])
        for i in 0..<lookback {
            for h in 0..<horizon { constants[h] -= weights[i, h] * means[i] }
        }
        return LinearMap(weights: weights, constants: constants)
    }

    /// The mean squared error of a map on these windows, without going through them.
    func error(of map: LinearMap) -> Double {
        let through = inner.times(map.weights)
        var (error, constants) = (targetVariance, zip(means[lookback...], map.constants).map { $0 - $1 })
        for i in 0..<lookback {
            for h in 0..<horizon {
                let weight = map.weights[i, h]
                error += weight * (through[i, h] - 2 * cross[i, h])
                constants[h] -= weight * means[i]
            }
        }
        return (error + constants.reduce(0) { $0 + $1 * $1 }) / Double(horizon)
    }
}

/// Weights `[lookback, horizon]` and a constant for each step.
struct LinearMap: Sendable {
    let weights: DoubleMatrix
    let constants: [Double]
}

/// How a linear forecaster sees a window (Zeng et al., "Are Transformers Effective for Time Series Forecasting?", arXiv 2205.13504).
public enum LinearForm: String, Sendable, Hashable, CaseIterable {
    /// Values less the last one, which is added again afterwards: NLinear. It bears levels that shift.
    case nlinear
    /// Trend (a moving average) and remainder, each with a map of its own: DLinear. Together they are one map whose ridge is a sum of two.
    case dlinear

    /// The place of the value that others are seen from.
    func reference(_ lookback: Int) -> Int? { self == .nlinear ? lookback - 1 : nil }

    /// What the ridge is of; nil: of the weights themselves.
    ///
    /// With maps `s` of the remainder and `t` of the trend `M x`, the sum is `w = (I - M)ᵀ s + Mᵀ t`; the least |s|² + |t|² for a given w is
    /// wᵀ ((I - M)ᵀ(I - M) + MᵀM)⁻¹ w, so that one system of the size of a window is solved in place of one twice as large.
    func penalty(_ lookback: Int) -> DoubleMatrix? {
        guard self == .dlinear else { return nil }
        let kernel = 25, half = kernel / 2, part = 1 / Double(kernel)
        var (sum, identity) = (DoubleMatrix(lookback, lookback), DoubleMatrix(lookback, lookback))
        // I - M - Mᵀ + 2 MᵀM; a row of M has few numbers.
        for i in 0..<lookback {
            (sum[i, i], identity[i, i]) = (sum[i, i] + 1, 1)
            let places = ((i - half)...(i + half)).map { min(max($0, 0), lookback - 1) }
            for j in places {
                sum[i, j] -= part
                sum[j, i] -= part
                for k in places { sum[j, k] += 2 * part * part }
            }
        }
        return CholeskyFactor(sum)?.solved(identity)
    }
}
