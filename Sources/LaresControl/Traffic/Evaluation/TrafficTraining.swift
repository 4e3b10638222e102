/// Trains the learned controller on simulations.
public struct TrafficTraining: Sendable {
    /// Seeds from here on are for training; evaluations use small ones.
    public static let firstSeed = 10_000
    /// No try is worse than this multiple of where it began: a jam is a jam.
    private static let worst = 3.0

    private let runs: [TrafficRun]
    private let bases: [Double]
    /// The search.
    public private(set) var search: EvolutionSearch

    /// Measures where it begins first, so that each network counts alike. The greedy controllers jam some networks with some seeds, and are no measure.
    ///
    /// - Parameters:
    ///   - step: How far it tries at first.
    ///   - population: Tries of a generation.
    public init(_ runs: [TrafficRun], from start: SignalModel, step: Float = 1, population: Int = 12) throws {
        self.runs = runs
        search = EvolutionSearch(from: start.flat, step: step, population: population)
        let method = SignalMethod.learned(start)
        bases = try runs.map { run in max(try run(method, seed: Self.firstSeed - 1).delays.mean, 1) }
    }

    /// What is the best guess so far.
    public var model: SignalModel { SignalModel(flat: search.mean) ?? SignalModel() }

    /// One generation.
    /// - Returns: The costs beside those of where it began, the best first.
    public mutating func improve() throws -> [Double] {
        try search.improve { [runs, bases] parameters, generation in
            guard let model = SignalModel(flat: parameters) else { return .infinity }
            let method = SignalMethod.learned(model)
            let costs = try zip(runs, bases).map { run, base in
                let result = try run(method, seed: Self.firstSeed + generation)
                return min(result.delays.mean / base, Self.worst)
            }
            return costs.reduce(0, +) / Double(costs.count)
        }
    }
}
