/// Watches whether a served forecaster has become worse, by the test of Page and Hinkley (Page 1954, Hinkley 1971). Constant memory.
///
///     var drift = try ErrorDrift(usual: backtest.overall.mae)
///     if drift.take(error: actual - forecast) { … learn anew, and watch from the beginning … }
public struct ErrorDrift: Sendable, Hashable {
    /// The mean absolute error that is usual, as a back-test found it.
    public let usual: Double
    /// By which share errors may be larger than usual without counting.
    public let tolerance: Double
    /// What the errors beyond that may add up to, in units of the usual error.
    public let threshold: Double
    /// What they add up to since it was least; never below 0.
    public private(set) var excess = 0.0
    /// Whether it was ever above the threshold.
    public private(set) var hasDrifted = false

    /// - Parameters:
    ///   - tolerance: 0.25 lets errors be a quarter larger.
    ///   - threshold: 30 takes about 40 errors of twice the usual size.
    /// - Throws: `ForecastError.badSetting` for a usual error or a threshold that isn't above 0, or a tolerance below 0.
    public init(usual: Double, tolerance: Double = 0.25, threshold: Double = 30) throws {
        guard usual > 0, usual.isFinite else { throw ForecastError(.badSetting, "the usual error is \(usual): it has to be above 0") }
        guard tolerance >= 0, tolerance.isFinite, threshold > 0, threshold.isFinite else {
            throw ForecastError(.badSetting, "a tolerance of \(tolerance) and a threshold of \(threshold): both have to be above 0")
        }
        (self.usual, self.tolerance, self.threshold) = (usual, tolerance, threshold)
    }

    /// Goes on with what errors added up to before, as ``excess`` and ``hasDrifted`` said it.
    public func continued(excess: Double, hasDrifted: Bool) -> ErrorDrift {
        var drift = self
        (drift.excess, drift.hasDrifted) = (max(0, excess.isFinite ? excess : 0), hasDrifted)
        return drift
    }

    /// Takes in what came less what was said, and says whether it is time to learn anew; a missing one changes nothing.
    ///
    /// One error counts for ten usual ones at most: a single outlier is no drift.
    @discardableResult public mutating func take(error: Double) -> Bool {
        guard !error.isNaN else { return hasDrifted }
        excess = max(0, excess + min(abs(error) / usual, 10) - 1 - tolerance)
        if excess > threshold { hasDrifted = true }
        return hasDrifted
    }
}
