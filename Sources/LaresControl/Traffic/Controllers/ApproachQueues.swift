internal import Foundation

/// Who comes to the stop lines and when, the approaches one after the other.
struct ApproachQueues: Sendable {
    /// Seconds after which each would be at the line.
    private(set) var ready: [Float] = []
    /// How much of a vehicle it is.
    private(set) var weight: [Float] = []
    /// How fast it goes, of what is allowed: what it loses when it has to stop.
    private(set) var moving: [Float] = []
    /// Where each approach begins, and after the last the end.
    private(set) var begins: [Int] = [0]

    private typealias Vehicle = (ready: Float, weight: Float, moving: Float)
    /// Seconds after which those who nobody sees yet may come.
    private static let unseenAfter: Float = 14
    private static let mostVehicles = 200

    init(_ view: SignalView, _ flow: FlowMemory, _ values: StreetValues, horizon: Float) {
        for (place, demand) in view.demand.enumerated() {
            let approach = view.plan.approaches[place]
            var queue = Self.seen(demand, limit: Float(approach.speed), values, horizon)
            queue += Self.unseen(approach, flow.arrivals[place] * values.unseen, horizon)
            for vehicle in Self.sorted(queue) {
                ready.append(vehicle.ready)
                weight.append(vehicle.weight)
                moving.append(vehicle.moving)
            }
            begins.append(ready.count)
        }
    }

    private static func seen(_ demand: ApproachDemand, limit: Float, _ values: StreetValues, _ horizon: Float) -> [Vehicle] {
        demand.vehicles.prefix(mostVehicles).compactMap { vehicle in
            let ready = values.arrival(distance: vehicle.distance, speed: vehicle.speed, limit: limit)
            return ready <= horizon ? (ready, vehicle.share, min(1, vehicle.speed / limit)) : nil
        }
    }

    /// Those who will come from further away than anybody sees, at the rate at which they usually do.
    private static func unseen(_ approach: Approach, _ rate: Float, _ horizon: Float) -> [Vehicle] {
        let length = Float(approach.stretches.map { $0.offset + $0.length }.max() ?? 0)
        let first = min(min(Float(Approach.reach), length) / Float(approach.speed), unseenAfter)
        guard rate > 0.004, first < horizon else { return [] }
        let expected = (horizon - first) * rate
        let count = max(1, Int(expected.rounded()))
        let gap = (horizon - first) / Float(count)
        return (0..<count).map { (first + (Float($0) + 0.5) * gap, expected / Float(count), 1) }
    }

    /// In their order; a sort that keeps equals where they were.
    private static func sorted(_ queue: [Vehicle]) -> [Vehicle] {
        queue.enumerated().sorted { ($0.element.ready, $0.offset) < ($1.element.ready, $1.offset) }.map(\.element)
    }
}
