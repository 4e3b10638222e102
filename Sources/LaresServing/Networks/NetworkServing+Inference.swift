import Foundation
import LaresForecast
import LaresLanguage
import LaresNeural
import LaresTensor
import Synchronization

extension NetworkServing {
    /// Answers a request.
    ///
    /// Without a version it gets production, or the trial beside it as often as the trial says. A canary that fails is answered by
    /// production instead, and counts against the canary; one that fails too often is taken back.
    ///
    /// - Throws: ``ServingError``; ``RegistryError`` for a network or version that isn't there.
    public func infer(_ request: InferenceRequest) async throws -> InferenceAnswer {
        try await routed(request.model, request.version) { version in
            try await answer(request, version)
        } shadow: { trial, answer, rollout in
            shadow(trial, answer, rollout, bytes: Bytes.sum(request.inputs.map(\.value.byteCount))) { [self] target, done in
                submit(request, on: target, done)
            }
        }
    }

    /// The answer of the version that a reference means, and without one of production, or of the trial beside it as often as that says; `shadow` has the
    /// version that is tried compute the same again.
    func routed(
        _ name: String, _ reference: String?, _ answer: (ModelVersion) async throws -> InferenceAnswer,
        shadow: (ModelVersion, InferenceAnswer, Rollout) -> Void
    ) async throws -> InferenceAnswer {
        let model = try model(name)
        try checkOpen(name)
        if let reference { return try await answer(try version(of: name, reference)) }
        guard let standard = model.standard else { throw NetworkRegistry.noVersion(RegisteredModel.production, model) }
        guard let rollout = model.rollout, let trial = model.version(rollout.number), takesNext(model.name, rollout) else {
            return try await answer(standard)
        }
        switch rollout.kind {
        case .canary: return try await canary(trial, standard, rollout, answer)
        case .shadow:
            let found = try await answer(standard)
            shadow(trial, found, rollout)
            return found
        }
    }

    func checkOpen(_ name: String) throws {
        guard state.withLock({ $0.closed.isEmpty || !$0.closed.contains(name) }) else {
            throw ServingError(
                .modelNotFound, "'\(name)' was unloaded: load it again with POST /v2/repository/models/\(name)/load", param: "model")
        }
    }

    func answer(_ request: InferenceRequest, _ version: ModelVersion) async throws -> InferenceAnswer {
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
        let departure = Departure()
        let outputs = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                engine.submit(
                    NetworkJob(
                        target: target, inputs: inputs, rows: rows, work: request.work, limits: limits, departure: departure,
                        reply: { continuation.resume(with: $0.mapError(Self.shown)) }))
            }
        } onCancel: {
            departure.come()
        }
        return InferenceAnswer(version: version, outputs: outputs)
    }

    /// The inputs by name, their types held against the signature; the network itself looks at names, sizes and numbers.
    static func inputs(of request: InferenceRequest, _ signature: NetworkSignature) throws -> [String: NetworkValue] {
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
