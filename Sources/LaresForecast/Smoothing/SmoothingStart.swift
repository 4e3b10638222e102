/// States to begin with, estimated from the first cycles of a series (Hyndman et al. 2008, section 2.6.1).
struct SmoothingStart {
    let values: [Double]
    let design: SmoothingDesign

    // More cycles tell better what is usual, fewer what was usual at the beginning.
    private static let cycles = 5

    /// nil when a season isn't seen twice.
    var state: SmoothingState? {
        guard let length = design.seasons.last else { return line }
        let means = firstCycles(of: length)
        guard means.known >= 2, let first = means.values.firstIndex(where: { $0 != nil }), let beginning = means.values[first] else {
            return nil
        }
        let slope = SmoothingStart.slope(means.values) / Double(length)
        let middle = Double(length - 1) / 2
        // What the level is believed to have been before the first step.
        let level = beginning - slope * (Double(first * length) + middle + 1)
        let isFactor = design.form.season == .multiplicative
        guard !isFactor || level > 0 else { return nil }
        var profile = (0..<length).map { place in
            means.values.indices.compactMap { cycle -> Double? in
                let value = values[cycle * length + place]
                guard let mean = means.values[cycle], !value.isNaN else { return nil }
                let usual = mean + slope * (Double(place) - middle)
                return isFactor ? (usual > 0 ? value / usual : nil) : value - usual
            }.mean ?? (isFactor ? 1 : 0)
        }
        let centre = profile.mean ?? 0
        profile = profile.map { isFactor ? max($0 / max(centre, 1e-9), 1e-3) : $0 - centre }
        let trend = design.form.trend == .none ? 0 : slope
        return SmoothingState(level: level, slope: trend, seasons: split(profile))
    }

    /// The means of cycles up to the fifth that something is known of.
    private func firstCycles(of length: Int) -> (values: [Double?], known: Int) {
        var means: [Double?] = [], known = 0
        for cycle in 0..<(values.count / length) where known < SmoothingStart.cycles {
            means.append(values[(cycle * length)..<((cycle + 1) * length)].known.mean)
            known += means[cycle] == nil ? 0 : 1
        }
        return (means, known)
    }

    /// What repeats in the shorter season, and what the longer one adds to it.
    private func split(_ profile: [Double]) -> [[Double]] {
        guard design.seasons.count > 1, let short = design.seasons.first else { return [profile] }
        let day = (0..<short).map { place in stride(from: place, to: profile.count, by: short).map { profile[$0] }.mean ?? 0 }
        return [day, profile.indices.map { profile[$0] - day[$0 % short] }]
    }

    /// A line through the first ten values.
    private var line: SmoothingState? {
        let first = values.enumerated().filter { !$1.isNaN }.prefix(10)
        guard let mean = first.map(\.element).mean, let time = first.map({ Double($0.offset) }).mean else { return nil }
        guard design.form.trend != .none else { return SmoothingState(level: mean) }
        let slope = SmoothingStart.slope(Array(values.prefix((first.last?.offset ?? 0) + 1)).map { $0.isNaN ? nil : $0 })
        return SmoothingState(level: mean - slope * (time + 1), slope: slope)
    }

    /// The slope of a line of least squares; 0 where there is none.
    private static func slope(_ values: [Double?]) -> Double {
        let points = values.enumerated().compactMap { place, value in value.map { (Double(place), $0) } }
        guard let time = points.map(\.0).mean, let mean = points.map(\.1).mean else { return 0 }
        let spread = points.reduce(0) { $0 + ($1.0 - time) * ($1.0 - time) }
        return spread > 0 ? points.reduce(0) { $0 + ($1.0 - time) * ($1.1 - mean) } / spread : 0
    }
}

extension Sequence<Double> {
    /// What isn't missing.
    var known: [Double] { filter { !$0.isNaN } }
}

extension Collection<Double> {
    /// nil of nothing.
    var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}
