/// Intervals in a stream that hold their level when errors grow or shrink: the share outside is steered (adaptive conformal inference; Gibbs &
/// Candès 2021).
///
///     var intervals = try AdaptiveConformal(level: 0.9)
///     let reach = intervals.radius        // nil until enough came
///     intervals.take(error: actual - forecast)
///
/// Over a long run the share of values inside tends to the level, whatever the errors do. It keeps the last `window` errors and no more.
public struct AdaptiveConformal: Sendable, Hashable {
    /// The share of values that should lie inside.
    public let level: Double
    /// How far one error moves what is asked for, γ.
    public let rate: Double
    /// Errors that are kept.
    public let window: Int
    /// The share of kept errors that are to lie outside now, α; below 0 after many surprises, when the largest kept error is the radius.
    public private(set) var share: Double
    // In the order in which they came, from `oldest` on, and by size.
    private var recent: [Double] = [], sorted: [Double] = [], oldest = 0

    /// - Throws: `ForecastError.badSetting` for a level not between 0 and 1, a rate not above 0 and at most 0.5, or a window out of 10 to 10,000.
    public init(level: Double, rate: Double = 0.02, window: Int = 500) throws {
        guard level > 0, level < 1 else {
            throw ForecastError(.badSetting, "the level of an interval is \(level): it has to lie between 0 and 1")
        }
        guard rate > 0, rate <= 0.5 else {
            throw ForecastError(.badSetting, "the rate of adaptive intervals is \(rate): it has to be above 0 and at most 0.5")
        }
        guard (10...10_000).contains(window) else {
            throw ForecastError(.badSetting, "adaptive intervals keep \(window) errors: they have to keep 10 to 10000")
        }
        (self.level, self.rate, self.window) = (level, rate, window)
        share = 1 - level
    }

    /// How far the interval around the next forecast reaches to both sides; nil before ten errors came.
    public var radius: Double? {
        guard sorted.count >= 10 else { return nil }
        let rank = Int((Double(sorted.count + 1) * (1 - share)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    /// How many errors are kept.
    public var count: Int { recent.count }

    /// The errors that are kept, the oldest first.
    public var kept: [Double] { Array(recent[oldest...] + recent[..<oldest]) }

    /// Goes on with a share and errors of before, as ``share`` and ``kept`` said them; what can't be is left out.
    public func continued(share: Double, kept: [Double]) -> AdaptiveConformal {
        var next = self
        next.recent = Array(kept.filter { $0 >= 0 && $0.isFinite }.suffix(window))
        (next.sorted, next.oldest) = (next.recent.sorted(), 0)
        next.share = share.isFinite ? min(max(share, -rate), 1) : 1 - level
        return next
    }

    /// Takes in what came less what was said; a missing one changes nothing.
    ///
    /// - Parameter isOutside: Whether it lay outside the interval that was told, where that isn't the one of now.
    public mutating func take(error: Double, isOutside: Bool? = nil) {
        guard !error.isNaN else { return }
        let size = abs(error)
        if let radius {
            // Bounded, so that a long quiet stretch is made up for within a window.
            share = min(max(share + rate * (1 - level - (isOutside ?? (size > radius) ? 1 : 0)), -rate), 1)
        }
        if recent.count < window {
            recent.append(size)
        } else {
            sorted.remove(at: place(of: recent[oldest]))
            recent[oldest] = size
            oldest = (oldest + 1) % window
        }
        sorted.insert(size, at: place(of: size))
    }

    /// The first place that isn't below a size.
    private func place(of size: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < size { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
