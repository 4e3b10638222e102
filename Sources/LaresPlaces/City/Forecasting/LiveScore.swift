internal import LaresForecast
internal import LaresJSON

/// How a served version of a forecaster does: its forecasts held to what came.
struct LiveScore: Sendable {
    /// Values that came and had been forecast, of all series.
    private(set) var count = 0
    private var absolute = 0.0, scaled = 0.0, scaledCount = 0, inside = 0, checked = 0
    private(set) var drifts: [String: ErrorDrift] = [:]
    private let scales: [String: Double]

    init(_ model: ForecastModel) {
        var scales: [String: Double] = [:]
        for name in model.series {
            drifts[name] = model.drift(of: name)
            if let score = model.score(of: name), score.mase > 0, score.mae.isFinite { scales[name] = score.mae / score.mase }
        }
        self.scales = scales
    }

    /// Takes in what came of a series at a step, and the forecasts there were of it.
    mutating func take(_ value: Double, of series: String, _ said: [(mean: Double, lower: Double, upper: Double)]) {
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
            if value >= one.lower, value <= one.upper { inside += 1 }
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
        ]
    }

    /// Goes on with what was kept; what can't be read counts anew.
    mutating func restore(_ json: JSON) {
        func number(_ key: String) -> Double { json[key]?.number.flatMap { $0.isFinite && $0 >= 0 && $0 < 1e300 ? $0 : nil } ?? 0 }
        func whole(_ key: String) -> Int { Int(exactly: min(number(key), 1e15).rounded()) ?? 0 }
        (count, absolute, scaled, scaledCount) = (whole("count"), number("absolute"), number("scaled"), whole("scaled_count"))
        (inside, checked) = (whole("inside"), whole("checked"))
        guard case .object(let members)? = json["drifts"] else { return }
        for (name, value) in members {
            guard let parts = value.elements, parts.count == 2, let excess = parts[0].number else { continue }
            drifts[name] = drifts[name]?.continued(excess: excess, hasDrifted: parts[1] == true)
        }
    }
}
