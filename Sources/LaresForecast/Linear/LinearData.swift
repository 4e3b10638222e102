/// Series as linear forecasters see them: standardised, less what is owed to covariates, gaps filled.
struct LinearData: Sendable {
    let scales: [SeriesScale]
    let knownScale: KnownScale
    let effects: [CovariateEffect]
    let series: [FilledSeries]

    /// Scales and effects are learnt from the steps before `end`.
    init(_ panel: Panel, before end: Int, season: Int?, hasCovariates: Bool = true) {
        let rows = hasCovariates ? panel.known : [], knownScale = KnownScale(of: rows, before: end), known = knownScale.scaled(rows)
        let scales = panel.series.map { SeriesScale(of: Array($0.prefix(end))) }
        let effects = zip(panel.series, scales).map { values, scale in
            CovariateEffect(values.prefix(end).map(scale.scaled)[...], known)
        }
        self.init(panel, known: known, scales, knownScale, effects, season: season)
    }

    /// With scales and effects that are known.
    init(
        _ panel: Panel, known: [[Double]], _ scales: [SeriesScale], _ knownScale: KnownScale, _ effects: [CovariateEffect], season: Int?
    ) {
        (self.scales, self.knownScale, self.effects) = (scales, knownScale, effects)
        series = panel.series.indices.map { place in
            let (scale, effect) = (scales[place], effects[place])
            let rest = panel.series[place].enumerated().map { time, value in
                value.isNaN ? value : scale.scaled(value) - effect.effect(known, at: time)
            }
            return FilledSeries(rest, season: season)
        }
    }

    /// Sums over the windows before a range, and over those whose targets lie in it; nil when there are none before.
    func sums(_ group: [Int], _ choice: Range<Int>, _ form: LinearForm, lookback: Int, horizon: Int)
        -> (training: WindowRegression, choice: WindowRegression)?
    {
        let training = products(group, from: 0, to: choice.lowerBound, lookback, horizon)
        guard training.count > 0 else { return nil }
        let held = products(group, from: choice.lowerBound, to: choice.upperBound, lookback, horizon)
        return (
            WindowRegression(training, lookback: lookback, form: form), WindowRegression(held, lookback: lookback, form: form)
        )
    }

    /// A map from all windows before `end`; nil when there are none.
    func fit(_ group: [Int], before end: Int, _ setting: LinearSetting) -> LinearFit? {
        let sums = products(group, from: 0, to: end, setting.lookback, setting.horizon)
        guard sums.count > 0 else { return nil }
        let regression = WindowRegression(sums, lookback: setting.lookback, form: setting.form)
        return regression.solved(ridge: setting.ridge, penalty: setting.form.penalty(setting.lookback)).map {
            LinearFit(setting, $0, error: nil)
        }
    }

    /// Over the windows whose targets lie between two steps.
    private func products(_ group: [Int], from: Int, to end: Int, _ lookback: Int, _ horizon: Int) -> WindowProducts {
        let part = group.map { series[$0] }, first = max(0, from - lookback), range = first..<max(first, end - lookback - horizon + 1)
        return WindowProducts(
            of: part.map(\.values), beginningAt: part.map { $0.beginnings(in: range, lookback: lookback, horizon: horizon) },
            width: lookback + horizon)
    }
}
