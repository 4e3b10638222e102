import Foundation
import LaresNeural
import LaresTensor
import Synchronization

/// A version in memory.
package final class LoadedNetwork: Sendable {
    let version: ModelVersion
    let network: any ServedModel
    /// Whether rows of several requests may be computed together and give what each would give alone.
    let joinsRows: Bool
    /// What one row takes, seen when it was loaded.
    let rowTime: Duration
    /// Most rows that are computed in one go; more urgent work, and work as urgent, is let in after them.
    private let block: Int
    private let counts = Mutex(InferenceStatistics())
    /// Goes last of all: by then the network's own tensors are gone, whoever held it to the end.
    private let returning = ReturnedMemory()

    /// Reads a version and tries it.
    init(_ version: ModelVersion, at path: String) throws {
        self.version = version
        switch version.kind {
        case .network:
            let network = try Network(contentsOf: path)
            (self.network, joinsRows, rowTime) = (network, Self.joinsRows(network), Self.rowTime(network))
        case .forecaster, .detector: (network, joinsRows, rowTime) = (try SeriesModel(version.kind, at: path), false, .seconds(1))
        case .signals: (network, joinsRows, rowTime) = (try ServedSignals(contentsOf: path), true, .microseconds(10))
        case .words: (network, joinsRows, rowTime) = (try WordModel(contentsOf: path), false, .microseconds(10))
        case .translator: (network, joinsRows, rowTime) = (try TranslatorModel(contentsOf: path), true, .milliseconds(1))
        }
        // A translator goes through its texts by itself, those of one length together.
        block = version.kind == .translator ? .max : Self.block(rowTime)
    }

    /// A version whose model is at hand.
    package init(_ version: ModelVersion, _ network: any ServedModel, joinsRows: Bool, rowTime: Duration) {
        (self.version, self.network, self.joinsRows, self.rowTime) = (version, network, joinsRows, rowTime)
        block = Self.block(rowTime)
    }

    /// Rows of 20 ms, as long as a step of a language model takes; at least 64, which one reading of the weights serves.
    private static func block(_ rowTime: Duration) -> Int { max(64, Int(.milliseconds(20) / max(rowTime, .nanoseconds(100)))) }

    /// The outputs for so many rows, a block after another where rows don't touch each other.
    func outputs(_ inputs: [String: NetworkValue], rows: Int, between: () throws -> Void) throws -> [String: NetworkValue] {
        guard joinsRows, rows > block, let blocks = Self.split(inputs, rows: rows, block: block) else {
            return try network(inputs, between: between)
        }
        var parts: [[String: NetworkValue]] = []
        for block in blocks {
            try between()
            do { parts.append(try network(block, between: between)) } catch is NetworkError where !parts.isEmpty {
                // Places in the message are to be those of the request; numbers are looked at before anything is computed.
                return try network(inputs, between: between)
            }
        }
        return try Self.joined(parts)
    }

    private static func split(_ inputs: [String: NetworkValue], rows: Int, block: Int) -> [[String: NetworkValue]]? {
        let sizes = stride(from: 0, to: rows, by: block).map { min(block, rows - $0) }
        let parts = inputs.compactMapValues { $0.split(sizes) }
        guard !inputs.isEmpty, parts.count == inputs.count else { return nil }
        return sizes.indices.map { place in parts.mapValues { $0[place] } }
    }

    private static func joined(_ parts: [[String: NetworkValue]]) throws -> [String: NetworkValue] {
        var outputs: [String: NetworkValue] = [:]
        for name in parts[0].keys {
            guard let value = NetworkValue.joined(parts.compactMap { $0[name] }) else {
                throw ServingError(.internal, "the rows of '\(name)' don't go together")
            }
            outputs[name] = value
        }
        return outputs
    }

    package var statistics: InferenceStatistics { counts.withLock { $0 } }

    /// Every input and output is open in its first size, and three rows together give what they give alone.
    private static func joinsRows(_ network: Network) -> Bool {
        let signature = network.signature
        guard (signature.inputs + signature.outputs).allSatisfy({ !$0.shape.isEmpty && $0.shape[0] == nil }) else { return false }
        var random = SeededRandom(seed: 0xBA7C)
        guard let inputs = try? DryRun.inputs(of: network, rows: 3, &random), let together = try? network(inputs) else { return false }
        let parts = inputs.compactMapValues { $0.split([1, 1, 1]) }
        for row in 0..<3 {
            guard let alone = try? network(parts.mapValues { $0[row] }) else { return false }
            for (name, value) in alone {
                guard let part = together[name]?.split([1, 1, 1])?[row], value.isAlike(part) else { return false }
            }
        }
        return true
    }

    private static func rowTime(_ network: Network) -> Duration {
        var random = SeededRandom(seed: 0x71FE)
        guard let inputs = try? DryRun.inputs(of: network, rows: 1, &random) else { return .seconds(1) }
        return (0..<3).map { _ in ContinuousClock().measure { _ = try? network(inputs) } }.min() ?? .seconds(1)
    }

    /// Counts a step and the requests in it.
    func count(_ jobs: [NetworkJob], rows: Int, began: ContinuousClock.Instant, ended: ContinuousClock.Instant, failures: Int) {
        counts.withLock { counts in
            counts.batches[min(rows, 4_096), default: .init()].steps += 1
            counts.batches[min(rows, 4_096), default: .init()].time += ended - began
            counts.rows += failures == 0 ? rows : 0
            counts.answered += jobs.count - failures
            counts.failed += failures
            for job in jobs {
                counts.waiting += began - job.arrived
                counts.computing += ended - began
                if failures == 0 { counts.total += ended - job.arrived } else { counts.failing += ended - job.arrived }
            }
            counts.last = Int(Date().timeIntervalSince1970 * 1_000)
        }
    }
}

/// Gives memory of tensors back to the system when it goes.
private final class ReturnedMemory: Sendable {
    deinit { returnTensorMemory() }
}

extension NetworkValue {
    /// Equal but for rounding.
    fileprivate func isAlike(_ other: NetworkValue) -> Bool {
        guard case .floats(let mine, let shape) = self, case .floats(let theirs, shape: shape) = other else { return self == other }
        return zip(mine, theirs).allSatisfy { abs($0 - $1) <= 1e-3 * max(1, abs($0)) }
    }
}
