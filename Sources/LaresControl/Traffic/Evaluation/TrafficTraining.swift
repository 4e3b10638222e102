/// Trains the learned controller on simulations.
public struct TrafficTraining: Sendable {
    /// Seeds from here on are for training; evaluations use small ones.
    public static let firstSeed = 10_000
    /// No try is worse than this multiple of the greedy controller: a jam is a jam.
    private static let worst = 3.0

    private let runs: [TrafficRun]
    private let bases: [Double]
    private let rest: [Float]
    /// The search.
    public private(set) var search: PrioritySearch

    /// Measures the greedy controller first, so that each network counts alike.
    ///
    /// - Parameters:
    ///   - step: How far it tries at first.
    ///   - population: Tries of a generation.
    ///   - isLinearOnly: Whether only the linear map is learned, which needs fewer tries.
    public init(_ runs: [TrafficRun], from start: PriorityNetwork, isLinearOnly: Bool, step: Float = 0.2, population: Int = 12) throws {
        self.runs = runs
        let (flat, learned) = (start.flat, isLinearOnly ? PriorityNetwork.inputs : start.flat.count)
        rest = Array(flat[learned...])
        search = PrioritySearch(from: Array(flat[..<learned]), step: step, population: population)
        let greedy = SignalMethod("max-wave", .controller(MaxWave()))
        bases = try runs.map { run in try run(greedy, seed: Self.firstSeed - 1).delays.mean }
    }

    /// What is the best guess so far.
    public var network: PriorityNetwork { PriorityNetwork(flat: search.mean + rest) ?? PriorityNetwork() }

    /// One generation.
    /// - Returns: The costs beside the greedy controller's, the best first.
    public mutating func improve() throws -> [Double] {
        try search.improve { [runs, bases, rest] parameters, generation in
            guard let network = PriorityNetwork(flat: parameters + rest) else { return .infinity }
            let method = SignalMethod.learned(network)
            let costs = try zip(runs, bases).map { run, base in
                let result = try run(method, seed: Self.firstSeed + generation)
                return min(result.delays.mean / base, Self.worst)
            }
            return costs.reduce(0, +) / Double(costs.count)
        }
    }
}
