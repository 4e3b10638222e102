/// How long to wait before a street that broke off is opened again: longer each time, from the beginning again when it ran well for a while.
package struct RestartDelay: Sendable, Hashable {
    /// The first wait and the longest one, in seconds.
    package static let first = 1.0, longest = 60.0
    /// Seconds of running well after which the past is forgotten.
    package static let forgotten = 60.0
    private var failures = 0

    /// Nothing has broken off yet.
    package init() {}

    /// A street ran for so many seconds and then broke off.
    /// - Returns: Seconds to wait.
    package mutating func brokeOff(after seconds: Double) -> Double {
        if seconds >= Self.forgotten { failures = 0 }
        defer { failures = min(failures + 1, 16) }
        return min(Self.longest, Self.first * Double(1 << failures))
    }
}
