/// How everything that uses models sees them: the HTTP API, the console, the command line, rules of a place.
///
/// The in-process implementation is ``Serving``; ``FixedModelClient`` is the twin that tests of users run against.
///
///     for try await event in try await client.generate(.init(model: "smollm2", prompt: .text("Once"))) {
///         if case .text(let piece, _) = event { print(piece, terminator: "") }
///     }
public protocol ModelClient: Sendable {
    /// Every model that can be asked for, sorted by name: stored, loading, serving or failed.
    func models() async throws -> [ModelDescription]

    /// The model with this name or alias.
    ///
    /// - Throws: ``ServingError`` with code `modelNotFound`.
    func model(_ name: String) async throws -> ModelDescription

    /// Admits a request and queues it; a stored model is loaded first.
    ///
    /// Everything that can be known beforehand is thrown here, not in the stream: an unknown model, a context that is too long, a full queue.
    /// The stream gives one `started`, any number of `text`, one `finished`. Ending the iteration early (leaving the loop, cancelling the
    /// task) frees the place in the batch and its memory at once.
    ///
    /// - Throws: ``ServingError``.
    func generate(_ request: GenerationRequest) async throws -> AsyncThrowingStream<GenerationEvent, any Error>

    /// Embeds texts, all or none.
    ///
    /// - Throws: ``ServingError``.
    func embed(_ request: EmbeddingRequest) async throws -> EmbeddingResponse

    /// Takes a model out of memory; a request loads it again. Does nothing when the model isn't in memory.
    ///
    /// - Parameter name: name or alias.
    /// - Throws: ``ServingError`` with code `inUse` while the model is answering or being loaded.
    func unload(_ name: String) async throws

    /// What is going on now: state, queue, running sequences, memory.
    func status() async -> ServingStatus
}
