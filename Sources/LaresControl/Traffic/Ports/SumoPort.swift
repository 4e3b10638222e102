internal import Foundation

/// The signals of a simulation: a SUMO that this port starts, steps and ends.
///
/// A second costs one message and one reply, whatever the number of signals. A SUMO that dies or hangs is an error, never a wait without end.
public final class SumoPort: SignalPort {
    /// How a simulation is run.
    public struct Settings: Sendable, Hashable {
        /// The seed of SUMO's randomness.
        public var seed = 1
        /// Whether only loops are seen, instead of all vehicles.
        public var hasLoopsOnly = false
        /// Whether the signals keep SUMO's own programmes, so that nothing has to be seen.
        public var isUnguided = false
        /// Further options of SUMO.
        public var options: [String] = []
        /// Further files, such as another programme.
        public var additionalFiles: [String] = []
        /// How long a step may take, in seconds.
        public var patience = 60.0

        /// Seed 1, all vehicles seen.
        public init() {}
    }

    /// The signals.
    public let plans: [SignalPlan]
    /// The simulation's time, in seconds.
    public private(set) var time: Double
    private let scenario: SumoScenario
    private let settings: Settings
    private let folder: String
    private let child: SumoChild
    private let socket: TraCISocket
    private var eyes: SumoEyes
    private var shown: [[Aspect]?]
    private var closures: [(lane: String, classes: [String])] = []

    /// Starts SUMO with a network's demand.
    ///
    /// - Throws: ``TrafficError`` with `unreachable`; what SUMO complains of is in the message.
    public init(_ scenario: SumoScenario, plans: [SignalPlan], program: SumoProgram, _ settings: Settings = Settings()) throws {
        (self.scenario, self.plans, self.settings) = (scenario, plans, settings)
        folder = NSTemporaryDirectory() + "lares-sumo-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let loops = settings.hasLoopsOnly && !settings.isUnguided ? LoopPlaces(plans) : nil
        eyes = SumoEyes(plans, loops: loops)
        var additional = settings.additionalFiles
        if let loops {
            try Data(loops.file.utf8).write(to: URL(fileURLWithPath: "\(folder)/loops.add.xml"))
            additional.append("\(folder)/loops.add.xml")
        }
        var arguments = [
            "-c", scenario.configuration, "--seed", String(settings.seed), "--time-to-teleport", "-1", "--tripinfo-output",
            "\(folder)/trips.xml",
            "--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted",
        ]
        if !additional.isEmpty { arguments += ["--additional-files", additional.joined(separator: ",")] }
        child = try SumoChild(program, arguments + settings.options, folder: folder)
        do {
            socket = try child.connect(patience: min(settings.patience, 60))
        } catch {
            child.end()
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        (time, shown) = (scenario.begin, .init(repeating: nil, count: plans.count))
        if !settings.isUnguided { try ask(eyes.subscriptions(in: plans)) }
    }

    deinit {
        socket.close()
        child.end()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The process of SUMO.
    public var process: Int32 { child.identifier }

    /// Whether the demand's time is over.
    public var isOver: Bool { time >= scenario.end }

    /// One second of the simulation.
    public func exchange(_ states: [[Aspect]?]) throws -> StreetReading {
        var message = TraCIMessage()
        for (place, state) in states.enumerated() {
            guard let state, state != shown[place] else { continue }
            message.show(state.letters, at: plans[place].name)
            shown[place] = state
        }
        for closure in closures { message.disallow(closure.classes, on: closure.lane) }
        closures = []
        message.step()
        let reply = try ask(message)
        time += 1
        return StreetReading(time: time, signals: eyes.readings(of: reply, plans))
    }

    /// Closes a lane, or opens it again, with the next second.
    public func close(_ lane: String, isClosed: Bool = true) { closures.append((lane, isClosed ? ["all"] : [])) }

    /// Ends the simulation, and tells what its trips lost.
    public func finish() throws -> TripDelays {
        var message = TraCIMessage()
        message.close()
        try ask(message)
        socket.close()
        try child.wait(patience: settings.patience)
        return try TripDelays(contentsOf: "\(folder)/trips.xml")
    }

    @discardableResult private func ask(_ message: TraCIMessage) throws -> TraCIReply {
        do {
            let reply = try TraCIReply(parsing: socket.exchange(message.bytes), to: message.commands)
            if let refusal = reply.refusals.first { throw TrafficError(.refused, "SUMO refused: \(refusal)") }
            return reply
        } catch let error as TrafficError where error.code == .unreachable {
            throw TrafficError(.unreachable, "SUMO is gone at \(Int(time)) s of '\(scenario.name)': \(error.message) (\(child.complaint))")
        }
    }
}
