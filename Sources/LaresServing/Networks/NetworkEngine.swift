import Dispatch
import Foundation
package import LaresNeural
package import LaresTensor
import Synchronization

/// Whether whoever asked has gone; told by one thread, seen by another between two pieces of the work.
package final class Departure: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package var hasCome: Bool { flag.load(ordering: .relaxed) }
    package func come() { flag.store(true, ordering: .relaxed) }
}

/// One request in the engine.
package struct NetworkJob: Sendable {
    let target: LoadedNetwork
    let inputs: [String: NetworkValue]
    let rows: Int
    let work: WorkClass
    let limits: BatchLimits
    let arrived: ContinuousClock.Instant
    let departure: Departure
    let reply: @Sendable (Result<[String: NetworkValue], any Error>) -> Void

    package init(
        target: LoadedNetwork, inputs: [String: NetworkValue], rows: Int, work: WorkClass, limits: BatchLimits = BatchLimits(),
        departure: Departure = Departure(), reply: @escaping @Sendable (Result<[String: NetworkValue], any Error>) -> Void
    ) {
        (self.target, self.inputs, self.rows, self.work, self.limits) = (target, inputs, rows, work, limits)
        (self.departure, self.reply, arrived) = (departure, reply, .now)
    }
}

/// Computes what is asked of trained networks, on a thread of its own: while one step runs, what arrives makes the next.
package final class NetworkEngine: Sendable {
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
        /// How many of the jobs somebody waits for.
        var urgent = 0
        var next = 0
        var isStopped = false
    }

    private let pool: ComputePool
    private let queueLimit: Int
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    package init(pool: ComputePool, queueLimit: Int) {
        self.pool = pool
        self.queueLimit = queueLimit
    }

    /// What is computed by whoever asks when nothing else waits: handing it over would take longer.
    private static let brief = Duration.microseconds(50)
    /// How many requests wait that nobody waits for; they have places of their own, so that they never take those of others.
    private static let mostIdle = 64

    /// Takes a request, or answers it at once: with its outputs when they are a matter of microseconds, or that it can't be taken.
    package func submit(_ job: NetworkJob) {
        if job.work != .batch, job.target.rowTime * max(1, job.rows) < Self.brief, state.withLock({ $0.urgent == 0 && !$0.isStopped }) {
            return Self.compute([job])
        }
        let refusal: ServingError? = state.withLock { state in
            if state.isStopped { return ServingError(.draining, "the server is stopping; try again in a moment", retryAfter: .seconds(5)) }
            let (waiting, places) = job.work == .batch ? (state.jobs.count - state.urgent, Self.mostIdle) : (state.urgent, queueLimit)
            guard waiting < places else {
                return ServingError(
                    .queueFull, "the queue of trained networks (\(places) places) is full: try again in a second",
                    retryAfter: .seconds(1))
            }
            let id = state.next
            state.next += 1
            state.jobs[id] = job
            state.urgent += job.work == .batch ? 0 : 1
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
    package func run() {
        while true {
            let (step, jobs, isStopped) = next()
            if !jobs.isEmpty {
                compute(jobs)
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

    private func next(before work: WorkClass? = nil) -> (step: BatchLine<Key>.Step, jobs: [NetworkJob], isStopped: Bool) {
        state.withLock { state in
            let step = state.line.next(at: .now, before: work)
            guard case .compute(let ids) = step else { return (step, [], state.isStopped) }
            let jobs = ids.compactMap { state.jobs.removeValue(forKey: $0) }
            state.urgent -= jobs.count { $0.work != .batch }
            return (step, jobs, false)
        }
    }

    /// Computes with the turn, which goes round between two pieces: to more urgent requests here, and to whoever else waits for the pool.
    private func compute(_ jobs: [NetworkJob]) {
        let wanted = jobs.filter { job in
            guard job.departure.hasCome else { return true }
            job.reply(.failure(Self.cancelled))
            return false
        }
        guard let work = wanted.first?.work else { return }
        pool.withTurn(work) {
            Self.compute(wanted) { interrupted in
                while case let urgent = next(before: work).jobs, !urgent.isEmpty { compute(urgent) }
                pool.passTurn()
                if interrupted.allSatisfy(\.departure.hasCome) { throw Self.cancelled }
            }
        }
    }

    private static let cancelled = ServingError(.cancelled, "the request was cancelled")

    /// Lets nobody in any more; ``run()`` returns when the rest is answered.
    package func stop() {
        state.withLock { $0.isStopped = true }
        bell.signal()
    }

    /// Answers requests that go together; `between` is told whose work it interrupts.
    private static func compute(_ jobs: [NetworkJob], between: ([NetworkJob]) throws -> Void = { _ in }) {
        guard jobs.count > 1 else { return jobs.forEach { computeAlone($0, between) } }
        let began = ContinuousClock.now
        guard let parts = together(jobs, between) else { return jobs.forEach { computeAlone($0, between) } }
        let rows = jobs.reduce(0) { $0 + $1.rows }
        jobs[0].target.count(jobs, rows: rows, began: began, ended: .now, failures: 0)
        for (job, outputs) in zip(jobs, parts) { job.reply(.success(outputs)) }
    }

    /// Nil when one of them spoils it for all: then each is computed alone, and only the one to blame fails.
    private static func together(_ jobs: [NetworkJob], _ between: ([NetworkJob]) throws -> Void) -> [[String: NetworkValue]]? {
        var inputs: [String: NetworkValue] = [:]
        for name in jobs[0].inputs.keys {
            guard let joined = NetworkValue.joined(jobs.compactMap { $0.inputs[name] }) else { return nil }
            inputs[name] = joined
        }
        let rows = jobs.reduce(0) { $0 + $1.rows }
        guard let outputs = try? jobs[0].target.outputs(inputs, rows: rows, between: { try between(jobs) }) else { return nil }
        var parts = [[String: NetworkValue]](repeating: [:], count: jobs.count)
        for (name, value) in outputs {
            guard let split = value.split(jobs.map(\.rows)) else { return nil }
            for (place, part) in split.enumerated() { parts[place][name] = part }
        }
        return parts
    }

    private static func computeAlone(_ job: NetworkJob, _ between: ([NetworkJob]) throws -> Void) {
        let began = ContinuousClock.now
        let result = Result<[String: NetworkValue], any Error> {
            try between([job])
            return try job.target.outputs(job.inputs, rows: job.rows) { try between([job]) }
        }
        // One that was given up is no failure of the network.
        if case .failure(let error as ServingError) = result, error.code == .cancelled { return job.reply(result) }
        let failures: Int = if case .failure = result { 1 } else { 0 }
        job.target.count([job], rows: job.rows, began: began, ended: .now, failures: failures)
        job.reply(result)
    }
}
