import LaresTensor

/// Networks that have learnt to forecast; their mean is the forecast.
public struct FittedNeural: WindowForecaster {
    let plan: SpaceTimePlan
    let centre: WindowCentre
    let season: Int?
    let clock: LocalClock
    let step: Int64
    let scales: [SeriesScale]
    let knownScale: KnownScale
    let networks: [SpaceTimeNetwork]
    /// The place of its first series among those that the networks learnt.
    var first = 0

    /// How many series it forecasts.
    public var seriesCount: Int { scales.count }
    /// Steps that it looks back on.
    public var lookback: Int { plan.lookback }
    /// Steps that it forecasts at once.
    public var horizon: Int { plan.horizon }

    /// Forecasts from some places of a panel, `[origins, series, horizon]`.
    ///
    /// - Throws: ``ForecastError``: `tooShort`; `badSeries` also for a panel with another step than the one it learnt.
    public func forecasts(_ panel: Panel, from origins: [Int]) throws -> [Double] {
        try check(panel, origins)
        guard panel.step == step else {
            throw ForecastError(.badSeries, "the history has a value every \(panel.step) ms, the forecaster learnt one every \(step) ms")
        }
        try knownScale.check(panel, until: knownScale.scales.isEmpty ? 0 : (origins.max() ?? 0) + horizon)
        var settings = NeuralSettings(lookback: lookback, horizon: horizon)
        (settings.centre, settings.season, settings.clock) = (centre, season, clock)
        let source = WindowSource(
            NeuralForecaster.filled(panel, scales, settings), known: knownScale.scaled(panel.known), panel, settings)
        let places = origins.flatMap { origin in scales.indices.map { (series: $0, origin: origin) } }
        var result: [Double] = []
        result.reserveCapacity(places.count * horizon)
        for from in stride(from: 0, to: places.count, by: 1024) {
            append(source, Array(places[from..<min(places.count, from + 1024)]), &result)
        }
        return result
    }

    /// One series by itself, forecast by the networks that learnt all.
    func alone(_ place: Int) -> FittedNeural {
        FittedNeural(
            plan: plan, centre: centre, season: season, clock: clock, step: step, scales: [scales[place]], knownScale: knownScale,
            networks: networks, first: first + place)
    }

    private func append(_ source: WindowSource, _ places: [(series: Int, origin: Int)], _ result: inout [Double]) {
        let batch = source.batch(places, first: first)
        var sum = networks[0](batch)
        for network in networks.dropFirst() { sum = sum + network(batch) }
        let mean = sum / Float(networks.count)
        mean.withFloats { mean in
            for (row, (series, _)) in places.enumerated() {
                for step in 0..<horizon {
                    result.append(scales[series].unscaled(Double(mean[row * horizon + step]) + Double(batch.centres[row])))
                }
            }
        }
    }
}
