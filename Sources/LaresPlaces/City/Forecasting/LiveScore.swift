internal import LaresForecast
internal import LaresJSON

/// How a served version of a forecaster does: its forecasts held to what came, and intervals that hold their levels by that.
struct LiveScore: Sendable {
    /// What was said of a value before it came.
    struct Said: Sendable {
        let mean: Double
        /// How many steps ahead, from 0 on.
        let step: Int
        /// Whether the value lay outside the interval of each level.
        let isOutside: [Bool]

        /// Nil where the forecast doesn't reach so far.
        init?(_ forecast: Forecast, step: Int, _ value: Double) {
            guard forecast.mean.indices.contains(step) else { return nil }
            (mean, self.step) = (forecast.mean[step], step)
            isOutside = forecast.intervals.map { value < $0.lower[step] || value > $0.upper[step] }
        }
    }

    /// Values that came and had been forecast, of all series.
    private(set) var count = 0
    private var absolute = 0.0, scaled = 0.0, scaledCount = 0, inside = 0, checked = 0
    private(set) var drifts: [String: ErrorDrift] = [:]
    /// Those of each series.
    private(set) var intervals: [String: LiveIntervals] = [:]
    private let scales: [String: Double]
    /// The place of the lowest level.
    private let lowest: Int

    init(_ model: ForecastModel) {
        var scales: [String: Double] = [:]
        for name in model.series {
            drifts[name] = model.drift(of: name)
            intervals[name] = model.intervals(of: name)
            if let score = model.score(of: name), score.mase > 0, score.mae.isFinite { scales[name] = score.mae / score.mase }
        }
        self.scales = scales
        lowest = model.plan.levels.indices.min { model.plan.levels[$0] < model.plan.levels[$1] } ?? 0
    }

    /// Takes in what came of a series at a step, and the forecasts there were of it.
    mutating func take(_ value: Double, of series: String, _ said: [Said]) {
        guard value.isFinite, !said.isEmpty else { return }
        let error = said.reduce(0) { $0 + abs(value - $1.mean) } / Double(said.count)
        count += 1
        absolute += error
        if let scale = scales[series], scale > 0 {
            scaled += error / scale
            scaledCount += 1
        }
        for one in said {
            checked += 1
            if !one.isOutside[lowest] { inside += 1 }
            intervals[series]?.take(error: value - one.mean, step: one.step, isOutside: one.isOutside)
        }
        drifts[series]?.take(error: error)
    }

    /// How many series have drifted.
    var drifted: Int { drifts.values.count(where: \.hasDrifted) }

    /// Whether a tenth of the series, one at least, have become worse than their back-tests.
    var hasDrifted: Bool { drifted > 0 && drifted * 10 >= drifts.count }

    /// What people and programs see of it.
    var json: JSON {
        func mean(_ sum: Double, _ count: Int) -> JSON { count > 0 ? .double(sum / Double(count)) : .null }
        return [
            "values": .int(count), "mae": mean(absolute, count), "mase": mean(scaled, scaledCount),
            "coverage": mean(Double(inside), checked),
            "drifted_series": .int(drifted), "drifted": .bool(hasDrifted),
        ]
    }
}

/// What is kept of it over restarts.
extension LiveScore {
    var stored: JSON {
        [
            "count": .int(count), "absolute": .double(absolute), "scaled": .double(scaled), "scaled_count": .int(scaledCount),
            "inside": .int(inside), "checked": .int(checked),
            "drifts": .object(
                drifts.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) {
                    if $1.value.excess > 0 || $1.value.hasDrifted {
                        $0.append($1.key, [.double($1.value.excess), .bool($1.value.hasDrifted)])
                    }
                }),
            "intervals": .object(
                intervals.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) {
                    let kept = $1.value.kept
                    guard !kept.sizes.isEmpty else { return }
                    $0.append(
                        $1.key, ["shares": .array(kept.shares.map(JSON.double)), "sizes": .array(kept.sizes.map(JSON.double))])
                }),
        ]
    }

    /// Goes on with what was kept; what can't be read counts anew.
    mutating func restore(_ json: JSON) {
        func number(_ key: String) -> Double { json[key]?.number.flatMap { $0.isFinite && $0 >= 0 && $0 < 1e300 ? $0 : nil } ?? 0 }
        func whole(_ key: String) -> Int { Int(exactly: min(number(key), 1e15).rounded()) ?? 0 }
        (count, absolute, scaled, scaledCount) = (whole("count"), number("absolute"), number("scaled"), whole("scaled_count"))
        (inside, checked) = (whole("inside"), whole("checked"))
        for (name, value) in Self.members(json["drifts"]) {
            guard let parts = value.elements, parts.count == 2, let excess = parts[0].number else { continue }
            drifts[name] = drifts[name]?.continued(excess: excess, hasDrifted: parts[1] == true)
        }
        for (name, value) in Self.members(json["intervals"]) {
            guard let shares = value["shares"]?.elements, let sizes = value["sizes"]?.elements else { continue }
            intervals[name] = intervals[name]?.continued(shares: shares.compactMap(\.number), sizes: sizes.compactMap(\.number))
        }
    }

    private static func members(_ json: JSON?) -> JSON.Members {
        guard case .object(let members)? = json else { return [:] }
        return members
    }
}
