import LaresTensor

/// Windows that a network sees together.
struct WindowBatch: Sendable {
    /// `[n, lookback]`, less what each is centred on.
    let windows: Tensor
    /// What each window is centred on.
    let centres: [Float]
    /// `[n, covariates · (lookback + horizon)]`; nil without covariates.
    let known: Tensor?
    /// `[n]`
    let series: Indices, slots: Indices, weekdays: Indices
}

/// What comes after the windows of a batch.
struct WindowTargets: Sendable {
    /// `[n, horizon]`, less what the windows are centred on; 0 where missing.
    let values: Tensor
    /// 1, or 0 where a value is missing; nil when none is.
    let weights: Tensor?
}

/// Windows of standardised series, by the places at which they end.
struct WindowSource: Sendable {
    let lookback: Int, horizon: Int
    let centre: WindowCentre
    let series: [FilledSeries]
    private let floats: [[Float]]
    private let known: [[Float]]
    private let start: Int64, step: Int64
    private let clock: LocalClock
    let slots: Int

    init(_ series: [FilledSeries], known: [[Double]], _ panel: Panel, _ settings: NeuralSettings) {
        (lookback, horizon, centre, clock) = (settings.lookback, settings.horizon, settings.centre, settings.clock)
        self.series = series
        floats = series.map { $0.values.map(Float.init) }
        self.known = known.map { $0.map(Float.init) }
        (start, step) = (panel.start, panel.step)
        slots = WindowSource.slots(step)
    }

    /// Times of day that are told apart: steps, or hours where a day has more than 288 steps or no whole number of them.
    static func slots(_ step: Int64) -> Int {
        let day = LocalMoment.dayLength
        guard step < day else { return 1 }
        return day % step == 0 && day / step <= 288 ? Int(day / step) : 24
    }

    /// The windows before some origins.
    ///
    /// - Parameter first: The network's number of the first series.
    func batch(_ places: [(series: Int, origin: Int)], first: Int = 0) -> WindowBatch {
        var (windows, centres) = ([Float](), [Float]())
        windows.reserveCapacity(places.count * lookback)
        for (series, origin) in places {
            let window = floats[series][(origin - lookback)..<origin], middle = centre.value(window)
            centres.append(middle)
            for value in window { windows.append(value - middle) }
        }
        let moments = places.map { clock.moment(at: start &+ Int64($0.origin) &* step) }
        return WindowBatch(
            windows: Tensor(windows, [places.count, lookback]), centres: centres, known: knownInputs(places),
            series: Indices(places.map { first + $0.series }),
            slots: Indices(moments.map { Int($0.timeOfDay * Int64(slots) / LocalMoment.dayLength) }),
            weekdays: Indices(moments.map(\.weekday)))
    }

    private func knownInputs(_ places: [(series: Int, origin: Int)]) -> Tensor? {
        guard !known.isEmpty else { return nil }
        var numbers: [Float] = []
        numbers.reserveCapacity(places.count * known.count * (lookback + horizon))
        for (_, origin) in places {
            for row in known { numbers.append(contentsOf: row[(origin - lookback)..<(origin + horizon)]) }
        }
        return Tensor(numbers, [places.count, known.count * (lookback + horizon)])
    }

    /// What follows the windows.
    func targets(_ places: [(series: Int, origin: Int)], _ batch: WindowBatch) -> WindowTargets {
        var (values, weights, hasGaps) = ([Float](), [Float](), false)
        values.reserveCapacity(places.count * horizon)
        for (row, (series, origin)) in places.enumerated() {
            let middle = batch.centres[row]
            for time in origin..<(origin + horizon) {
                let isMissing = self.series[series].hasGaps && self.series[series].isMissing[time]
                values.append(isMissing ? 0 : floats[series][time] - middle)
                if isMissing {
                    if !hasGaps { weights = [Float](repeating: 1, count: places.count * horizon) }
                    hasGaps = true
                    weights[values.count - 1] = 0
                }
            }
        }
        let shape: Shape = [places.count, horizon]
        return WindowTargets(values: Tensor(values, shape), weights: hasGaps ? Tensor(weights, shape) : nil)
    }
}

/// What the values of a window are seen from.
public enum WindowCentre: String, Sendable, Hashable, CaseIterable {
    /// The last value: levels may shift.
    case last
    /// The mean of the series: levels that come back.
    case series

    /// The linear forecaster that sees windows so.
    var form: LinearForm { self == .last ? .nlinear : .dlinear }

    func value(_ window: ArraySlice<Float>) -> Float {
        switch self {
        case .last: window.last ?? 0
        case .series: 0
        }
    }
}
