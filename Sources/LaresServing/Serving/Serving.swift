import Dispatch
public import Foundation
import LaresLanguage
import LaresTensor
public import Logging
public import ServiceLifecycle
import Synchronization

/// The in-process ``ModelClient``: loads models into a budget of bytes and answers with all of them on one engine thread.
///
///     let serving = Serving(store: store, settings: .init(preload: ["smollm2"]), logger: logger)
///     let group = ServiceGroup(services: [serving, server], gracefulShutdownSignals: [.sigterm], logger: logger)
///
/// Requests are answered while ``run()`` runs.
public final class Serving: ModelClient, Service {
    let store: ModelStore
    private let settings: ServingSettings
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let pool: ComputePool
    private let inbox = Inbox()
    private let shelf: ModelShelf
    private let number = Mutex(0)
    private let phase = Mutex(ServingStatus.State.loading)
    /// The trained networks of the same store.
    public let networks: NetworkServing

    /// A server of the models in `store`. `now` tells the time to chat templates that show it.
    public init(
        store: ModelStore, settings: ServingSettings = ServingSettings(), logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.now = now
        self.settings = settings
        self.logger = logger
        pool = ComputePool(threads: settings.threads)
        let networkBytes = NetworkBytes()
        let shelf = ModelShelf(settings, store: store, inbox: inbox, pool: pool, networkBytes: networkBytes, logger: logger)
        self.shelf = shelf
        networks = NetworkServing(
            registry: NetworkRegistry(store: store), pool: pool, queueLimit: settings.queueLimit, bytes: networkBytes,
            budget: { settings.memoryBudget - shelf.memory.used }, logger: logger)
    }

    /// Computes until the task is cancelled, or shut down gracefully and every request that was admitted is answered.
    public func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            async let ended: Void = runEngine()
            async let networksEnded: Void = runNetworks()
            await preload()
            phase.withLock { if $0 == .loading { $0 = .ready } }
            await ended
            networks.engine.stop()
            await networksEnded
        } onCancelOrGracefulShutdown: {
            self.beginDrain()
        }
        // Whoever reads a model still computes on the pool; the process ends without waiting for that.
        if !shelf.isLoading { pool.close() }
    }

    private func runEngine() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread { [self] in
                    engine.run()
                    continuation.resume()
                }
                thread.name = "lares-engine"
                thread.stackSize = 8 << 20
                thread.start()
            }
        } onCancel: {
            inbox.post(.stop)
        }
    }

    private func runNetworks() async {
        await withCheckedContinuation { continuation in
            let thread = Thread { [networks] in
                networks.engine.run()
                continuation.resume()
            }
            thread.name = "lares-networks"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private var engine: Engine {
        var limits = SchedulerSettings()
        limits.queueLimit = settings.queueLimit
        limits.batchLimit = settings.batchLimit
        limits.promptTokens = settings.stepTokens
        limits.pageTokens = KVCache.pageTokens
        return Engine(inbox, pool: pool, limits, ServingMetrics()) { [shelf] in shelf.note($0) }
    }

    private func preload() async {
        for name in settings.preload where phase.withLock({ $0 == .loading }) {
            do {
                try await load(name)
            } catch {
                guard phase.withLock({ $0 == .loading }) else { return }
                logger.error("a model for the start is missing", metadata: ["model": "\(name)", "error": "\(error)"])
            }
        }
    }

    private func beginDrain() {
        phase.withLock { $0 = .draining }
        shelf.close(draining)
        inbox.post(.drain)
    }

    /// Takes no new requests; those that were admitted are answered, and then ``run()`` returns. Models being loaded aren't waited for.
    public func drain() { beginDrain() }

    /// Ends now: answers being written end with an error of code `draining`, and ``run()`` returns.
    public func stop() {
        beginDrain()
        inbox.post(.stop)
    }

    /// Loads a model before anyone asks for it.
    ///
    /// - Throws: ``ServingError``.
    public func load(_ name: String) async throws {
        let (stored, base) = try find(name)
        let model = try await shelf.lease(base)
        defer { shelf.release(base.name) }
        _ = try await adapter(stored, of: model)
    }

    /// A model and what answers for it: of an adapter the model it changes, else itself.
    private func find(_ name: String) throws -> (stored: StoredModel, base: StoredModel) {
        let stored = try store.find(name)
        return (stored, try stored.base.map(store.find) ?? stored)
    }

    private func adapter(_ stored: StoredModel, of model: LoadedModel) async throws -> Adapter? {
        guard stored.base != nil else { return nil }
        return try await model.adapters?.adapter(stored, at: store.file(of: stored))
    }

    /// Takes a model out of memory; a request loads it again.
    ///
    /// - Throws: ``ServingError`` with code `inUse` while it is answering or being loaded.
    public func unload(_ name: String) async throws {
        let stored = try? store.find(name)
        if let stored, let base = stored.base { return shelf.unloadAdapter(stored, of: base) }
        try await shelf.unload(stored?.name ?? name)
    }

    /// The models of the store with their state in memory.
    public func models() async throws -> [ModelDescription] { try store.list().map { shelf.fill($0.description) } }

    /// The model of that name or alias with its state in memory.
    public func model(_ name: String) async throws -> ModelDescription { shelf.fill(try store.find(name).description) }

    /// What is going on now.
    public func status() async -> ServingStatus {
        let (used, models) = shelf.memory
        return ServingStatus(
            state: phase.withLock { $0 }, memoryBudget: settings.memoryBudget, memoryUsed: Bytes.sum([used, networks.bytes.count]),
            models: models)
    }

    /// Embeds texts.
    public func embed(_ request: EmbeddingRequest) async throws -> EmbeddingResponse {
        let stored = try admit(request.model, .embedding).stored
        let model = try await shelf.lease(stored)
        defer { shelf.release(stored.name) }
        guard case .embedding(let network) = model.network else { throw wrongKind(stored, .embedding) }
        try RequestCheck.check(request, dimensions: network.dimensions)
        let texts = try tokens(of: request.inputs, model)
        var vectors = try await compute(texts, stored.name, request)
        if let dimensions = request.dimensions, dimensions < network.dimensions { vectors = vectors.map { $0.shortened(to: dimensions) } }
        return EmbeddingResponse(model: stored.name, vectors: vectors, promptTokens: texts.reduce(0) { $0 + $1.count })
    }

    private func tokens(of inputs: [EmbeddingInput], _ model: LoadedModel) throws -> [[Token]] {
        try inputs.enumerated().map { index, input in
            // Word pieces leave spaces out, and take a very long word for one token.
            if case .text(let text) = input { try model.textLimit.check([text], slack: 16, what: "input \(index)", param: "input") }
            let tokens = tokens(of: input, model.tokenizer)
            guard tokens.count <= model.contextLength else {
                throw ServingError(
                    .contextTooLong,
                    "input \(index) has \(tokens.count) tokens; '\(model.stored.name)' takes \(model.contextLength): shorten it",
                    param: "input")
            }
            try checkVocabulary(tokens, model.tokenizer, param: "input")
            return tokens
        }
    }

    private func tokens(of input: EmbeddingInput, _ tokenizer: any Tokenizer) -> [Token] {
        switch input {
        case .text(let text): tokenizer.encode(text, addSpecial: true, parseSpecial: false)
        case .tokens(let tokens): tokens
        }
    }

    private func compute(_ texts: [[Token]], _ model: String, _ request: EmbeddingRequest) async throws -> [[Float]] {
        let id = nextNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let job = EmbeddingJob(
                    id: id, model: model, texts: texts, caller: request.caller, work: request.work, submitted: .now
                ) { continuation.resume(with: $0) }
                if !inbox.post(.embed(job)) { return continuation.resume(throwing: draining) }
                // The handler may have run before there was anything to cancel.
                if Task.isCancelled { inbox.post(.cancel(model: model, id: id)) }
            }
        } onCancel: {
            inbox.post(.cancel(model: model, id: id))
        }
    }

    /// Admits a request for text.
    public func generate(_ request: GenerationRequest) async throws -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (stored, base) = try admit(request.model, .language)
        try RequestCheck.check(request)
        let model = try await shelf.lease(base)
        let (stream, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        let job: GenerationJob
        do {
            job = try self.job(
                request, model, try await form(of: request, model), try await adapter(stored, of: model), continuation)
        } catch {
            shelf.release(base.name)
            throw error
        }
        if job.maxTokens == 0 { return answerNothing(job, stream) }
        continuation.onTermination = { [inbox] reason in
            if case .cancelled = reason { inbox.post(.cancel(model: job.model, id: job.id)) }
        }
        switch await submit(job) {
        case .queued: return stream
        case .draining: throw draining
        case .full(let time):
            throw ServingError(
                .queueFull,
                "the queue of '\(stored.name)' (\(settings.queueLimit) places) is full, or your share of it: try again in "
                    + "\(time.components.seconds) seconds", retryAfter: time)
        }
    }

    private func submit(_ job: GenerationJob) async -> Submission {
        await withCheckedContinuation { continuation in
            guard !inbox.post(.generate(job, reply: { continuation.resume(returning: $0) })) else { return }
            job.release()
            continuation.resume(returning: .draining)
        }
    }

    private func answerNothing(
        _ job: GenerationJob, _ stream: AsyncThrowingStream<GenerationEvent, any Error>
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        job.release()
        job.continuation.yield(.started(promptTokens: job.prompt.count, cachedTokens: 0))
        if let echo = job.echo { job.continuation.yield(.text(echo, [])) }
        job.continuation.yield(.finished(.length, Usage(promptTokens: job.prompt.count, completionTokens: 0)))
        job.continuation.finish()
        return stream
    }

    private func form(of request: GenerationRequest, _ model: LoadedModel) async throws -> GenerationJob.Form? {
        guard let key = FormKey(request.form, request.tools), let forms = model.forms else { return nil }
        return (try await forms.masks(key, param: request.formParam, caller: request.caller), forms.tokens)
    }

    private func job(
        _ request: GenerationRequest, _ model: LoadedModel, _ form: GenerationJob.Form?, _ adapter: Adapter?,
        _ continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    ) throws -> GenerationJob {
        guard case .language(let network) = model.network else { throw wrongKind(model.stored, .language) }
        let name = model.stored.name
        let prompt = try PromptReader(network, model.textLimit, now: now).read(request.prompt, tools: request.tools?.tools ?? [])
        let limit = try RequestCheck.room(
            prompt: prompt.tokens.count, maxTokens: request.maxTokens, context: model.contextLength, param: prompt.param)
        try checkVocabulary(prompt.tokens, network.tokenizer, param: prompt.param)
        return GenerationJob(
            id: nextNumber(), model: name, adapter: adapter, prompt: prompt.tokens,
            echo: request.echo ? prompt.text(network.tokenizer) : nil,
            sampling: request.sampling, seed: request.sampling.seed ?? UInt64.random(in: .min ... .max), stops: request.stop,
            maxTokens: limit, topLogProbabilities: request.topLogProbabilities, ignoreEnd: request.ignoreEnd,
            need: need(request, isBound: form != nil, network.tokenizer), speculates: speculates(request), form: form,
            caller: request.caller,
            work: request.work, submitted: .now, continuation: continuation, release: { [shelf] in shelf.release(name) })
    }

    /// Log-probabilities are of all tokens, and a form may rule out any; an end token that is ignored makes way for the next.
    private func need(_ request: GenerationRequest, isBound: Bool, _ tokenizer: any Tokenizer) -> LogitNeed {
        if settings.exactHead || request.topLogProbabilities != nil || isBound { return .all }
        return request.sampling.need(excluded: request.ignoreEnd ? tokenizer.endTokens.count : 0)
    }

    /// Only where each token follows from the ones before: guesses that are kept then change nothing.
    private func speculates(_ request: GenerationRequest) -> Bool {
        let sampling = request.sampling
        let isPlain = sampling.logitBias.isEmpty && sampling.presencePenalty == 0 && sampling.frequencyPenalty == 0
        return settings.speculates && sampling.temperature == 0 && isPlain && sampling.repetitionPenalty == 1
            && request.topLogProbabilities == nil
    }

    private func admit(_ name: String, _ kind: ModelKind) throws -> (stored: StoredModel, base: StoredModel) {
        let found = try find(name)
        guard found.stored.kind == kind else { throw wrongKind(found.stored, kind) }
        guard phase.withLock({ $0 != .draining }) else { throw draining }
        return found
    }

    private func checkVocabulary(_ tokens: [Token], _ tokenizer: any Tokenizer, param: String) throws {
        guard let bad = tokens.first(where: { $0 < 0 || Int($0) >= tokenizer.vocabularySize }) else { return }
        throw ServingError(.invalidRequest, "token \(bad) is not one of this model's \(tokenizer.vocabularySize)", param: param)
    }

    private func wrongKind(_ model: StoredModel, _ wanted: ModelKind) -> ServingError {
        ServingError(
            .wrongKind, "'\(model.name)' is a model for \(model.kind.rawValue), and this request needs one for \(wanted.rawValue)",
            param: "model")
    }

    private var draining: ServingError {
        ServingError(.draining, "the server is stopping; try again in a moment", retryAfter: .seconds(5))
    }

    private func nextNumber() -> Int {
        number.withLock {
            $0 += 1
            return $0
        }
    }
}

extension [Float] {
    /// The first numbers, at unit length again.
    fileprivate func shortened(to count: Int) -> [Float] {
        let head = prefix(count)
        let length = head.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? head.map { $0 / length } : Array(head)
    }
}
