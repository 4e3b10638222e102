/// A vehicle that stands on a lane of a simulation as if it had broken down there.
public struct LaneBlockage: Sendable, Hashable {
    /// The lane.
    public let lane: String
    /// Where its front stands: metres from the lane's begin.
    public let position: Double
    /// From when on, in seconds of the simulation; SUMO waits until there is room.
    public let time: Double
    /// For so many seconds.
    public let seconds: Double

    /// A blockage.
    public init(lane: String, position: Double, time: Double, seconds: Double = 100_000) {
        (self.lane, self.position, self.time, self.seconds) = (lane, position, time, seconds)
    }

    /// What vehicles that stand are called.
    static let prefix = "lares-blockage-"

    /// What SUMO reads to have them.
    static func file(_ blockages: [LaneBlockage]) -> String {
        let vehicles = blockages.enumerated().sorted { $0.element.time < $1.element.time }.map { number, blockage in
            let (edge, index) = blockage.edgeAndIndex
            let place = max(0.2, blockage.position)
            return """
                  <vehicle id="\(prefix)\(number)" depart="\(blockage.time)" departLane="\(index)" departPos="\(place)" departSpeed="0">
                    <route edges="\(LoopPlaces.escaped(edge))"/>
                    <stop lane="\(LoopPlaces.escaped(blockage.lane))" startPos="\(max(0, place - 1))" endPos="\(place + 0.1)" duration="\(blockage.seconds)"/>
                  </vehicle>
                """
        }
        return "<additional>\n\(vehicles.joined(separator: "\n"))\n</additional>\n"
    }

    /// "north_1" is lane 1 of "north".
    var edgeAndIndex: (String, String) {
        guard let end = lane.lastIndex(of: "_") else { return (lane, "0") }
        let index = lane[lane.index(after: end)...]
        return (String(lane[..<end]), Int(index) == nil ? "0" : String(index))
    }
}
