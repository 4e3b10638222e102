import CoreMetrics
import Synchronization

/// A number that goes up (counter) or up and down (gauge).
final class MetricValue: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    var current: Double { value.withLock { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func reset() { set(0.0) }
}

/// Counts values in fixed buckets.
final class Histogram: TimerHandler, RecorderHandler {
    /// What has been counted.
    struct Counts {
        /// How many values fell into each bucket, not added up; the last is everything above the last bound.
        var buckets: [Int]
        var sum = 0.0
        var count = 0
    }

    /// Buckets for times: from a token's time to a long answer's.
    static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
    /// Buckets for counts: tokens of a prompt or an answer, sequences of a batch.
    static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072]

    let bounds: [Double]
    private let scale: Double
    private let counts: Mutex<Counts>

    /// - Parameters:
    ///   - bounds: Upper bounds of the buckets, rising.
    ///   - scale: What a recorded value is multiplied by.
    init(bounds: [Double], scale: Double) {
        self.bounds = bounds
        self.scale = scale
        counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1)))
    }

    var current: Counts { counts.withLock { $0 } }

    func record(_ value: Double) {
        let value = value * scale
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts.withLock { counts in
            counts.buckets[bucket] += 1
            counts.sum += value
            counts.count += 1
        }
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration)) }
}
