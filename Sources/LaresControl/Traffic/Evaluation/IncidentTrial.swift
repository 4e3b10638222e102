internal import LaresTensor

/// One simulation with detectors beside it: undisturbed, or with one lane that is closed at some time.
struct IncidentTrial {
    /// How a lane is closed.
    enum Closing: String, CaseIterable {
        /// A vehicle stands on it between the far loop and the stop line, and doesn't go on.
        case standing
        /// The whole lane is closed, and drivers know it before they come there.
        case signed
    }

    /// A lane that is closed.
    struct Closure {
        let signal: Int
        let lane: String
        let position: Double
        let time: Double
        let closing: Closing
    }

    /// What came of it.
    struct Result {
        /// When the closure began; nil: there was none.
        var closedAt: Double?
        /// What each method told: when, of which road.
        var alarms: [[(time: Double, signal: Int, road: String)]]
        /// By signal and approach: seconds at which somebody passed the stop line, with how many.
        var passed: [[[(time: Double, count: Float)]]]
        /// Seconds in which methods were listened to.
        var seconds: Double
    }

    /// The methods, in the order of results: Lares' detector with vehicles seen, with loops only, with both, and peers with loops.
    static let methods = ["vehicles", "loops", "vehicles and loops", "California (loops)", "silent green (loops)"]
    /// Seconds for which it goes on behind a closure.
    static let after = 240.0

    let run: TrafficRun
    let seed: Int

    /// Runs it.
    func callAsFunction(_ closure: Closure? = nil) throws -> Result {
        var settings = SumoPort.Settings()
        (settings.seed, settings.hasLoopsToo, settings.patience) = (seed, true, run.patience)
        settings.countsTrips = false
        // A lane that is the only one for a turn, closed: those who need it wait.
        settings.options = ["--ignore-route-errors"]
        if let closure, closure.closing == .standing {
            settings.blockages = [LaneBlockage(lane: closure.lane, position: closure.position, time: closure.time)]
        }
        let port = try SumoPort(run.scenario, plans: run.plans, program: run.program, settings)
        var bench = IncidentBench(run)
        var isSigned = false
        while !port.isOver {
            if let closure, closure.closing == .signed, !isSigned, port.time >= closure.time {
                port.close(closure.lane)
                (isSigned, bench.result.closedAt) = (true, port.time)
            }
            bench.take(try port.exchange(bench.states))
            if closure?.closing == .standing { bench.result.closedAt = port.blockedAt[0] }
            if let closed = bench.result.closedAt, port.time >= closed + Self.after { break }
        }
        return bench.result
    }
}

/// The signals' programmes and the methods, side by side.
private struct IncidentBench {
    private(set) var states: [[Aspect]?]
    var result: IncidentTrial.Result
    private let plans: [SignalPlan]
    private var keepers: [SignalKeeper]
    /// By signal: with vehicles seen, with loops only, with both.
    private var own: [[IncidentDetector]]
    private var peers: [[PeerDetector]]

    init(_ run: TrafficRun) {
        plans = run.plans
        keepers = run.rules.map { SignalKeeper($0, FixedTime()) }
        states = keepers.map(\.aspects)
        own = plans.map { plan in (0..<3).map { _ in IncidentDetector(plan) } }
        peers = plans.map { [PeerDetector($0) { CaliforniaAlgorithm() }, PeerDetector($0) { SilentGreen() }] }
        result = .init(
            closedAt: nil, alarms: IncidentTrial.methods.map { _ in [] }, passed: plans.map { $0.approaches.map { _ in [] } }, seconds: 0)
    }

    mutating func take(_ reading: StreetReading) {
        result.seconds += 1
        for signal in plans.indices {
            let (plan, seen) = (plans[signal], reading.signals[signal])
            let lights = plan.lights(states[signal] ?? [])
            let second = zip(seen, lights).map { LaneSecond($0, light: $1) }
            for (approach, lane) in second.enumerated() {
                let count = Float(lane.loops?.passed ?? 0)
                if count > 0 { result.passed[signal][approach].append((reading.time, count)) }
            }
            look(signal, second, at: reading.time)
            states[signal] = keepers[signal].tick(seen, at: reading.time)
        }
    }

    private mutating func look(_ signal: Int, _ second: [LaneSecond], at time: Double) {
        let views = [
            second.map { LaneSecond(light: $0.light, vehicles: $0.vehicles, standingBehind: $0.standingBehind) },
            second.map { LaneSecond(light: $0.light, loops: $0.loops) }, second,
        ]
        for (method, view) in views.enumerated() {
            for case .began(let incident) in own[signal][method].tick(view, at: time) {
                result.alarms[method].append((time, signal, incident.road))
            }
        }
        for peer in peers[signal].indices {
            for road in peers[signal][peer].tick(second) { result.alarms[views.count + peer].append((time, signal, road)) }
        }
    }
}
