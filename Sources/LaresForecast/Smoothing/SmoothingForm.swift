/// What a model of exponential smoothing is made of: its errors, its trend and its season, as in ETS(A,Ad,M).
///
/// The taxonomy is that of Hyndman, Koehler, Ord & Snyder, "Forecasting with Exponential Smoothing" (2008), chapter 2, without the
/// multiplicative trends, whose forecasts explode.
public struct SmoothingForm: Sendable, Hashable, CustomStringConvertible {
    /// How errors enter: as they are, or as a share of what was expected.
    public enum Errors: String, Sendable, CaseIterable { case additive = "A", multiplicative = "M" }
    /// What the level does from step to step: nothing, go on by the slope, or by ever less of it.
    public enum Trend: String, Sendable, CaseIterable { case none = "N", additive = "A", damped = "Ad" }
    /// What a season does: nothing, is added, or is a factor.
    public enum Season: String, Sendable, CaseIterable { case none = "N", additive = "A", multiplicative = "M" }

    /// How errors enter.
    public let errors: Errors
    /// What the level does.
    public let trend: Trend
    /// What a season does.
    public let season: Season

    /// A form of these parts.
    public init(_ errors: Errors, _ trend: Trend, _ season: Season) { (self.errors, self.trend, self.season) = (errors, trend, season) }

    /// The form that a name such as "ETS(M,Ad,A)" or "M,Ad,A" means; nil for what is none.
    public init?(_ name: String) {
        let inside = name.hasPrefix("ETS(") && name.hasSuffix(")") ? name.dropFirst(4).dropLast() : name[...]
        let parts = inside.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let errors = Errors(rawValue: parts[0]), let trend = Trend(rawValue: parts[1]),
            let season = Season(rawValue: parts[2])
        else { return nil }
        self.init(errors, trend, season)
    }

    /// As the book writes it: `ETS(A,Ad,M)`.
    public var description: String { "ETS(\(errors.rawValue),\(trend.rawValue),\(season.rawValue))" }

    /// Whether it can only follow values above zero.
    public var needsPositive: Bool { errors == .multiplicative || season == .multiplicative }

    /// All forms whose variance is finite: additive errors don't go with factors.
    public static let all: [SmoothingForm] = Errors.allCases.flatMap { errors in
        Season.allCases.filter { errors == .multiplicative || $0 != .multiplicative }.flatMap { season in
            Trend.allCases.map { SmoothingForm(errors, $0, season) }
        }
    }
}

/// A form with all that is to be decided before it can be fitted.
package struct SmoothingDesign: Sendable, Hashable {
    /// Errors, trend, season.
    package var form: SmoothingForm
    /// The lengths of its seasons: none, one, or two of which the second is a multiple of the first (Taylor 2003).
    package var seasons: [Int]
    /// Whether what is left over tells of what will be left over at the next step (an autoregression of order 1).
    package var isCorrelated = false
    /// Whether it follows the logarithms, so that what is added there is a factor.
    package var isLogarithmic = false

    package init(_ form: SmoothingForm, seasons: [Int], isCorrelated: Bool = false, isLogarithmic: Bool = false) {
        (self.form, self.seasons, self.isCorrelated, self.isLogarithmic) = (form, seasons, isCorrelated, isLogarithmic)
    }

    /// Whether it can only follow values above zero.
    package var needsPositive: Bool { form.needsPositive || isLogarithmic }

    /// The field's name of it, such as `ETS(A,Ad,A)[24,168]+AR(1)`.
    package var name: String {
        let cycles = seasons.isEmpty ? "" : "[\(seasons.map(String.init).joined(separator: ","))]"
        return (isLogarithmic ? "log " : "") + form.description + cycles + (isCorrelated ? "+AR(1)" : "")
    }

    /// Numbers that are chosen by the data: weights, the states at the beginning, and the variance.
    package var parameterCount: Int {
        let weights = 1 + (form.trend == .none ? 0 : form.trend == .damped ? 2 : 1) + seasons.count + (isCorrelated ? 1 : 0)
        return weights + 1 + (form.trend == .none ? 0 : 1) + seasons.reduce(0) { $0 + $1 - 1 } + 1
    }
}
