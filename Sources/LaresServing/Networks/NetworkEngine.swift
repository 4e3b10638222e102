import Dispatch
import Foundation
import LaresNeural
import LaresTensor
import Synchronization

/// One request in the engine.
struct NetworkJob: Sendable {
    let target: LoadedNetwork
    let inputs: [String: NetworkValue]
    let rows: Int
    let work: WorkClass
    let limits: BatchLimits
    let arrived: ContinuousClock.Instant
    let reply: @Sendable (Result<[String: NetworkValue], any Error>) -> Void
}

/// Computes what is asked of trained networks, on a thread of its own: while one step runs, what arrives makes the next.
final class NetworkEngine: Sendable {
    /// What requests must have in common to be computed together.
    private struct Key: Hashable, Sendable {
        let network: ObjectIdentifier
        let shapes: [String: [Int]]
        /// Set for those that can't be joined.
        let alone: Int?
    }

    private struct State {
        var line = BatchLine<Key>()
        var jobs: [Int: NetworkJob] = [:]
        var next = 0
        var isStopped = false
    }

    private let pool: ComputePool
    private let queueLimit: Int
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    init(pool: ComputePool, queueLimit: Int) {
        self.pool = pool
        self.queueLimit = queueLimit
    }

    /// What is computed by whoever asks when nothing else waits: handing it over would take longer.
    private static let brief = Duration.microseconds(50)

    /// Takes a request, or answers it at once: with its outputs when they are a matter of microseconds, or that it can't be taken.
    func submit(_ job: NetworkJob) {
        if job.work != .batch, job.target.rowTime * max(1, job.rows) < Self.brief, state.withLock({ $0.jobs.isEmpty && !$0.isStopped }) {
            return Self.compute([job])
        }
        let refusal: ServingError? = state.withLock { state in
            if state.isStopped { return ServingError(.draining, "the server is stopping; try again in a moment", retryAfter: .seconds(5)) }
            guard state.jobs.count < queueLimit else {
                return ServingError(
                    .queueFull, "the queue of trained networks (\(queueLimit) places) is full: try again in a second",
                    retryAfter: .seconds(1))
            }
            let id = state.next
            state.next += 1
            state.jobs[id] = job
            state.line.add(
                .init(
                    id: id, key: Self.key(job, id), rows: job.rows, work: job.work, arrived: job.arrived,
                    limits: job.limits))
            return nil
        }
        if let refusal { return job.reply(.failure(refusal)) }
        bell.signal()
    }

    private static func key(_ job: NetworkJob, _ id: Int) -> Key {
        let network = ObjectIdentifier(job.target)
        // Inputs of different numbers of rows would run into another's.
        guard job.target.joinsRows, job.inputs.values.allSatisfy({ $0.shape.first == job.rows }) else {
            return Key(network: network, shapes: [:], alone: id)
        }
        return Key(network: network, shapes: job.inputs.mapValues { Array($0.shape.dropFirst()) }, alone: nil)
    }

    /// Computes until it is stopped; what is there then is still answered.
    func run() {
        while true {
            let (step, jobs, isStopped) = state.withLock { state in
                let step = state.line.next(at: .now)
                guard case .compute(let ids) = step else { return (step, [NetworkJob](), state.isStopped) }
                return (step, ids.compactMap { state.jobs.removeValue(forKey: $0) }, false)
            }
            if !jobs.isEmpty {
                pool.withTurn(jobs[0].work) { Self.compute(jobs) }
            } else if isStopped, case .rest = step {
                return
            } else if case .wait(let time) = step {
                let nanoseconds = max(0, (time - .now) / .nanoseconds(1))
                _ = bell.wait(timeout: .now() + .nanoseconds(Int(nanoseconds)))
            } else {
                bell.wait()
            }
        }
    }

    /// Lets nobody in any more; ``run()`` returns when the rest is answered.
    func stop() {
        state.withLock { $0.isStopped = true }
        bell.signal()
    }

    /// Answers requests that go together.
    static func compute(_ jobs: [NetworkJob]) {
        guard jobs.count > 1 else { return jobs.forEach(computeAlone) }
        let began = ContinuousClock.now
        guard let parts = together(jobs) else { return jobs.forEach(computeAlone) }
        let rows = jobs.reduce(0) { $0 + $1.rows }
        jobs[0].target.count(jobs, rows: rows, began: began, ended: .now, failures: 0)
        for (job, outputs) in zip(jobs, parts) { job.reply(.success(outputs)) }
    }

    /// Nil when one of them spoils it for all: then each is computed alone, and only the one to blame fails.
    private static func together(_ jobs: [NetworkJob]) -> [[String: NetworkValue]]? {
        var inputs: [String: NetworkValue] = [:]
        for name in jobs[0].inputs.keys {
            guard let joined = NetworkValue.joined(jobs.compactMap { $0.inputs[name] }) else { return nil }
            inputs[name] = joined
        }
        guard let outputs = try? jobs[0].target.network(inputs) else { return nil }
        var parts = [[String: NetworkValue]](repeating: [:], count: jobs.count)
        for (name, value) in outputs {
            guard let split = value.split(jobs.map(\.rows)) else { return nil }
            for (place, part) in split.enumerated() { parts[place][name] = part }
        }
        return parts
    }

    private static func computeAlone(_ job: NetworkJob) {
        let began = ContinuousClock.now
        let result = Result<[String: NetworkValue], any Error> { try job.target.network(job.inputs) }
        let failures: Int = if case .failure = result { 1 } else { 0 }
        job.target.count([job], rows: job.rows, began: began, ended: .now, failures: failures)
        job.reply(result)
    }
}
