import Glibc

/// Means of errors over forecasts, taken in one by one; NaN while there are none.
public struct ForecastErrors: Sendable, Hashable {
    /// Values that were compared: those that came.
    public private(set) var count = 0
    private var absolute = 0.0, squares = 0.0, sum = 0.0, scaled = 0.0, shares = 0.0, symmetric = 0.0
    private var scaledCount = 0, shareCount = 0

    /// Nothing yet.
    public init() {}

    /// Takes in a forecast and what came of it; what is missing counts for nothing.
    ///
    /// - Parameter scale: What the error is divided by for ``mase``; with NaN it counts for the other means only.
    public mutating func take(_ actual: Double, forecast: Double, scale: Double = .nan) {
        guard !actual.isNaN, !forecast.isNaN else { return }
        let error = actual - forecast
        count += 1
        absolute += abs(error)
        squares += error * error
        sum += error
        if !scale.isNaN {
            scaledCount += 1
            scaled += abs(error) / scale
        }
        if actual != 0 {
            shareCount += 1
            shares += abs(error / actual)
        }
        let size = abs(actual) + abs(forecast)
        symmetric += size > 0 ? 2 * abs(error) / size : 0
    }

    /// Mean absolute error.
    public var mae: Double { absolute / Double(count) }
    /// Root of the mean squared error.
    public var rmse: Double { sqrt(squares / Double(count)) }
    /// Mean of what came less what was said: positive when forecasts are too low.
    public var bias: Double { sum / Double(count) }
    /// Mean absolute scaled error: 1 is what repeating the last season made in the history (Hyndman & Koehler 2006).
    public var mase: Double { scaled / Double(scaledCount) }
    /// Mean absolute error as a share of what came, in percent; zeros are left out.
    public var mape: Double { 100 * shares / Double(shareCount) }
    /// Twice the error as a share of what came and what was said together, in percent; 0 where both are 0.
    public var smape: Double { 100 * symmetric / Double(count) }
}

/// How well intervals keep their level, taken in one by one; NaN while there are none.
public struct IntervalErrors: Sendable, Hashable {
    /// The share of values that should lie inside.
    public let level: Double
    /// Values that were compared.
    public private(set) var count = 0
    private var inside = 0, widths = 0.0, losses = 0.0

    /// Nothing yet.
    public init(level: Double) { self.level = level }

    /// Takes in an interval and what came; what is missing counts for nothing.
    public mutating func take(_ actual: Double, lower: Double, upper: Double) {
        guard !actual.isNaN else { return }
        count += 1
        if actual >= lower, actual <= upper { inside += 1 }
        widths += upper - lower
        let tail = (1 - level) / 2
        losses += (IntervalErrors.loss(actual, lower, tail) + IntervalErrors.loss(actual, upper, 1 - tail)) / 2
    }

    /// The share of values that lay inside.
    public var coverage: Double { Double(inside) / Double(count) }
    /// Mean width.
    public var width: Double { widths / Double(count) }
    /// Mean pinball loss of both ends, as quantiles (Koenker & Bassett 1978).
    public var pinball: Double { losses / Double(count) }

    private static func loss(_ actual: Double, _ quantile: Double, _ share: Double) -> Double {
        actual >= quantile ? share * (actual - quantile) : (1 - share) * (quantile - actual)
    }
}
