import Dispatch
import LaresNeural
import LaresTensor
import Logging
import Synchronization

// Trials beside production.
extension NetworkServing {
    func takesNext(_ name: String, _ rollout: Rollout) -> Bool {
        state.withLock { state in
            if state.trials[name]?.rollout != rollout { state.trials[name] = (rollout, RolloutTally()) }
            return state.trials[name]?.tally.takesNext(rollout.percent) ?? false
        }
    }

    func canary(
        _ trial: ModelVersion, _ standard: ModelVersion, _ rollout: Rollout, _ answer: (ModelVersion) async throws -> InferenceAnswer
    ) async throws -> InferenceAnswer {
        do {
            let found = try await answer(trial)
            note(trial, rollout, isFailure: false)
            return found
        } catch let error as ServingError where [.queueFull, .draining, .cancelled].contains(error.code) {
            throw error
        } catch {
            // What production can't answer either is the request's fault.
            let found = try await answer(standard)
            note(trial, rollout, isFailure: true)
            return found
        }
    }

    /// Computes the same again, after everything that anyone waits for; left where too many of them wait already. `bytes` are those that it holds
    /// meanwhile, and `compute` is given the version in memory and what is to be told of its answer.
    func shadow(
        _ trial: ModelVersion, _ answer: InferenceAnswer, _ rollout: Rollout, bytes: Int,
        _ compute: @escaping @Sendable (LoadedNetwork, @escaping @Sendable (Result<[String: NetworkValue], any Error>) -> Void) -> Void
    ) {
        guard state.withLock({ $0.shadows.take(bytes) }) else { return skip(trial, rollout) }
        @Sendable func done(_ result: Result<[String: NetworkValue], any Error>) {
            state.withLock { $0.shadows.end(bytes) }
            compare(result, with: answer, trial, rollout)
        }
        let place = Place(model: trial.model, number: trial.number)
        if let target = there(place, trial) { return compute(target, done) }
        loading.async { [self] in
            do { compute(try load(trial, place), done) } catch { done(.failure(error)) }
        }
    }

    /// Has the engine compute a request when nobody waits for anything else.
    func submit(
        _ request: InferenceRequest, on target: LoadedNetwork,
        _ done: @escaping @Sendable (Result<[String: NetworkValue], any Error>) -> Void
    ) {
        do {
            let inputs = try Self.inputs(of: request, target.version.signature)
            engine.submit(
                NetworkJob(
                    target: target, inputs: inputs, rows: request.inputs.first?.value.shape.first ?? 1, work: .batch,
                    reply: done))
        } catch { done(.failure(error)) }
    }

    private func compare(
        _ result: Result<[String: NetworkValue], any Error>, with answer: InferenceAnswer, _ trial: ModelVersion, _ rollout: Rollout
    ) {
        switch result {
        case .failure(let error as ServingError) where [.queueFull, .draining].contains(error.code): skip(trial, rollout)
        case .failure: note(trial, rollout, isFailure: true)
        case .success(let outputs):
            let apart = outputs.map { output in
                answer.outputs[output.key].map { output.value.difference(from: $0) ?? 0 } ?? .infinity
            }
            let numbers = apart.filter(\.isFinite).max() ?? 0
            note(trial, rollout, isFailure: false, difference: numbers, disagrees: !apart.allSatisfy(\.isFinite))
        }
    }

    private func skip(_ trial: ModelVersion, _ rollout: Rollout) {
        state.withLock { state in
            if state.trials[trial.model]?.rollout == rollout { state.trials[trial.model]?.tally.skip() }
        }
    }

    /// Counts an answer of a trial, and takes the trial back when it fails too often.
    private func note(_ trial: ModelVersion, _ rollout: Rollout, isFailure: Bool, difference: Float = 0, disagrees: Bool = false) {
        let tally: RolloutTally? = state.withLock { state in
            guard state.trials[trial.model]?.rollout == rollout else { return nil }
            let isOver =
                state.trials[trial.model]?.tally.count(
                    isFailure: isFailure, difference: difference, disagrees: disagrees, rollout) ?? false
            return isOver ? state.trials[trial.model]?.tally : nil
        }
        guard let tally else { return }
        do {
            guard try registry.endTrial(of: trial.model, number: trial.number) else { return }
        } catch {
            return logger.error("a trial can't be taken back", metadata: ["model": "\(trial.model)", "error": "\(error)"])
        }
        registryChanged(trial.model)
        logger.error(
            "trial taken back: too many of its answers failed",
            metadata: [
                "model": "\(trial.model)", "version": "\(trial.number)", "failures": "\(tally.failures)", "answers": "\(tally.answers)",
            ])
    }

    /// How the trial beside a network goes: answers, failures, and of a shadow the largest difference of its numbers from production's, and
    /// the answers with other texts, whole numbers or sizes.
    public func trial(of name: String) -> TrialStanding? {
        state.withLock { state in
            state.trials[name].map {
                TrialStanding(
                    answers: $0.tally.answers, failures: $0.tally.failures, difference: $0.tally.difference,
                    disagreements: $0.tally.disagreements, skipped: $0.tally.skipped)
            }
        }
    }
}

/// How a trial beside a network goes.
public struct TrialStanding: Sendable, Hashable {
    /// Answers of the version that is tried.
    public let answers: Int
    /// Those that failed.
    public let failures: Int
    /// The largest difference between a shadow's numbers and production's.
    public let difference: Float
    /// A shadow's answers with other texts, whole numbers or sizes than production's.
    public let disagreements: Int
    /// Requests that a shadow took and left, since it couldn't keep up.
    public let skipped: Int
}
