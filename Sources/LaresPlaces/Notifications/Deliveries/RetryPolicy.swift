public import Foundation

/// How often, and for how long, something is tried.
public struct RetryPolicy: Hashable, Sendable {
    /// Seconds to wait after the first try that failed; each next wait is twice as long.
    public var first: TimeInterval = 10
    /// The longest of these waits, in seconds.
    public var longest: TimeInterval = 3600
    /// For how many seconds after it was first due something is tried.
    public var patience: TimeInterval = 86_400

    /// The usual: 10 s, 20 s, 40 s … an hour; given up after a day.
    public init() {}

    /// When to try again; nil: no more.
    ///
    /// - Parameters:
    ///   - now: When it failed.
    ///   - attempts: How many times it has been tried, from 1.
    ///   - asked: Seconds that the server asked to be left alone for; nil: it didn't.
    ///   - expiry: When it is given up.
    ///   - chance: From 0 to 1; up to a quarter of the wait is taken away by it, so that many don't come at once.
    package func next(after now: Date, attempts: Int, asked: TimeInterval?, until expiry: Date, chance: Double) -> Date? {
        let wait = min(longest, first * Double(1 << min(max(0, attempts - 1), 30))) * (1 - min(max(0, chance), 1) / 4)
        let next = now + max(wait, asked ?? 0)
        return next <= expiry ? next : nil
    }
}
