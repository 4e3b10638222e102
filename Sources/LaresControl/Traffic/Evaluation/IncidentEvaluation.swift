internal import LaresTensor

/// How soon closures of lanes are seen, and how often something is seen that isn't there, in simulations of networks of SUMO.
///
/// Each seed is run undisturbed, then once for each closure: a lane that carries enough, at a random time, closed until the end. The networks' own programmes
/// control the signals. In the undisturbed runs whatever is told is a false alarm.
public struct IncidentEvaluation: Sendable {
    /// How it is done.
    public struct Settings: Sendable, Hashable {
        /// Seeds; those from ``TrafficTraining/firstSeed`` on are for choosing settings.
        public var seeds = 1..<26
        /// Closures of each kind, by seed and network.
        public var closures = 3
        /// Vehicles an hour that a lane must carry to be closed.
        public var flow = 180.0
        /// Seconds within which a closure is to be seen.
        public var within = 120.0
        /// Whether whole lanes are closed too, so that drivers know it before they come there.
        public var hasSigned = true

        /// The usual.
        public init() {}
    }

    /// A closure, and when each method saw it.
    public struct Seen: Sendable, Hashable {
        /// The network's folder.
        public let network: String
        /// The lane.
        public let lane: String
        /// How it was closed: `standing` or `signed`.
        public let closing: String
        /// The simulation's seed.
        public let seed: Int
        /// When, in seconds of the simulation.
        public let time: Double
        /// Vehicles that passed the stop line in the same seed's undisturbed run within the same seconds.
        public let traffic: Int
        /// By method, in seconds; nil: not within ``IncidentTrial/after`` seconds.
        public let delays: [Double?]
    }

    /// Closures in their order.
    public private(set) var closures: [Seen] = []
    /// False alarms by method.
    public private(set) var falseAlarms = IncidentTrial.methods.map { _ in 0 }
    /// Hours of junctions without closures.
    public private(set) var junctionHours = 0.0
    /// How it was done.
    public let settings: Settings

    /// Nothing yet.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// The methods, in the order of ``Seen/delays``.
    public static var methods: [String] { IncidentTrial.methods }

    /// The first second in which a lane may be closed, from the simulation's begin on.
    private static let warm = 600.0

    /// Runs a network's simulations.
    ///
    /// - Parameter progress: Is told what runs.
    /// - Throws: ``TrafficError``.
    public mutating func add(_ run: TrafficRun, progress: (String) -> Void) throws {
        let scenario = run.scenario, length = scenario.end - scenario.begin
        guard length >= Self.warm + IncidentTrial.after + 60 else {
            throw TrafficError(
                .badSetting, "\(scenario.name) lasts \(Int(length)) s; incidents need \(Int(Self.warm + IncidentTrial.after + 60))")
        }
        for seed in settings.seeds {
            let trial = IncidentTrial(run: run, seed: seed)
            progress("\(scenario.name), \(seed)")
            let calm = try trial()
            for method in falseAlarms.indices { falseAlarms[method] += calm.alarms[method].count }
            junctionHours += Double(run.plans.count) * max(0, calm.seconds - Double(IncidentSettings().learning)) / 3_600
            var random = SeededRandom(seed: UInt64(seed) &* 7_919 &+ UInt64(scenario.name.utf8.count))
            for closing in IncidentTrial.Closing.allCases where closing == .standing || settings.hasSigned {
                for closure in pick(run, calm, closing, &random) {
                    progress("\(scenario.name), \(seed), \(closure.lane), \(closing.rawValue)")
                    if let seen = judge(closure, try trial(closure), run, calm, seed) { closures.append(seen) }
                }
            }
        }
    }

    /// Lanes that carry enough in this seed's undisturbed run, no lane twice, each at a time of its own.
    private func pick(
        _ run: TrafficRun, _ calm: IncidentTrial.Result, _ closing: IncidentTrial.Closing, _ random: inout SeededRandom
    ) -> [IncidentTrial.Closure] {
        let scenario = run.scenario, hours = (scenario.end - scenario.begin) / 3_600
        var lanes = run.plans.indices.flatMap { signal in
            run.plans[signal].approaches.indices.compactMap { place -> (Int, Approach)? in
                let count = calm.passed[signal][place].reduce(0) { $0 + Double($1.count) }
                return count >= settings.flow * hours ? (signal, run.plans[signal].approaches[place]) : nil
            }
        }
        var picked: [IncidentTrial.Closure] = []
        while picked.count < settings.closures, !lanes.isEmpty {
            let (signal, approach) = lanes.remove(at: min(lanes.count - 1, Int(random.unit() * Float(lanes.count))))
            let room = scenario.end - scenario.begin - Self.warm - IncidentTrial.after
            let length = approach.stretches[0].length
            // Between the far loop and the line, or the lane's begin where that is nearer.
            let distance = Double(random.unit()) * min(length - 1, Self.watched)
            picked.append(
                .init(
                    signal: signal, lane: approach.lane, position: max(0.2, length - 0.2 - distance),
                    time: scenario.begin + Self.warm + (Double(random.unit()) * room).rounded(), closing: closing))
        }
        return picked
    }

    /// Metres from the stop line within which vehicles break down.
    private static let watched = 110.0

    private func judge(
        _ closure: IncidentTrial.Closure, _ result: IncidentTrial.Result, _ run: TrafficRun, _ calm: IncidentTrial.Result, _ seed: Int
    ) -> Seen? {
        // Where there was no room until the end, nothing was closed.
        guard let closedAt = result.closedAt, run.scenario.end - closedAt >= settings.within else { return nil }
        let road = IncidentDetector.road(of: closure.lane)
        let delays = result.alarms.map { alarms in
            alarms.first { $0.time > closedAt && $0.signal == closure.signal && $0.road == road }.map { $0.time - closedAt }
        }
        let place = run.plans[closure.signal].approaches.firstIndex { $0.lane == closure.lane } ?? 0
        let during = calm.passed[closure.signal][place].filter { $0.time > closedAt && $0.time <= closedAt + settings.within }
        return Seen(
            network: run.scenario.name, lane: closure.lane, closing: closure.closing.rawValue, seed: seed, time: closedAt,
            traffic: Int(during.reduce(0) { $0 + $1.count }), delays: delays)
    }
}
