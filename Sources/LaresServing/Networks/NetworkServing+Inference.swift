import Foundation
import LaresForecast
import LaresLanguage
import LaresNeural
import LaresTensor
import Logging
import Synchronization

extension NetworkServing {
    /// Answers a request.
    ///
    /// Without a version it gets production, or the trial beside it as often as the trial says. A canary that fails is answered by
    /// production instead, and counts against the canary; one that fails too often is taken back.
    ///
    /// - Throws: ``ServingError``; ``RegistryError`` for a network or version that isn't there.
    public func infer(_ request: InferenceRequest) async throws -> InferenceAnswer {
        let model = try model(request.model)
        try checkOpen(request.model)
        if let reference = request.version {
            return try await answer(request, try version(of: request.model, reference))
        }
        guard let standard = model.standard else { throw NetworkRegistry.noVersion(RegisteredModel.production, model) }
        guard let rollout = model.rollout, let trial = model.version(rollout.number), takesNext(model.name, rollout) else {
            return try await answer(request, standard)
        }
        switch rollout.kind {
        case .canary: return try await canary(request, trial, standard, rollout)
        case .shadow:
            let answer = try await answer(request, standard)
            shadow(request, trial, answer, rollout)
            return answer
        }
    }

    func checkOpen(_ name: String) throws {
        guard state.withLock({ $0.closed.isEmpty || !$0.closed.contains(name) }) else {
            throw ServingError(
                .modelNotFound, "'\(name)' was unloaded: load it again with POST /v2/repository/models/\(name)/load", param: "model")
        }
    }

    private func answer(_ request: InferenceRequest, _ version: ModelVersion) async throws -> InferenceAnswer {
        guard version.kind != .detector else {
            throw ServingError(
                .invalidRequest,
                "'\(version.model)' is a detector: it watches the series of its plan as they come (GET /lares/v1/watches) and takes no requests",
                param: "model")
        }
        let target = try await loaded(version)
        let inputs = try Self.inputs(of: request, version.signature)
        let rows = request.inputs.first?.value.shape.first ?? 1
        let limits = state.withLock { $0.limits.isEmpty ? nil : $0.limits[version.model] } ?? BatchLimits()
        let outputs = try await withCheckedThrowingContinuation { continuation in
            engine.submit(
                NetworkJob(
                    target: target, inputs: inputs, rows: rows, work: request.work, limits: limits, arrived: .now,
                    reply: { continuation.resume(with: $0.mapError(Self.shown)) }))
        }
        return InferenceAnswer(version: version, outputs: outputs)
    }

    /// The inputs by name, their types held against the signature; the network itself looks at names, sizes and numbers.
    private static func inputs(of request: InferenceRequest, _ signature: NetworkSignature) throws -> [String: NetworkValue] {
        var inputs: [String: NetworkValue] = [:]
        for input in request.inputs {
            guard let expected = signature.inputs.first(where: { $0.name == input.name }) else {
                let names = signature.inputs.map(\.name).joined(separator: ", ")
                throw ServingError(
                    .invalidRequest, "'\(request.model)' has no input '\(input.name.prefix(100))'; it takes \(names)", param: "inputs")
            }
            let sizes = input.value.shape
            guard input.datatype == expected.datatype, input.value.fits(expected), Bytes.elements(sizes) == input.value.count,
                !sizes.contains(0)
            else {
                throw ServingError(
                    .invalidRequest,
                    "input '\(input.name)' is \(input.datatype.rawValue) \(sizes); '\(request.model)' takes \(expected.words)",
                    param: "inputs")
            }
            guard inputs.updateValue(input.value, forKey: input.name) == nil else {
                throw ServingError(.invalidRequest, "input '\(input.name)' is there twice", param: "inputs")
            }
        }
        return inputs
    }

    private static func shown(_ error: any Error) -> any Error {
        if let error = error as? ForecastError { return ServingError(.invalidRequest, error.message, param: "inputs") }
        if let error = error as? TranslatorError { return ServingError(.invalidRequest, error.message, param: "inputs") }
        if let error = error as? WordVectorError { return ServingError(.invalidRequest, error.message, param: "inputs") }
        guard let error = error as? NetworkError else { return error }
        return ServingError(.invalidRequest, error.message, param: "inputs")
    }
}

// Trials.
extension NetworkServing {
    private func takesNext(_ name: String, _ rollout: Rollout) -> Bool {
        state.withLock { state in
            if state.trials[name]?.rollout != rollout { state.trials[name] = (rollout, RolloutTally()) }
            return state.trials[name]?.tally.takesNext(rollout.percent) ?? false
        }
    }

    private func canary(
        _ request: InferenceRequest, _ trial: ModelVersion, _ standard: ModelVersion, _ rollout: Rollout
    ) async throws -> InferenceAnswer {
        do {
            let answer = try await answer(request, trial)
            note(trial, rollout, isFailure: false)
            return answer
        } catch let error as ServingError where error.code == .queueFull || error.code == .draining {
            throw error
        } catch {
            // What production can't answer either is the request's fault.
            let answer = try await answer(request, standard)
            note(trial, rollout, isFailure: true)
            return answer
        }
    }

    /// Computes the same again, after everything that anyone waits for.
    private func shadow(_ request: InferenceRequest, _ trial: ModelVersion, _ answer: InferenceAnswer, _ rollout: Rollout) {
        loading.async { [self] in
            guard let target = try? load(trial, Place(model: trial.model, number: trial.number)),
                let inputs = try? Self.inputs(of: request, trial.signature)
            else { return note(trial, rollout, isFailure: true) }
            let job = NetworkJob(
                target: target, inputs: inputs, rows: request.inputs.first?.value.shape.first ?? 1, work: .batch,
                limits: BatchLimits(), arrived: .now
            ) { [self] result in
                switch result {
                case .failure(let error as ServingError) where error.code == .queueFull || error.code == .draining: break
                case .failure: note(trial, rollout, isFailure: true)
                case .success(let outputs):
                    let apart = outputs.map { output in
                        answer.outputs[output.key].map { output.value.difference(from: $0) ?? 0 } ?? .infinity
                    }
                    let numbers = apart.filter(\.isFinite).max() ?? 0
                    note(trial, rollout, isFailure: false, difference: numbers, disagrees: !apart.allSatisfy(\.isFinite))
                }
            }
            engine.submit(job)
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
                    disagreements: $0.tally.disagreements)
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
}
