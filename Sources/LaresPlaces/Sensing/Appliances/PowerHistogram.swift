internal import Foundation

/// For how long an appliance took how much power: seconds by half-octaves of watts, in constant memory; what was long ago fades.
///
/// Where it idles and where it works shows as two hills. The valley between them is found as Otsu does for pictures, on the logarithm of power.
///
/// - [Otsu, A threshold selection method from gray-level histograms, IEEE Trans. SMC 9(1), 1979](https://doi.org/10.1109/TSMC.1979.4310076)
struct PowerHistogram: Hashable, Sendable {
    /// Below a quarter of a watt, then half-octaves up to 11.6 kW, then the rest.
    static let bins = 33
    static let lowest = 0.25
    /// It takes so many seconds altogether, and so many at work, before anything is learned.
    static let evidence = 6 * 3600.0, work = 300.0
    /// Work must take four times what idling takes, and the two hills must explain so much of all variance.
    static let octaves = 2.0, clarity = 0.6
    /// When it knows so many seconds, all count half from then on.
    static let most = 28 * 86_400.0

    private(set) var seconds = Array(repeating: 0.0, count: bins)
    private(set) var total = 0.0

    init() {}

    /// Nil unless there is a time for each of the bins.
    init?(seconds: [Double]) {
        guard seconds.count == Self.bins, seconds.allSatisfy({ (0...Self.most).contains($0) }) else { return nil }
        (self.seconds, total) = (seconds, seconds.reduce(0, +))
    }

    /// Takes in that it took so many watts for so many seconds.
    mutating func take(_ power: Double, for duration: Double) {
        guard duration > 0, power >= 0 else { return }
        seconds[Self.bin(of: power)] += duration
        total += duration
        guard total > Self.most else { return }
        for bin in seconds.indices { seconds[bin] /= 2 }
        total /= 2
    }

    static func bin(of power: Double) -> Int {
        power < lowest ? 0 : min(bins - 1, 1 + Int((2 * log2(min(power, 1e6) / lowest)).rounded(.down)))
    }

    /// The power at the upper end of a bin.
    static func edge(_ bin: Int) -> Double { lowest * exp2(Double(bin) / 2) }

    /// Above how many watts it works: half as much again as it takes when idle, and a watt and a half more. Nil: not enough is known, or it doesn't do both.
    var threshold: Double? {
        guard total >= Self.evidence, let last = valley, seconds[(last + 1)...].reduce(0, +) >= Self.work else { return nil }
        let idle = seconds[...last].reduce(0, +)
        var (sum, bin) = (0.0, 0)
        // What it rarely takes when idle, such as while it soaks, is no idling.
        while bin < last, sum + seconds[bin] < 0.97 * idle {
            sum += seconds[bin]
            bin += 1
        }
        return 1.5 * Self.edge(bin) + 1.5
    }

    /// The last bin of the lower hill.
    private var valley: Int? {
        let mean = seconds.indices.reduce(0) { $0 + Double($1) * seconds[$1] } / total
        let variance = seconds.indices.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) * seconds[$1] } / total
        var (weight, sum) = (0.0, 0.0)
        var best: (bin: Int, between: Double)?
        for bin in 0..<Self.bins - 1 {
            weight += seconds[bin] / total
            sum += Double(bin) * seconds[bin] / total
            guard weight > 0, weight < 1 else { continue }
            let (low, high) = (sum / weight, (mean - sum) / (1 - weight))
            let between = weight * (1 - weight) * (high - low) * (high - low)
            if high - low >= 2 * Self.octaves, between > best?.between ?? 0 { best = (bin, between) }
        }
        return best.flatMap { $0.between >= Self.clarity * variance ? $0.bin : nil }
    }
}
