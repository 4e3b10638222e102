import Foundation
import LaresLanguage
import LaresTensor
import Logging
import Synchronization

/// Which models are in memory, who uses them, and who may come in. A model in use is never unloaded.
final class ModelShelf: Sendable {
    private enum Place {
        case loading([CheckedContinuation<LoadedModel, any Error>], reserved: Int)
        case loaded(LoadedModel, users: Int, lastUse: Int)
        case failed(String)

        var bytes: Int {
            switch self {
            case .loading(_, let reserved): reserved
            case .loaded(let model, _, _): model.weightBytes + model.cacheBytes
            case .failed: 0
            }
        }
    }

    private struct State {
        var places: [String: Place] = [:]
        var loads: [String: RunnerLoad] = [:]
        var uses = 0
    }

    private let settings: ServingSettings
    private let store: ModelStore
    private let inbox: Inbox
    private let pool: ComputePool
    private let logger: Logger
    private let state = Mutex(State())

    init(_ settings: ServingSettings, store: ModelStore, inbox: Inbox, pool: ComputePool, logger: Logger) {
        self.settings = settings
        self.store = store
        self.inbox = inbox
        self.pool = pool
        self.logger = logger
    }

    /// Gets a model for one use, and loads it first when it isn't in memory. Give it back with ``release(_:)``.
    func lease(_ stored: StoredModel) async throws -> LoadedModel {
        try await withCheckedThrowingContinuation { continuation in
            let next: Result<Next, any Error> = state.withLock { state in
                Result { try begin(stored, &state, continuation) }
            }
            switch next {
            case .failure(let error): continuation.resume(throwing: error)
            case .success(.have(let model)): continuation.resume(returning: model)
            case .success(.wait): break
            // Reading and repacking takes a while and blocks, so it gets a thread of its own.
            case .success(.load(let plan)): Thread.detachNewThread { self.load(stored, plan) }
            }
        }
    }

    private enum Next {
        case have(LoadedModel)
        case wait
        case load(MemoryPlan)
    }

    private func begin(
        _ stored: StoredModel, _ state: inout State, _ continuation: CheckedContinuation<LoadedModel, any Error>
    ) throws -> Next {
        state.uses += 1
        switch state.places[stored.name] {
        case .loaded(let model, let users, _) where model.stored.files == stored.files:
            state.places[stored.name] = .loaded(model, users: users + 1, lastUse: state.uses)
            return .have(model)
        case .loaded:
            throw ServingError(.invalidRequest, "'\(stored.name)' was replaced while it was in memory; unload it first", param: "model")
        case .loading(let waiters, let reserved):
            state.places[stored.name] = .loading(waiters + [continuation], reserved: reserved)
            return .wait
        case .failed, nil:
            let needs = try self.needs(of: stored)
            let plan = try MemoryPlan(
                for: stored.name, needs, budget: settings.memoryBudget, cacheTokens: settings.cacheTokens, pageTokens: KVCache.pageTokens,
                occupants: occupants(state))
            for name in plan.evicted { state.places[name] = nil }
            state.places[stored.name] = .loading([continuation], reserved: needs.weightBytes + plan.pages * needs.pageBytes)
            return .load(plan)
        }
    }

    private func needs(of stored: StoredModel) throws -> ModelNeeds {
        do {
            return try stored.kind == .language ? ModelNeeds(gguf: store.file(of: stored)) : ModelNeeds(embedding: stored)
        } catch {
            throw ServingError(.loadFailed, "'\(stored.name)' can't be read: \(error)", param: "model")
        }
    }

    private func occupants(_ state: State) -> [MemoryPlan.Occupant] {
        state.places.map { name, place in
            if case .loaded(_, let users, let lastUse) = place {
                return .init(name: name, bytes: place.bytes, lastUse: lastUse, isInUse: users > 0)
            }
            return .init(name: name, bytes: place.bytes, lastUse: 0, isInUse: true)
        }
    }

    private func load(_ stored: StoredModel, _ plan: MemoryPlan) {
        for name in plan.evicted {
            logger.info("model unloaded to make room", metadata: ["model": "\(name)", "for": "\(stored.name)"])
            drop(name)
        }
        let began = ContinuousClock.now
        let result = Result { try read(stored, plan) }
        if case .success(let model) = result {
            switch model.network {
            case .language(let network): inbox.post(.addLanguage(name: stored.name, network, pages: plan.pages))
            case .embedding(let network): inbox.post(.addEmbedding(name: stored.name, network))
            }
            let milliseconds = Int((ContinuousClock.now - began) / .milliseconds(1))
            logger.info(
                "model loaded",
                metadata: [
                    "model": "\(stored.name)", "weights": "\(model.weightBytes)", "cache": "\(model.cacheBytes)", "ms": "\(milliseconds)",
                ])
        }
        settle(stored, result)
    }

    private func read(_ stored: StoredModel, _ plan: MemoryPlan) throws -> LoadedModel {
        switch stored.kind {
        case .language:
            let model = try LanguageModel(contentsOf: store.file(of: stored), pool: pool)
            let limit = min(model.contextLength, settings.contextLimit ?? .max, plan.pages * KVCache.pageTokens)
            return LoadedModel(
                stored: stored, network: .language(model), weightBytes: model.weightBytes, cacheBytes: plan.pages * model.bytesPerPage(),
                contextLength: limit)
        case .embedding:
            let model = try EmbeddingModel(directory: store.directory(of: stored), pool: pool)
            return LoadedModel(
                stored: stored, network: .embedding(model), weightBytes: model.weightBytes, cacheBytes: 0,
                contextLength: model.contextLength)
        }
    }

    private func settle(_ stored: StoredModel, _ result: Result<LoadedModel, any Error>) {
        let waiters: [CheckedContinuation<LoadedModel, any Error>] = state.withLock { state in
            guard case .loading(let waiters, _) = state.places[stored.name] else { return [] }
            state.uses += 1
            switch result {
            case .success(let model): state.places[stored.name] = .loaded(model, users: waiters.count, lastUse: state.uses)
            case .failure(let error): state.places[stored.name] = .failed("\(error)")
            }
            return waiters
        }
        if case .failure(let error) = result {
            logger.error("model failed to load", metadata: ["model": "\(stored.name)", "error": "\(error)"])
        }
        for waiter in waiters {
            waiter.resume(
                with: result.mapError { ServingError(.loadFailed, "'\(stored.name)' can't be loaded: \($0)", param: "model") as any Error })
        }
    }

    /// Gives a model back.
    func release(_ name: String) {
        state.withLock { state in
            guard case .loaded(let model, let users, let lastUse) = state.places[name] else { return }
            state.places[name] = .loaded(model, users: max(0, users - 1), lastUse: lastUse)
        }
    }

    /// Takes an idle model out of memory; one in use stays, and that is an error.
    func unload(_ name: String) async throws {
        let isHere = try state.withLock { state in
            switch state.places[name] {
            case .loaded(_, let users, _) where users > 0:
                throw inUse(name, "is answering \(users) requests; unload it when they are done")
            case .loading: throw inUse(name, "is being loaded; unload it when that is done")
            case .loaded, .failed:
                state.places[name] = nil
                return true
            case nil: return false
            }
        }
        guard isHere else { return }
        await withCheckedContinuation { continuation in
            if !inbox.post(.drop(name: name, done: { continuation.resume() })) { continuation.resume() }
        }
    }

    private func inUse(_ name: String, _ what: String) -> ServingError {
        ServingError(.inUse, "'\(name)' \(what)", param: "model", retryAfter: .seconds(5))
    }

    private func drop(_ name: String) {
        let done = DispatchSemaphore(value: 0)
        if inbox.post(.drop(name: name, done: { done.signal() })) { done.wait() }
    }

    /// Notes what the engine tells of its models.
    func note(_ loads: [String: RunnerLoad]) { state.withLock { $0.loads = loads } }

    /// State and memory of a model.
    func fill(_ description: ModelDescription) -> ModelDescription {
        var description = description
        state.withLock { state in
            switch state.places[description.name] {
            case .loaded(let model, _, _):
                description.state = .serving
                description.memoryBytes = model.weightBytes + model.cacheBytes
                description.contextLength = model.contextLength
            case .loading: description.state = .loading
            case .failed(let message): description.state = .failed(message)
            case nil: description.state = .stored
            }
            description.tokensPerSecond = state.loads[description.name]?.tokensPerSecond
        }
        return description
    }

    /// Bytes taken and the models in memory.
    var memory: (used: Int, models: [ServingStatus.Model]) {
        state.withLock { state in
            let models = state.places.compactMap { name, place -> ServingStatus.Model? in
                guard case .loaded(let model, _, _) = place else { return nil }
                let load = state.loads[name] ?? RunnerLoad()
                return ServingStatus.Model(
                    name: name, weightBytes: model.weightBytes, cacheBytes: model.cacheBytes, usedPages: load.usedPages,
                    totalPages: load.totalPages, queued: load.queued, running: load.running, tokensPerSecond: load.tokensPerSecond)
            }
            return (state.places.values.reduce(0) { $0 + $1.bytes }, models.sorted { $0.name < $1.name })
        }
    }
}
