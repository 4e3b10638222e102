/// How long to wait before the next attempt: twice as long each time, a little by chance, so that many don't come at once.
struct Backoff {
    private let range: ClosedRange<Double>
    private var attempts = 0

    /// Waits within a range of seconds.
    init(_ range: ClosedRange<Double>) { self.range = range }

    /// It worked: the next wait is the shortest again.
    mutating func reset() { attempts = 0 }

    /// Seconds until the next attempt.
    /// - Parameter chance: From 0 to 1; up to a quarter is taken away by it.
    mutating func next(chance: Double = .random(in: 0...1)) -> Double {
        let wait = min(range.upperBound, range.lowerBound * Double(1 << min(attempts, 20)))
        attempts += 1
        return wait * (1 - chance / 4)
    }
}
