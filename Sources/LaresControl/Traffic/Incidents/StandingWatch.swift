/// Watches who stands on a lane, where vehicles are seen: one that stands though the way before it is free is stranded, and a first in line that stays when
/// it may go is stuck. Vehicles have no identity here: what is counted is how long a place of five metres has had somebody who stands.
struct StandingWatch: Sendable, Hashable {
    /// What is known of a place of the lane.
    private struct Place: Sendable, Hashable {
        /// Seconds that somebody has stood there without a break, and those of them in which the way before was free.
        var stood = 0, free = 0
    }

    private static let length: Float = 5, places = 41, tolerance: Float = 2
    private static let slow: Float = 0.5, vehicle: Float = 7.5
    private var lane = [Place](repeating: Place(), count: places)
    /// Seconds of green for which somebody has stood first in line.
    private var green = 0
    /// The longest that it usually is; fades.
    private(set) var usual = 0.0
    private var first = First()
    /// Where the first in line usually stands, in metres.
    private var usualDistance: Float = 3

    /// Who stands first in line.
    private struct First: Sendable, Hashable {
        var distance: Float = 0
        /// Seconds, and those of them with green.
        var seconds = 0, green = 0
    }

    /// Takes in a second of vehicles, nearest first.
    ///
    /// - Parameter isLearning: Whether what is seen now is usual.
    /// - Returns: What isn't as it should be; nil: nothing.
    mutating func tick(
        _ vehicles: [LaneSecond.Vehicle], light: LaneSecond.Light, _ settings: IncidentSettings, isLearning: Bool
    ) -> TrafficIncident.Kind? {
        mark(vehicles, freeWay: settings.freeWay)
        queue(vehicles.first, light: light, freeWay: settings.freeWay, isLearning: isLearning)
        if lane.contains(where: { $0.free >= settings.stranded }) || stopsShort(settings) { return .stranded }
        return green >= settings.stuck && Double(green) >= settings.beyondUsual * usual ? .stuck : nil
    }

    /// Whether the first in line stands too far from the line, and stays when it may go.
    private func stopsShort(_ settings: IncidentSettings) -> Bool {
        first.green >= settings.shortGreen && first.distance >= max(settings.short, usualDistance + settings.beyondUsualDistance)
            && lane[Self.place(first.distance)].stood >= settings.stranded
    }

    private mutating func mark(_ vehicles: [LaneSecond.Vehicle], freeWay: Float) {
        var (isStanding, isFree) = ([Bool](repeating: false, count: Self.places), [Bool](repeating: false, count: Self.places))
        var before: Float?
        for vehicle in vehicles {
            let gap = before.map { vehicle.distance - $0 - Self.vehicle } ?? vehicle.distance
            before = vehicle.distance
            guard vehicle.speed < Self.slow, vehicle.distance.isFinite else { continue }
            for place in Self.place(vehicle.distance - Self.tolerance)...Self.place(vehicle.distance + Self.tolerance) {
                isStanding[place] = true
                if gap >= freeWay { isFree[place] = true }
            }
        }
        for place in lane.indices {
            lane[place].stood = isStanding[place] ? min(lane[place].stood + 1, 100_000) : 0
            lane[place].free = isStanding[place] ? min(lane[place].free + (isFree[place] ? 1 : 0), 100_000) : 0
        }
    }

    private static func place(_ distance: Float) -> Int {
        let place = distance / length
        return place >= 0 && place < Float(places) ? Int(place) : place < 0 ? 0 : places - 1
    }

    private mutating func queue(_ vehicle: LaneSecond.Vehicle?, light: LaneSecond.Light, freeWay: Float, isLearning: Bool) {
        guard let vehicle, vehicle.speed < Self.slow, vehicle.distance < freeWay else {
            if isLearning, green > 3 { usual = max(usual * 0.98, Double(green)) }
            (green, first) = (0, First())
            return
        }
        if abs(vehicle.distance - first.distance) > Self.tolerance { first = First(distance: vehicle.distance) }
        first.seconds = min(first.seconds + 1, 100_000)
        if first.seconds == 5 { usualDistance += 0.1 * (max(0, vehicle.distance) - usualDistance) }
        guard light > .stops else { return }
        (green, first.green) = (min(green + 1, 100_000), min(first.green + 1, 100_000))
    }
}
