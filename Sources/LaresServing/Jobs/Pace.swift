import Foundation

/// Steps a second of late: an average in which what was counts for less and less, so that it follows a machine that has other work now.
package struct Pace: Sendable {
    /// Nil before two looks.
    package private(set) var stepsPerSecond: Double?
    private var last: (step: Int, time: ContinuousClock.Instant)?

    private static let memory = 5.0

    package init() {}

    /// Looks: so many steps are done now.
    package mutating func look(_ step: Int, at now: ContinuousClock.Instant) {
        guard let before = last else {
            last = (step, now)
            return
        }
        let seconds = (now - before.time) / .seconds(1)
        guard seconds >= 0.05 else { return }
        let latest = Double(step - before.step) / seconds, weight = 1 - exp(-seconds / Self.memory)
        stepsPerSecond = stepsPerSecond.map { $0 + weight * (latest - $0) } ?? latest
        last = (step, now)
    }
}
