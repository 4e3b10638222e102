public import LaresControl

/// A street with signals that can be opened: a simulation, or the way to cabinets.
public protocol TrafficSource: Sendable {
    /// What it is called.
    var name: String { get }
    /// The rules of its signals' shells, in the order of the port's signals.
    var rules: [ShellRules] { get }
    /// Where its lanes and junctions lie.
    var map: RoadMap { get }
    /// What shows the street, such as "SUMO 1.28.0".
    var simulator: String { get }
    /// When its demand ends, in seconds; nil: never. It then begins anew.
    var end: Double? { get }

    /// Opens it. Called on the thread that exchanges every second, and nowhere else.
    ///
    /// - Parameter time: The second to go on from; nil: the beginning.
    /// - Throws: `TrafficError` with `unreachable`.
    func open(at time: Double?) throws -> any SignalPort
}

/// A port on which lanes can be closed, as those of simulations can.
public protocol ClosableStreet {
    /// Closes a lane, or opens it again, with the next second.
    func close(_ lane: String, isClosed: Bool)
    /// Has a vehicle stand on a lane, with the next second.
    ///
    /// - Parameter name: What it is called: another name each time.
    /// - Throws: `TrafficError` with `refused`; the street goes on.
    func block(_ blockage: LaneBlockage, as name: String) throws
    /// Takes such a vehicle away.
    func unblock(_ name: String) throws
}

extension SumoPort: ClosableStreet {}

/// A folder of SUMO: a `.sumocfg`, its network and its demand.
public struct SumoStreet: TrafficSource {
    /// The folder's name.
    public var name: String { scenario.name }
    /// The rules of its signals' shells.
    public let rules: [ShellRules]
    /// Where its lanes and junctions lie.
    public let map: RoadMap
    /// SUMO and its version.
    public let simulator: String
    /// When its demand ends.
    public var end: Double? { scenario.end }
    private let scenario: SumoScenario
    private let program: SumoProgram

    /// Reads a folder.
    ///
    /// - Throws: `TrafficError`: SUMO isn't there, or the folder has no network with signals that can be controlled.
    public init(contentsOf folder: String) throws {
        program = try SumoProgram()
        scenario = try SumoScenario(contentsOf: folder)
        let network = try scenario.network()
        let signals = network.controllableSignals
        guard !signals.isEmpty, signals.count <= Self.mostSignals else {
            throw TrafficError(
                .badNetwork, "\(scenario.name) has \(signals.count) signals that could be controlled; 1 to \(Self.mostSignals) are")
        }
        rules = try signals.map { try ShellRules(SignalPlan(of: $0, in: network)) }
        map = try RoadMap(contentsOf: scenario.networkFile)
        simulator = try program.version()
    }

    private static let mostSignals = 2_000
    /// A simulator that says nothing for so long is taken for hung, in seconds.
    private static let patience = 15.0

    /// Starts SUMO, which ends with the thread that calls this.
    public func open(at time: Double?) throws -> any SignalPort {
        var settings = SumoPort.Settings()
        // A person may close a lane on which vehicles begin their way: without this SUMO ends when the next one comes.
        settings.options = ["--ignore-route-errors"]
        (settings.hasLoopsToo, settings.countsTrips, settings.patience) = (true, false, Self.patience)
        return try SumoPort(time.map { scenario.starting(at: $0) } ?? scenario, plans: rules.map(\.plan), program: program, settings)
    }
}
