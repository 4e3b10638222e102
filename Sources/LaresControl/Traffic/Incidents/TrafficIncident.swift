/// Something on a lane that keeps traffic from passing.
public struct TrafficIncident: Sendable, Hashable {
    /// What was seen of it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A vehicle stands though the way before it is free.
        case stranded
        /// The first in line stays though it may go.
        case stuck
        /// Vehicles that should pass the stop line don't, as loops tell it.
        case missing
    }

    /// What became of one.
    public enum Change: Sendable, Hashable {
        /// It began.
        case began(TrafficIncident)
        /// It is over since this second.
        case ended(TrafficIncident, at: Double)
    }

    /// The signal's name.
    public let signal: String
    /// The road: what its lanes have in common.
    public let road: String
    /// The lane on which it was seen first.
    public let lane: String
    /// What was seen.
    public let kind: Kind
    /// When it was seen, in seconds, as the port counts them.
    public let time: Double

    /// An incident.
    public init(signal: String, road: String, lane: String, kind: Kind, time: Double) {
        (self.signal, self.road, self.lane, self.kind, self.time) = (signal, road, lane, kind, time)
    }
}
