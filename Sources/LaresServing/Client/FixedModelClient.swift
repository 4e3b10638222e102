import Foundation
import LaresLanguage
import Synchronization

/// The in-memory twin of ``Serving``: it answers every request with the same pieces, and remembers what it was asked.
///
/// Words separated by spaces count as prompt tokens, pieces as completion tokens.
///
///     let client = FixedModelClient(pieces: ["Hello", " there"])
public final class FixedModelClient: ModelClient {
    private struct Record {
        var requests: [GenerationRequest] = []
        var embeddings: [EmbeddingRequest] = []
        var endedEarly = 0
        var unloaded: Set<String> = []
    }

    private let catalogue: [ModelDescription]
    private let pieces: [String]
    private let finish: FinishReason
    private let holdsAfter: Int?
    private let failure: ServingError?
    private let state: ServingStatus.State
    private let record = Mutex(Record())

    /// A client that answers with `pieces`.
    ///
    /// - Parameters:
    ///   - models: what `models()` tells; by default a language model "fixed" and an embedding model "fixed-embed" of four dimensions.
    ///   - pieces: the answer to everything. `maxTokens` cuts it, with reason `length`.
    ///   - finish: the reason an answer that was not cut ends with.
    ///   - holdsAfter: when set, an answer stops after so many pieces and stays open until its reader ends it (for tests of hang-ups).
    ///   - failure: when set, `generate`, `embed` and `unload` throw it.
    ///   - state: what `status()` tells.
    public init(
        models: [ModelDescription] = FixedModelClient.standardModels, pieces: [String] = ["Hello", ",", " world", "."],
        finish: FinishReason = .stop, holdsAfter: Int? = nil, failure: ServingError? = nil, state: ServingStatus.State = .ready
    ) {
        catalogue = models.sorted { $0.name < $1.name }
        self.pieces = pieces
        self.finish = finish
        self.holdsAfter = holdsAfter
        self.failure = failure
        self.state = state
    }

    /// "fixed" (language) and "fixed-embed" (embedding, four dimensions).
    public static let standardModels: [ModelDescription] = [
        ModelDescription(
            name: "fixed", aliases: ["default"], kind: .language, family: "llama", fileBytes: 1_000_000, memoryBytes: 2_000_000,
            state: .serving, contextLength: 2_048, created: Date(timeIntervalSince1970: 1_700_000_000), parameterCount: 500_000,
            quantisation: "Q4_1", source: "path:fixed.gguf", sha256: String(repeating: "a", count: 64), chatTemplate: true),
        ModelDescription(
            name: "fixed-embed", kind: .embedding, family: "bert", fileBytes: 1_000_000, memoryBytes: 1_000_000, state: .serving,
            contextLength: 512, created: Date(timeIntervalSince1970: 1_700_000_000), parameterCount: 250_000, quantisation: "F32",
            dimensions: 4, source: "path:fixed", sha256: String(repeating: "b", count: 64)),
    ]

    /// Every generation request so far.
    public var requests: [GenerationRequest] { record.withLock { $0.requests } }
    /// Every embedding request so far.
    public var embeddingRequests: [EmbeddingRequest] { record.withLock { $0.embeddings } }
    /// How many answers were left by their reader before they finished.
    public var endedEarly: Int { record.withLock { $0.endedEarly } }

    /// The models given at the start; those that were unloaded since are stored.
    public func models() async throws -> [ModelDescription] { now }

    private var now: [ModelDescription] {
        let unloaded = record.withLock { $0.unloaded }
        return catalogue.map { model in
            var model = model
            if unloaded.contains(model.name) { model.state = .stored }
            return model
        }
    }

    /// The model of that name or alias.
    public func model(_ name: String) async throws -> ModelDescription {
        guard let found = now.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
            throw ServingError(.modelNotFound, "there is no model '\(name)'", param: "model")
        }
        return found
    }

    /// Answers with the pieces.
    public func generate(_ request: GenerationRequest) async throws -> AsyncThrowingStream<GenerationEvent, any Error> {
        let description = try await model(request.model)
        guard description.kind == .language else { throw wrongKind(description) }
        if let failure { throw failure }
        record.withLock { $0.requests.append(request) }
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        continuation.onTermination = { [self] reason in
            if case .cancelled = reason { record.withLock { $0.endedEarly += 1 } }
        }
        answer(request, to: continuation)
        return stream
    }

    private func answer(_ request: GenerationRequest, to continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation) {
        let prompt = request.prompt.plainText
        let promptTokens = prompt.split(separator: " ").count
        let limit = min(request.maxTokens ?? pieces.count, pieces.count)
        continuation.yield(.started(promptTokens: promptTokens, cachedTokens: 0))
        if request.echo { continuation.yield(.text(prompt, [])) }
        for (index, piece) in pieces.prefix(limit).enumerated() {
            if index == holdsAfter { return }
            continuation.yield(.text(piece, request.topLogProbabilities == nil ? [] : [certain(piece, Token(index))]))
        }
        if holdsAfter == limit { return }
        continuation.yield(
            .finished(limit < pieces.count ? .length : finish, Usage(promptTokens: promptTokens, completionTokens: limit)))
        continuation.finish()
    }

    private func certain(_ piece: String, _ token: Token) -> TokenLogProbability {
        TokenLogProbability(chosen: .init(token: token, text: piece, bytes: Array(piece.utf8), logProbability: 0))
    }

    private func wrongKind(_ model: ModelDescription) -> ServingError {
        ServingError(.wrongKind, "'\(model.name)' is a model for \(model.kind.rawValue)", param: "model")
    }

    /// Unit vectors that depend on the input's position alone.
    public func embed(_ request: EmbeddingRequest) async throws -> EmbeddingResponse {
        let description = try await model(request.model)
        guard description.kind == .embedding else { throw wrongKind(description) }
        if let failure { throw failure }
        record.withLock { $0.embeddings.append(request) }
        let length = request.dimensions ?? description.dimensions ?? 4
        let vectors = request.inputs.indices.map { index in
            (0..<length).map { $0 == index % length ? Float(1) : 0 }
        }
        return EmbeddingResponse(model: description.name, vectors: vectors, promptTokens: request.inputs.count)
    }

    /// Remembers that the model is out of memory; `generate` answers all the same.
    public func unload(_ name: String) async throws {
        if let failure { throw failure }
        guard let found = now.first(where: { $0.name == name || $0.aliases.contains(name) }) else { return }
        _ = record.withLock { $0.unloaded.insert(found.name) }
    }

    /// The state given at the start; nothing queued.
    public func status() async -> ServingStatus {
        let models = now.filter { $0.state == .serving }.map {
            ServingStatus.Model(
                name: $0.name, weightBytes: $0.memoryBytes ?? 0, cacheBytes: 0, usedPages: 0, totalPages: 16, queued: 0, running: 0)
        }
        return ServingStatus(
            state: state, memoryBudget: 1_000_000_000, memoryUsed: models.reduce(0) { $0 + $1.weightBytes }, models: models)
    }
}

extension Prompt {
    /// What was written, without a template: messages joined by line breaks, tokens as numbers.
    var plainText: String {
        switch self {
        case .chat(let messages): messages.map(\.content).joined(separator: "\n")
        case .text(let text): text
        case .tokens(let tokens): tokens.map(String.init).joined(separator: " ")
        }
    }
}
