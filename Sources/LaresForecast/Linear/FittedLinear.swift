import LaresTensor

/// A linear forecaster that has learnt.
public struct FittedLinear: WindowForecaster {
    /// How a window is seen.
    public let form: LinearForm
    /// Steps that are forecast at once.
    public let horizon: Int
    let season: Int?
    let scales: [SeriesScale]
    let knownScale: KnownScale
    let effects: [CovariateEffect]
    /// One for all series, or one for each.
    let fits: [LinearFit]

    init(form: LinearForm, horizon: Int, season: Int?, data: LinearData, fits: [LinearFit]) {
        self.init(
            form: form, horizon: horizon, season: season, scales: data.scales, knownScale: data.knownScale, effects: data.effects,
            fits: fits)
    }

    init(
        form: LinearForm, horizon: Int, season: Int?, scales: [SeriesScale], knownScale: KnownScale, effects: [CovariateEffect],
        fits: [LinearFit]
    ) {
        (self.form, self.horizon, self.season, self.fits) = (form, horizon, season, fits)
        (self.scales, self.knownScale, self.effects) = (scales, knownScale, effects)
    }

    /// How many series it forecasts.
    public var seriesCount: Int { scales.count }
    /// The most steps that a map looks back on.
    public var lookback: Int { fits.map(\.setting.lookback).max() ?? 1 }
    /// The ridge of each map.
    public var ridges: [Double] { fits.map(\.setting.ridge) }
    /// The mean squared error of each map where its setting was chosen, of standardised series; nil without windows to choose on, or when the
    /// map was learnt again from all there is.
    public var errors: [Double?] { fits.map(\.error) }

    /// Forecasts from some places of a panel, `[origins, series, horizon]`.
    ///
    /// - Throws: ``ForecastError``: `tooShort`, `badSeries`.
    public func forecasts(_ panel: Panel, from origins: [Int]) throws -> [Double] {
        try check(panel, origins)
        try knownScale.check(panel, until: (origins.max() ?? 0) + (knownScale.scales.isEmpty ? 0 : horizon))
        let known = knownScale.scaled(panel.known)
        let data = LinearData(panel, known: known, scales, knownScale, effects, season: season)
        var result = [Double](repeating: 0, count: origins.count * scales.count * horizon)
        for (place, fit) in fits.enumerated() {
            let group = fits.count == 1 ? Array(scales.indices) : [place]
            let rows = origins.flatMap { origin in group.map { (origin, $0) } }
            let ahead = fit(windows(data, rows, fit.setting.lookback))
            ahead.withFloats { ahead in
                for (row, (_, series)) in rows.enumerated() {
                    let at = (row / group.count * scales.count + series) * horizon, origin = rows[row].0
                    for step in 0..<horizon {
                        let value = Double(ahead[row * horizon + step]) + effects[series].effect(known, at: origin + step)
                        result[at + step] = scales[series].unscaled(value)
                    }
                }
            }
        }
        return result
    }

    private func windows(_ data: LinearData, _ rows: [(origin: Int, series: Int)], _ lookback: Int) -> Tensor {
        var numbers: [Float] = []
        numbers.reserveCapacity(rows.count * lookback)
        for (origin, series) in rows {
            for value in data.series[series].values[(origin - lookback)..<origin] { numbers.append(Float(value)) }
        }
        return Tensor(numbers, [rows.count, lookback])
    }
}
