/// Sees incidents on the lanes before one signal in what their detectors tell once a second.
///
/// It is a pure function of the stream: a second costs a few hundred operations a lane, and a lane under two kilobytes, however long it watches. There is
/// one incident a road at a time; it is over after a minute without a sign.
///
/// ```swift
/// var detector = IncidentDetector(plan)
/// for change in detector.tick(reading.signals[0], lights: plan.lights(aspects), at: reading.time) { … }
/// ```
public struct IncidentDetector: Sendable {
    private struct Lane: Sendable {
        let name: String
        let road: Int
        /// Vehicles further away are on other lanes.
        let length: Float
        var standing = StandingWatch()
        var missing: MissingWatch
    }

    private struct Road: Sendable {
        let name: String
        var incident: TrafficIncident?
        var calm = 0
    }

    /// The signal's name.
    public let signal: String
    private let settings: IncidentSettings
    private var lanes: [Lane]
    private var roads: [Road]
    private var seconds = 0

    /// - Parameter speed: How fast vehicles go between loops, in m/s, where the lane allows more.
    public init(_ plan: SignalPlan, _ settings: IncidentSettings = IncidentSettings(), speed: Double = 13.9) {
        (signal, self.settings) = (plan.name, settings)
        let names = unique(plan.approaches.map { Self.road(of: $0.lane) })
        roads = names.map { Road(name: $0) }
        lanes = plan.approaches.map { approach in
            let far = min(120, approach.stretches.map { $0.offset + $0.length }.max() ?? 0)
            return Lane(
                name: approach.lane, road: names.firstIndex(of: Self.road(of: approach.lane)) ?? 0,
                length: Float(approach.stretches[0].length),
                missing: MissingWatch(delay: Int(far / min(speed, approach.speed)) + 3))
        }
    }

    /// "north_1" is a lane of "north".
    static func road(of lane: String) -> String { lane.lastIndex(of: "_").map { String(lane[..<$0]) } ?? lane }

    /// Incidents that aren't over.
    public var open: [TrafficIncident] { roads.compactMap(\.incident) }

    /// One second.
    ///
    /// - Parameters:
    ///   - readings: By approach, in the plan's order; nil: nothing came, and nothing is concluded.
    ///   - lights: What each approach might do in this second (``SignalPlan/lights(_:)``).
    ///   - time: In seconds.
    /// - Returns: What began or is over.
    public mutating func tick(_ readings: [ApproachReading]?, lights: [LaneSecond.Light], at time: Double) -> [TrafficIncident.Change] {
        guard let readings, readings.count == lanes.count, lights.count == lanes.count else { return [] }
        return tick(zip(readings, lights).map { LaneSecond($0, light: $1) }, at: time)
    }

    /// One second of lanes, in the order of the plan's approaches.
    public mutating func tick(_ second: [LaneSecond], at time: Double) -> [TrafficIncident.Change] {
        guard second.count == lanes.count else { return [] }
        seconds = min(seconds + 1, settings.learning + 1)
        var passed = [Double](repeating: 0, count: roads.count)
        for (lane, now) in zip(lanes, second) { passed[lane.road] += now.loops?.passed ?? 0 }
        var signs = [(lane: Int, kind: TrafficIncident.Kind)?](repeating: nil, count: roads.count)
        for place in lanes.indices {
            let road = lanes[place].road
            let beside = passed[road] - (second[place].loops?.passed ?? 0)
            if let kind = look(place, second[place], passedBeside: beside), signs[road] == nil { signs[road] = (place, kind) }
        }
        guard seconds > settings.learning else { return [] }
        return roads.indices.compactMap { settle($0, signs[$0], at: time) }
    }

    private mutating func look(_ place: Int, _ second: LaneSecond, passedBeside: Double) -> TrafficIncident.Kind? {
        let isLearning = roads[lanes[place].road].incident == nil
        var kind: TrafficIncident.Kind?
        if let vehicles = second.vehicles {
            let own = vehicles.filter { $0.distance <= lanes[place].length }
            // Who can't leave because the road behind the junction is full isn't stuck here.
            let light = second.standingBehind < settings.full ? second.light : .stops
            kind = lanes[place].standing.tick(own, light: light, settings, isLearning: isLearning)
        }
        if let loops = second.loops {
            let missing = lanes[place].missing.tick(loops, light: second.light, passedBeside: passedBeside, isLearning: isLearning)
            if missing >= settings.missing { kind = kind ?? .missing }
        }
        return kind
    }

    private mutating func settle(
        _ road: Int, _ sign: (lane: Int, kind: TrafficIncident.Kind)?, at time: Double
    ) -> TrafficIncident.Change? {
        if let sign {
            roads[road].calm = 0
            guard roads[road].incident == nil else { return nil }
            let incident = TrafficIncident(signal: signal, road: roads[road].name, lane: lanes[sign.lane].name, kind: sign.kind, time: time)
            roads[road].incident = incident
            return .began(incident)
        }
        guard let incident = roads[road].incident else { return nil }
        roads[road].calm += 1
        guard roads[road].calm >= settings.calm else { return nil }
        (roads[road].incident, roads[road].calm) = (nil, 0)
        return .ended(incident, at: time)
    }
}
