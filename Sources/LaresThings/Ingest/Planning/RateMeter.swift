/// How many came in each of the last sixty seconds.
package struct RateMeter: Sendable {
    private var counts = [Int](repeating: 0, count: 60)
    private var last: Int64 = .min

    package init() {}

    /// Adds a count at a second since 1970.
    package mutating func add(_ count: Int, at second: Int64) {
        advance(to: second)
        counts[Int(second.floored(by: 60).rest)] += count
    }

    /// The mean of so many whole seconds before this one.
    package mutating func perSecond(over seconds: Int, at second: Int64) -> Double {
        advance(to: second)
        let span = max(1, min(seconds, 59))
        let sum = (1...span).reduce(0) { $0 + counts[Int((second - Int64($1)).floored(by: 60).rest)] }
        return Double(sum) / Double(span)
    }

    private mutating func advance(to second: Int64) {
        guard second != last else { return }
        // A clock that is set back begins anew.
        let passed = last == .min || second < last ? 60 : min(60, second - last)
        for step in 0..<passed { counts[Int((second - step).floored(by: 60).rest)] = 0 }
        last = second
    }
}
