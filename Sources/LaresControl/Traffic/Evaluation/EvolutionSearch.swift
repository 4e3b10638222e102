internal import Foundation
internal import LaresTensor

/// Learns parameters by trying: an evolution strategy with one step size for each parameter (Ros & Hansen 2008), mirrored samples, and
/// the same seeds for all that are compared.
public struct EvolutionSearch: Sendable {
    /// What is the best guess.
    public private(set) var mean: [Float]
    /// How far it is tried, by parameter.
    public private(set) var steps: [Float]
    /// Generations so far.
    public private(set) var generation = 0
    private var random: SeededRandom
    /// Tries of a generation.
    public let population: Int

    /// - Parameters:
    ///   - start: Where it begins, and what it is to be no worse than.
    ///   - step: How far it tries at first.
    ///   - population: Tries of a generation, even.
    public init(from start: [Float], step: Float = 0.3, population: Int = 12, seed: UInt64 = 1) {
        (mean, steps) = (start, .init(repeating: step, count: start.count))
        (random, self.population) = (SeededRandom(seed: seed), max(4, population / 2 * 2))
    }

    /// One generation.
    /// - Parameter score: What parameters cost in a generation; less is better.
    /// - Returns: The costs, the best first.
    public mutating func improve(_ score: ([Float], Int) throws -> Double) rethrows -> [Double] {
        let half = (0..<population / 2).map { _ in steps.map { _ in random.normal() } }
        let tries = half + half.map { $0.map { -$0 } }
        var costs: [(Double, [Float])] = []
        for way in tries {
            let cost = try score(zip(mean, zip(steps, way)).map { $0 + $1.0 * $1.1 }, generation)
            costs.append((cost.isFinite ? cost : .infinity, way))
        }
        costs.sort { $0.0 < $1.0 }
        move(toward: costs.prefix(population / 2).map(\.1))
        generation += 1
        return costs.map(\.0)
    }

    private mutating func move(toward best: [[Float]]) {
        let raw = best.indices.map { logf(Float(best.count) + 0.5) - logf(Float($0 + 1)) }
        let weights = raw.map { $0 / raw.reduce(0, +) }
        for i in mean.indices {
            let (shift, square) = zip(weights, best).reduce((Float(0), Float(0))) { sums, one in
                (sums.0 + one.0 * one.1[i], sums.1 + one.0 * one.1[i] * one.1[i])
            }
            mean[i] += steps[i] * shift
            steps[i] *= expf(0.15 * (min(max(square, 0.3), 2) - 1)) * 0.99
        }
    }
}
