import LaresTensor

/// One linear map from the last steps to the next, by ridge regression over all windows of all series: NLinear and DLinear in closed form.
///
///     let model = try LinearForecaster(horizon: 96, lookbacks: [168, 336, 504])
///     let next = try model.fitted(to: history).forecast(history, steps: 96)
///
/// Look-back and ridge are those with the least squared error over the last part of the history; with them all of it is learnt. Series are
/// standardised. What is known beforehand (calendar, weather, holidays) takes part by a regression of each series, whose remainder the map forecasts.
/// Windows with missing targets, and those of which half is missing, don't count; single gaps are filled from a season before.
public struct LinearForecaster: Forecaster {
    /// How a window is seen.
    public let form: LinearForm
    /// Steps that are forecast at once.
    public let horizon: Int
    /// Steps that may be looked back on.
    public let lookbacks: [Int]
    /// Ridges that are tried, relative to the variance of a standardised series.
    public let ridges: [Double]
    /// Steps of a season, from which gaps are filled.
    public let season: Int?
    /// Whether all series share one map; otherwise each has its own.
    public let isPooled: Bool
    /// The share of the history, at its end, that settings are chosen on.
    public let validation: Double

    /// The ridges that are tried unless told otherwise.
    public static let usualRidges = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]

    /// - Throws: `ForecastError.badSetting` for a horizon or look-back that isn't from 1 to 20,000, a ridge that is negative or infinite, a share
    ///   that isn't between 0 and 0.9, or nothing to choose from.
    public init(
        _ form: LinearForm = .nlinear, horizon: Int, lookbacks: [Int], ridges: [Double] = LinearForecaster.usualRidges, season: Int? = nil,
        isPooled: Bool = true, validation: Double = 0.2
    ) throws {
        guard (1...WindowBounds.horizon).contains(horizon) else {
            throw ForecastError(.badSetting, "the horizon is \(horizon) steps: it has to be from 1 to \(WindowBounds.horizon)")
        }
        if let odd = lookbacks.first(where: { !(1...WindowBounds.lookback).contains($0) }) {
            throw ForecastError(.badSetting, "a look-back is \(odd) steps: it has to be from 1 to \(WindowBounds.lookback)")
        }
        if let odd = ridges.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw ForecastError(.badSetting, "a ridge is \(odd): it has to be 0 or more")
        }
        guard !lookbacks.isEmpty, !ridges.isEmpty, lookbacks.count <= 100, ridges.count <= 100 else {
            throw ForecastError(
                .badSetting, "\(lookbacks.count) look-backs and \(ridges.count) ridges to choose from: give 1 to 100 of each")
        }
        guard (0.0...0.9).contains(validation), season.map({ $0 > 0 }) ?? true else {
            throw ForecastError(
                .badSetting, "the share to choose on is \(validation) and the season \(season ?? 0): give 0 to 0.9, and 1 or more")
        }
        (self.form, self.horizon, self.lookbacks, self.ridges) = (form, horizon, lookbacks, ridges)
        (self.season, self.isPooled, self.validation) = (season, isPooled, validation)
    }

    /// `nlinear` or `dlinear`.
    public var name: String { form.rawValue }

    /// Chooses on the history's last part, then learns from all of it.
    ///
    /// - Throws: `ForecastError.tooShort` when no window fits.
    public func fitted(to history: Panel) throws -> any FittedForecaster { try learnt(from: history) }

    /// The same, with its type.
    public func learnt(from history: Panel) throws -> FittedLinear {
        let start = history.count - Int(Double(history.count) * validation)
        return try learnt(from: history, choosingOn: start..<history.count, thenFrom: history.count)
    }

    /// Learns from the steps before `choice`, chooses by the windows whose targets lie in `choice`, and learns from the steps before `end`.
    ///
    /// Scales are those of the steps before `choice`, or before `end` when that is later.
    package func learnt(from panel: Panel, choosingOn choice: Range<Int>, thenFrom end: Int) throws -> FittedLinear {
        let data = LinearData(panel, before: max(end, choice.lowerBound), season: season)
        let groups = isPooled ? [Array(panel.series.indices)] : panel.series.indices.map { [$0] }
        let fits = try groups.map { group in
            let best = try chosen(data, group, choice)
            if end == choice.lowerBound, let fit = best.fit { return fit }
            guard let fit = data.fit(group, before: end, best.setting) else { throw tooShort(panel.count) }
            return fit
        }
        return FittedLinear(form: form, horizon: horizon, season: season, data: data, fits: fits)
    }

    private func tooShort(_ count: Int) -> ForecastError {
        let least = lookbacks.min() ?? 1
        return ForecastError(
            .tooShort,
            "\(count) steps hold no window of \(least) steps and the \(horizon) after them without gaps: give a longer history, "
                + "or look back on less")
    }

    /// The look-back is chosen at a middle ridge, then the ridge: errors change little with it, and a full grid takes four times as long.
    private func chosen(_ data: LinearData, _ group: [Int], _ choice: Range<Int>) throws -> (setting: LinearSetting, fit: LinearFit?) {
        var best: (setting: LinearSetting, fit: LinearFit?, error: Double)?
        func look(
            _ lookback: Int, _ sums: (training: WindowRegression, choice: WindowRegression), _ penalty: DoubleMatrix?, _ ridge: Double
        ) {
            guard let map = sums.training.solved(ridge: ridge, penalty: penalty) else { return }
            let error = sums.choice.hasWindows ? sums.choice.error(of: map) : Double(lookback)
            guard error < best?.error ?? .infinity else { return }
            let setting = LinearSetting(form: form, lookback: lookback, horizon: horizon, ridge: ridge)
            best = (setting, LinearFit(setting, map, error: sums.choice.hasWindows ? error : nil), error)
        }
        let middle = ridges.sorted()[ridges.count / 2]
        for lookback in lookbacks.sorted() {
            guard let sums = data.sums(group, choice, form, lookback: lookback, horizon: horizon) else { continue }
            look(lookback, sums, form.penalty(lookback), middle)
        }
        guard let lookback = best?.setting.lookback, let sums = data.sums(group, choice, form, lookback: lookback, horizon: horizon) else {
            // No window fits before the part to choose on: the least demanding setting, from all there is.
            return (LinearSetting(form: form, lookback: lookbacks.min() ?? 1, horizon: horizon, ridge: middle), nil)
        }
        let penalty = form.penalty(lookback)
        for ridge in ridges where ridge != middle { look(lookback, sums, penalty, ridge) }
        return (best?.setting ?? LinearSetting(form: form, lookback: lookback, horizon: horizon, ridge: middle), best?.fit)
    }
}

/// What a linear forecaster is learnt with.
struct LinearSetting: Sendable, Hashable {
    let form: LinearForm
    let lookback: Int, horizon: Int
    let ridge: Double
}

/// A map that was learnt.
struct LinearFit: Sendable {
    let setting: LinearSetting
    let weights: Tensor
    let constants: Tensor
    /// The mean squared error on what the setting was chosen on, of standardised series; nil without such windows.
    let error: Double?

    init(_ setting: LinearSetting, _ map: LinearMap, error: Double?) {
        (self.setting, self.error) = (setting, error)
        weights = Tensor(map.weights.numbers.map(Float.init), [setting.lookback, setting.horizon])
        constants = Tensor(map.constants.map(Float.init))
    }

    init(_ setting: LinearSetting, weights: Tensor, constants: Tensor, error: Double?) {
        (self.setting, self.weights, self.constants, self.error) = (setting, weights, constants, error)
    }

    /// Windows `[n, lookback]` to `[n, horizon]`.
    func callAsFunction(_ windows: Tensor) -> Tensor {
        guard let place = setting.form.reference(setting.lookback) else { return linear(windows, weights, constants) }
        let last = windows.slice(place..<(place + 1), along: 1)
        return linear(windows - last, weights, constants) + last
    }
}
