/// Which of several servers is asked: one until it fails, and those that were slow last. It knows no clock.
package struct ServerLine: Sendable {
    /// The place of the server that is asked now.
    package private(set) var current = 0
    private let count: Int
    /// Until when servers that were slow are asked after the others.
    private var slow: [Int: ContinuousClock.Instant] = [:]

    /// - Precondition: There is a server.
    package init(count: Int) { self.count = max(1, count) }

    /// Whether there is a server besides that wasn't tried and isn't known to be slow.
    package func hasOther(than tried: Set<Int>, at now: ContinuousClock.Instant) -> Bool {
        (0..<count).contains { !tried.contains($0) && !isSlow($0, at: now) }
    }

    /// Says that a server didn't answer in time.
    package mutating func note(slow place: Int, until end: ContinuousClock.Instant) { slow[place] = end }

    /// Asks the next server from now on, unless somebody else already does: one that isn't slow, if there is one.
    package mutating func moveOn(from place: Int, at now: ContinuousClock.Instant) {
        guard current == place else { return }
        slow = slow.filter { $0.value > now }
        let others = (1..<max(2, count)).map { (place + $0) % count }
        current = others.first { !isSlow($0, at: now) } ?? others.first ?? place
    }

    private func isSlow(_ place: Int, at now: ContinuousClock.Instant) -> Bool { slow[place].map { $0 > now } ?? false }
}
