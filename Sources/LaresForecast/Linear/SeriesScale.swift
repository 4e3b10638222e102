import Glibc

/// Mean and deviation of a series, which forecasters learn without: series of many sizes then weigh alike.
struct SeriesScale: Sendable, Hashable {
    let mean: Double, deviation: Double

    init(mean: Double, deviation: Double) { (self.mean, self.deviation) = (mean, deviation) }

    /// Of the values that are known; a series that never changes has the deviation 1.
    init(of values: [Double]) {
        // By the largest, so that squares of huge values don't overflow.
        let largest = values.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }, unit = largest > 0 && largest.isFinite ? largest : 1
        var (count, sum) = (0.0, 0.0)
        for value in values where !value.isNaN {
            count += 1
            sum += value / unit
        }
        let mean = count > 0 ? sum / count : 0
        let squares = values.reduce(0) { $1.isNaN ? $0 : $0 + ($1 / unit - mean) * ($1 / unit - mean) }
        let deviation = count > 0 ? sqrt(squares / count) * unit : 0
        self.mean = mean * unit
        // What only rounding tells apart is the same value throughout.
        self.deviation = deviation > 1e-12 * unit && deviation.isFinite ? deviation : 1
    }

    func scaled(_ value: Double) -> Double { (value - mean) / deviation }
    func unscaled(_ value: Double) -> Double { value * deviation + mean }
}

/// A series without gaps, and where it had them.
///
/// A missing value becomes the one of a season before where that is known, else the last one, and 0 (the mean) before the first: what is
/// filled in never looks ahead.
struct FilledSeries: Sendable {
    let values: [Double]
    let isMissing: [Bool]
    let hasGaps: Bool

    init(_ values: [Double], season: Int?) {
        isMissing = values.map(\.isNaN)
        hasGaps = isMissing.contains(true)
        guard hasGaps else {
            self.values = values
            return
        }
        var filled = values
        var last = 0.0
        for place in filled.indices {
            if isMissing[place] {
                let before = season.map { place - $0 } ?? -1
                filled[place] = before >= 0 ? filled[before] : last
            } else {
                last = filled[place]
            }
        }
        self.values = filled
    }

    /// Places where a window may begin: no target is missing, and at most half of what is looked back on.
    func beginnings(in range: Range<Int>, lookback: Int, horizon: Int) -> [Range<Int>] {
        let lower = max(0, range.lowerBound), upper = min(range.upperBound, values.count - lookback - horizon + 1)
        guard lower < upper else { return [] }
        guard hasGaps else { return [lower..<upper] }
        var missing = [0]
        for flag in isMissing { missing.append(missing[missing.count - 1] + (flag ? 1 : 0)) }
        var (runs, start) = ([Range<Int>](), Int?.none)
        for place in lower..<upper {
            let origin = place + lookback
            let isGood = missing[origin + horizon] == missing[origin] && 2 * (missing[origin] - missing[place]) <= lookback
            if isGood, start == nil { start = place }
            if !isGood, let begun = start {
                runs.append(begun..<place)
                start = nil
            }
        }
        if let start { runs.append(start..<upper) }
        return runs
    }
}
