internal import Foundation

/// One network, prepared for runs with any method and seed.
public struct TrafficRun: Sendable {
    /// What one run came to.
    public struct Result: Sendable, Hashable {
        /// What the trips lost.
        public let delays: TripDelays
        /// What monitors saw that must not be.
        public let violations: [String]
        /// Fall-backs and the like.
        public let events: [TrafficEvent]
    }

    /// The network's folder.
    public let scenario: SumoScenario
    /// Its signals.
    public let plans: [SignalPlan]
    /// The shells' rules.
    public let rules: [ShellRules]
    private let network: RoadNetwork
    let program: SumoProgram
    let patience: Double

    /// Reads the network.
    ///
    /// - Parameter patience: How long a step of the simulator may take, in seconds.
    /// - Throws: ``TrafficError``.
    public init(_ scenario: SumoScenario, program: SumoProgram, times: ShellTimes = ShellTimes(), patience: Double = 60) throws {
        (self.scenario, self.program, self.patience) = (scenario, program, patience)
        network = try scenario.network()
        var plans: [SignalPlan] = []
        // A signal with a single phase has nothing to decide: it keeps its programme.
        for signal in network.controllableSignals { plans.append(try SignalPlan(of: signal, in: network)) }
        guard !plans.isEmpty else { throw TrafficError(.badNetwork, "\(scenario.name) has no signals that could be controlled") }
        self.plans = plans
        var rules: [ShellRules] = []
        for plan in plans { rules.append(try ShellRules(plan, times)) }
        self.rules = rules
    }

    /// A whole simulation.
    ///
    /// - Parameter watch: Is given what happened when the simulation breaks off.
    /// - Throws: ``TrafficError``: SUMO died, hangs, or refuses the network.
    public func callAsFunction(
        _ method: SignalMethod, seed: Int, hasLoopsOnly: Bool = false, watch: ([TrafficEvent]) -> Void = { _ in }
    ) throws -> Result {
        var settings = SumoPort.Settings()
        (settings.seed, settings.hasLoopsOnly, settings.patience) = (seed, hasLoopsOnly, patience)
        guard case .controller(let controller) = method.kind else { return try unguided(method, settings) }
        var port = try SumoPort(scenario, plans: plans, program: program, settings)
        var street = Street(rules.map { SignalKeeper($0, controller) })
        var states = street.beginning
        do {
            while !port.isOver { try street.second(of: &port, states: &states) }
        } catch {
            watch(street.events)
            throw error
        }
        return Result(delays: try port.finish(), violations: street.violations, events: street.events)
    }

    private func unguided(_ method: SignalMethod, _ settings: SumoPort.Settings) throws -> Result {
        var settings = settings
        settings.isUnguided = true
        let path = NSTemporaryDirectory() + "lares-actuated-\(UUID().uuidString).add.xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        if case .sumoActuated = method.kind {
            try actuatedProgrammes.write(toFile: path, atomically: true, encoding: .utf8)
            settings.additionalFiles = [path]
        }
        let port = try SumoPort(scenario, plans: plans, program: program, settings)
        while !port.isOver { _ = try port.exchange(.init(repeating: nil, count: plans.count)) }
        return Result(delays: try port.finish(), violations: [], events: [])
    }

    private var actuatedProgrammes: String {
        let programmes = plans.map { plan in
            let phases = (network.programmes[plan.name] ?? []).map { phase in
                let isGreen = !phase.state.contains("y") && phase.state.contains { $0 == "g" || $0 == "G" }
                let limits = isGreen ? " minDur=\"5\" maxDur=\"50\"" : ""
                return "<phase duration=\"\(phase.duration)\"\(limits) state=\"\(phase.state)\"/>"
            }
            return "<tlLogic id=\"\(plan.name)\" type=\"actuated\" programID=\"lares\" offset=\"0\">\(phases.joined())</tlLogic>"
        }
        return "<additional>\(programmes.joined(separator: "\n"))</additional>"
    }
}
