import Dispatch
import Foundation
public import LaresLanguage
import LaresNeural

/// What word vectors may be asked.
public enum WordQuestion: Sendable, Hashable {
    /// The words nearest to one: `words` (BYTES) and `similarity` (FP32), the nearest first.
    case nearest(String, count: Int)
    /// a is to b as c is to these, answered as for `nearest`.
    case analogy(String, String, String, count: Int)
    /// `similarity` of two words (FP32, one number), −1...1.
    case similarity(String, String)

    func answer(_ vectors: WordVectors) throws(WordVectorError) -> [String: NetworkValue] {
        switch self {
        case .nearest(let word, let count): Self.list(try vectors.nearest(to: word, count: count))
        case .analogy(let a, let b, let c, let count): Self.list(try vectors.analogy(a, b, c, count: count))
        case .similarity(let a, let b): ["similarity": .floats([try vectors.similarity(a, b)], shape: [1])]
        }
    }

    private static func list(_ neighbours: [WordVectors.Neighbour]) -> [String: NetworkValue] {
        [
            "words": .strings(neighbours.map(\.word), shape: [neighbours.count]),
            "similarity": .floats(neighbours.map(\.similarity), shape: [neighbours.count]),
        ]
    }
}

extension NetworkServing {
    /// Answers a question about words: without a version by production, or the trial beside it as often as that says, as ``infer(_:)`` does.
    ///
    /// - Throws: `WordVectorError` for words that aren't known; ``RegistryError`` when there are no such vectors, ``ServingError`` when they aren't word
    ///   vectors or can't be loaded.
    public func ask(_ question: WordQuestion, of name: String, version reference: String? = nil) async throws -> InferenceAnswer {
        try await routed(name, reference) { version in
            let model = try await words(version)
            let outputs: [String: NetworkValue] = try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread { continuation.resume(with: Result { try question.answer(model.vectors) }) }
            }
            return InferenceAnswer(version: version, outputs: outputs)
        } shadow: { trial, answer, rollout in
            shadow(trial, answer, rollout, bytes: 0) { [self] target, done in
                shadowing.async { done(Result { try question.answer(Self.words(target).vectors) }) }
            }
        }
    }

    /// The word vectors of a version, which stay in memory as networks do; throws what ``ask(_:of:version:)`` throws.
    public func words(of name: String, version reference: String? = nil) async throws -> WordVectors {
        let version = try version(of: name, reference)
        try checkOpen(name)
        return try await words(version).vectors
    }

    private func words(_ version: ModelVersion) async throws -> WordModel {
        // What is something else isn't even read.
        guard version.kind == .words else { throw Self.noWords(version) }
        return try Self.words(try await loaded(version))
    }

    private static func words(_ target: LoadedNetwork) throws -> WordModel {
        guard let model = target.network as? WordModel else { throw noWords(target.version) }
        return model
    }

    private static func noWords(_ version: ModelVersion) -> ServingError {
        ServingError(.invalidRequest, "'\(version.model)' is a \(version.kind.rawValue): name word vectors", param: "model")
    }
}
