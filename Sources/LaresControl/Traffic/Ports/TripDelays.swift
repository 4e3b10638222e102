internal import Foundation

/// What the trips of a simulation lost, as RESCO counts it: time loss and departure delay of each, of those that didn't arrive or depart too.
public struct TripDelays: Sendable, Hashable {
    /// In seconds for each trip.
    public let mean: Double
    /// How many trips there were.
    public let trips: Int
    /// Those that didn't arrive.
    public let unfinished: Int

    /// Reads SUMO's output of trips.
    ///
    /// - Throws: ``TrafficError`` with `bad_network`.
    public init(contentsOf path: String) throws(TrafficError) {
        let sums = Sums()
        try XMLFile.read(RoadNetwork.data(at: path), name: path) { element, attributes in
            guard element == "tripinfo" else { return }
            let (departure, delay) = (Double(attributes["depart"] ?? "") ?? -1, Double(attributes["departDelay"] ?? "") ?? 0)
            // SUMO also lists trips that it has read ahead and whose time hasn't come.
            guard departure >= 0 || delay > 0 else { return }
            sums.trips += 1
            sums.lost += (Double(attributes["timeLoss"] ?? "") ?? 0) + delay
            if (Double(attributes["arrival"] ?? "") ?? -1) < 0 { sums.unfinished += 1 }
        }
        guard sums.trips > 0, sums.lost.isFinite else { throw TrafficError(.badNetwork, "\(path) has no trips") }
        (mean, trips, unfinished) = (sums.lost / Double(sums.trips), sums.trips, sums.unfinished)
    }

    private final class Sums { var (trips, unfinished, lost) = (0, 0, 0.0) }
}
