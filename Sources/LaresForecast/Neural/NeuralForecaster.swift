import LaresNeural
import LaresTensor

/// One network for all series, trained by gradients on their windows (STID; Shao et al., arXiv 2208.05233).
///
///     var settings = NeuralSettings(lookback: 168, horizon: 24)
///     settings.members = 3
///     let model = try NeuralForecaster(settings).fitted(to: history)
///
/// It learns from all but the last part of the history, and keeps what did best on that part. Series are standardised; windows are seen from
/// their last value. What is known beforehand is an input over look-back and horizon.
public struct NeuralForecaster: Forecaster {
    /// How the network is made and trained.
    public let settings: NeuralSettings

    /// - Throws: `ForecastError.badSetting` for a setting out of its range.
    public init(_ settings: NeuralSettings) throws {
        try settings.check()
        self.settings = settings
    }

    /// `stid`.
    public var name: String { "stid" }

    /// Trains.
    ///
    /// - Throws: ``ForecastError``: `tooShort` when no window fits, `badSetting` when the training diverges.
    public func fitted(to history: Panel) throws -> any FittedForecaster {
        let start = history.count - Int(Double(history.count) * settings.validation)
        return try learnt(from: history, choosingOn: start..<history.count)
    }

    /// Learns from the steps before `choice`, and stops by the windows whose targets lie in `choice`.
    ///
    /// - Parameter progress: Is told of each epoch: the member, the epoch, the mean loss while learning, the loss on `choice`.
    package func learnt(
        from panel: Panel, choosingOn choice: Range<Int>, progress: (Int, Int, Float, Float) -> Void = { _, _, _, _ in }
    ) throws -> FittedNeural {
        let scales = panel.series.map { SeriesScale(of: Array($0.prefix(choice.lowerBound))) }
        let knownScale = KnownScale(of: panel.known, before: choice.lowerBound)
        let source = WindowSource(
            NeuralForecaster.filled(panel, scales, settings), known: knownScale.scaled(panel.known), panel, settings)
        let training = WindowPlaces(source, targetsIn: 0..<choice.lowerBound)
        let held = WindowPlaces(source, targetsIn: choice)
        guard training.count > 0 else {
            throw ForecastError(
                .tooShort,
                "\(panel.count) steps hold no window of \(settings.lookback) steps and the \(settings.horizon) after them "
                    + "without gaps to learn from: give a longer history, or look back on less")
        }
        let plan = settings.plan(series: panel.series.count, covariates: panel.known.count, slots: source.slots)
        let shortcut = shortcut(panel, before: choice.lowerBound)
        let networks = try (0..<settings.members).map { member in
            var training = NeuralTraining(
                plan, settings, source, training, held, shortcut: shortcut, seed: settings.seed &+ UInt64(member))
            return try training.run { progress(member, $0, $1, $2) }
        }
        return FittedNeural(
            plan: plan, centre: settings.centre, season: settings.season, clock: settings.clock, step: panel.step, scales: scales,
            knownScale: knownScale, networks: networks)
    }

    /// The ridge regression's map of windows as the network sees them.
    private func shortcut(_ panel: Panel, before end: Int) -> Linear {
        let setting = LinearSetting(
            form: settings.centre.form, lookback: settings.lookback, horizon: settings.horizon, ridge: settings.ridge)
        let data = LinearData(panel, before: end, season: settings.season, hasCovariates: false)
        let fit = data.fit(Array(panel.series.indices), before: end, setting)
        return fit.map { Linear($0.weights, bias: $0.constants) } ?? Linear(.zeros([settings.lookback, settings.horizon]))
    }

    static func filled(_ panel: Panel, _ scales: [SeriesScale], _ settings: NeuralSettings) -> [FilledSeries] {
        zip(panel.series, scales).map { values, scale in FilledSeries(values.map(scale.scaled), season: settings.season) }
    }
}

extension NeuralSettings {
    func plan(series: Int, covariates: Int, slots: Int) -> SpaceTimePlan {
        SpaceTimePlan(
            lookback: lookback, horizon: horizon, seriesCount: series, slots: slots, covariates: covariates, width: width,
            embedding: embedding, depth: depth, dropout: dropout)
    }
}

/// Windows of many series as one list.
struct WindowPlaces: Sendable {
    private var runs: [(series: Int, origin: Int, before: Int)] = []
    private(set) var count = 0

    /// Those whose targets lie in a range.
    init(_ source: WindowSource, targetsIn range: Range<Int>) {
        let first = max(0, range.lowerBound - source.lookback)
        let beginnings = first..<max(first, range.upperBound - source.lookback - source.horizon + 1)
        for (place, series) in source.series.enumerated() {
            for run in series.beginnings(in: beginnings, lookback: source.lookback, horizon: source.horizon) {
                runs.append((place, run.lowerBound + source.lookback, count))
                count += run.count
            }
        }
    }

    subscript(place: Int) -> (series: Int, origin: Int) {
        var (low, high) = (0, runs.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if runs[middle].before <= place { low = middle } else { high = middle - 1 }
        }
        return (runs[low].series, runs[low].origin + place - runs[low].before)
    }

    /// At most so many, evenly spread.
    func spread(_ most: Int) -> [Int] {
        let taken = min(most, count)
        return (0..<taken).map { $0 * count / taken }
    }
}
