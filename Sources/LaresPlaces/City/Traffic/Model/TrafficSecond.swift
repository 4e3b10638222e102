public import Foundation
public import LaresControl

/// What was seen of a district in one second, for those who look at it too.
public struct TrafficSecond: Sendable {
    /// One junction.
    public struct Junction: Sendable {
        /// Its signal, with its approaches.
        public let plan: SignalPlan
        /// The phase that is green; nil: none.
        public let phase: Int?
        /// What each link shows.
        public let aspects: [Aspect]
        /// What was read, by the plan's approaches.
        public let approaches: [ApproachReading]

        /// A junction.
        public init(plan: SignalPlan, phase: Int?, aspects: [Aspect], approaches: [ApproachReading]) {
            (self.plan, self.phase, self.aspects, self.approaches) = (plan, phase, aspects, approaches)
        }

        /// Its name.
        public var name: String { plan.name }
    }

    /// When it was.
    public let at: Date
    /// The street's own time, in seconds since its midnight.
    public let time: Double
    /// In the order of the street's signals.
    public let junctions: [Junction]

    /// A second.
    public init(at: Date, time: Double, junctions: [Junction]) { (self.at, self.time, self.junctions) = (at, time, junctions) }
}

/// Somebody who looks at what controllers see: one that finds incidents, for example.
public protocol TrafficObserver: Sendable {
    /// A second, in their order. Who is slow misses the oldest; signals never wait.
    func saw(_ second: TrafficSecond) async
}
