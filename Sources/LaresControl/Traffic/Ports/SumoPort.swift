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
        /// Whether loops are seen beside all vehicles.
        public var hasLoopsToo = false
        /// Whether the signals keep SUMO's own programmes, so that nothing has to be seen.
        public var isUnguided = false
        /// Whether what each trip lost is written down, for ``SumoPort/finish()``.
        public var countsTrips = true
        /// Further options of SUMO.
        public var options: [String] = []
        /// Further files, such as another programme.
        public var additionalFiles: [String] = []
        /// Vehicles that stand in the way.
        public var blockages: [LaneBlockage] = []
        /// How long a step may take, in seconds.
        public var patience = 60.0

        /// Seed 1, all vehicles seen.
        public init() {}
    }

    /// The signals.
    public let plans: [SignalPlan]
    /// The simulation's time, in seconds.
    public private(set) var time: Double
    /// When those that stand in the way began to, by their place among the settings' blockages.
    public private(set) var blockedAt: [Int: Double] = [:]
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
        let hasLoops = (settings.hasLoopsOnly || settings.hasLoopsToo) && !settings.isUnguided
        let loops = hasLoops ? LoopPlaces(plans) : nil
        eyes = SumoEyes(plans, loops: loops, seesVehicles: !settings.hasLoopsOnly)
        var additional = settings.additionalFiles
        if let loops {
            try Data(loops.file.utf8).write(to: URL(fileURLWithPath: "\(folder)/loops.add.xml"))
            additional.append("\(folder)/loops.add.xml")
        }
        if !settings.blockages.isEmpty {
            try Data(LaneBlockage.file(settings.blockages).utf8).write(to: URL(fileURLWithPath: "\(folder)/blockages.add.xml"))
            additional.append("\(folder)/blockages.add.xml")
        }
        let arguments = Self.arguments(scenario, settings, additional, folder)
        child = try SumoChild(program, arguments + settings.options, folder: folder)
        do {
            socket = try child.connect(within: min(settings.patience, 60), patience: settings.patience)
        } catch {
            child.end()
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        (time, shown) = (scenario.begin, .init(repeating: nil, count: plans.count))
        if !settings.isUnguided { try ask(eyes.subscriptions(in: plans)) }
        if !settings.blockages.isEmpty {
            var message = TraCIMessage()
            message.subscribe(0xDB, to: Self.departures, [0x74])
            try ask(message)
        }
    }

    private static func arguments(_ scenario: SumoScenario, _ settings: Settings, _ additional: [String], _ folder: String) -> [String] {
        var arguments = [
            "-c", scenario.configuration, "--seed", String(settings.seed), "--time-to-teleport", "-1", "--begin", "\(scenario.begin)",
        ]
        if settings.countsTrips {
            arguments += [
                "--tripinfo-output", "\(folder)/trips.xml", "--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted",
            ]
        }
        if !additional.isEmpty { arguments += ["--additional-files", additional.joined(separator: ",")] }
        return arguments
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
        if !settings.blockages.isEmpty { note(reply) }
        let signals = eyes.readings(of: reply, plans)
        return StreetReading(time: time, signals: signals, inside: eyes.inside, shown: eyes.shown(in: reply))
    }

    /// What the subscription to vehicles that set out is called.
    private static let departures = "lares"

    private func note(_ reply: TraCIReply) {
        for subscription in reply.subscriptions where subscription.name == Self.departures {
            for name in subscription.objects.first?[0x74]?.texts ?? [] where name.hasPrefix(LaneBlockage.prefix) {
                if let place = Int(name.dropFirst(LaneBlockage.prefix.count)) { blockedAt[place] = time }
            }
        }
    }

    /// Closes a lane, or opens it again, with the next second.
    public func close(_ lane: String, isClosed: Bool = true) { closures.append((lane, isClosed ? ["all"] : [])) }

    /// Has a vehicle stand on a lane as if it had broken down there; SUMO waits until there is room.
    ///
    /// - Parameters:
    ///   - blockage: Where, and for how long; it begins with the next second, whatever its time is.
    ///   - name: What the vehicle is called: another name each time.
    /// - Throws: ``TrafficError`` with `refused`, after which the simulation goes on as before, or `unreachable`.
    public func block(_ blockage: LaneBlockage, as name: String) throws {
        var message = TraCIMessage()
        message.add(blockage, as: name)
        do { try ask(message) } catch let error as TrafficError where error.code == .refused {
            // One that was added and can't stand there would drive on.
            try? unblock(name)
            throw error
        }
    }

    /// Takes a vehicle away that stands in the way.
    ///
    /// - Throws: ``TrafficError`` with `refused` when it has gone on already, or `unreachable`.
    public func unblock(_ name: String) throws {
        var message = TraCIMessage()
        message.remove(name)
        try ask(message)
    }

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
