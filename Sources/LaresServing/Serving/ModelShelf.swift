import Dispatch
import Foundation
import LaresLanguage
import LaresTensor
import Logging
import Synchronization

/// Which models are in memory, who uses them, and who may come in. A model in use is never unloaded.
///
/// Whatever takes a place away posts the engine's order for it under the same lock: orders are obeyed in the order they come, so a model
/// that is loaded again can't be lost to the order that took it out before.
final class ModelShelf: Sendable {
    private typealias Waiter = CheckedContinuation<LoadedModel, any Error>

    private enum Place {
        case loading([Waiter], reserved: Int)
        case loaded(LoadedModel, users: Int, lastUse: Int)
        case failed(String)

        var bytes: Int {
            switch self {
            case .loading(_, let reserved): reserved
            case .loaded(let model, _, _): model.bytes
            case .failed: 0
            }
        }
    }

    private struct State {
        var places: [String: Place] = [:]
        var loads: [String: RunnerLoad] = [:]
        var uses = 0
        /// Why nobody gets a model any more.
        var closed: ServingError?
    }

    private let settings: ServingSettings
    private let store: ModelStore
    private let inbox: Inbox
    private let pool: ComputePool
    private let networkBytes: NetworkBytes
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ settings: ServingSettings, store: ModelStore, inbox: Inbox, pool: ComputePool, networkBytes: NetworkBytes, logger: Logger
    ) {
        self.settings = settings
        self.store = store
        self.inbox = inbox
        self.pool = pool
        self.networkBytes = networkBytes
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
            case .success(.load(let old)): Thread.detachNewThread { self.load(stored, replacing: old) }
            }
        }
    }

    private enum Next {
        case have(LoadedModel)
        case wait
        case load(replacing: DispatchSemaphore?)
    }

    private func begin(_ stored: StoredModel, _ state: inout State, _ waiter: Waiter) throws -> Next {
        if let error = state.closed { throw error }
        state.uses += 1
        var old: DispatchSemaphore?
        switch state.places[stored.name] {
        case .loaded(let model, let users, _) where model.stored.files == stored.files:
            state.places[stored.name] = .loaded(model, users: users + 1, lastUse: state.uses)
            return .have(model)
        case .loading(let waiters, let reserved):
            state.places[stored.name] = .loading(waiters + [waiter], reserved: reserved)
            return .wait
        case .loaded(_, let users, _) where users > 0:
            throw inUse(stored.name, "was replaced and still answers \(users) requests with its old files; try again when they are done")
        case .loaded: old = drop(stored.name, &state)
        case .failed, nil: break
        }
        state.places[stored.name] = .loading([waiter], reserved: 0)
        return .load(replacing: old)
    }

    /// Takes a place away, with the lock held. The semaphore says when the memory is free.
    private func drop(_ name: String, _ state: inout State) -> DispatchSemaphore {
        let done = DispatchSemaphore(value: 0)
        drop(name, &state) { done.signal() }
        return done
    }

    private func drop(_ name: String, _ state: inout State, done: @escaping @Sendable () -> Void) {
        state.places[name] = nil
        if !inbox.post(.drop(name: name, done: done)) { done() }
    }

    private func load(_ stored: StoredModel, replacing old: DispatchSemaphore?) {
        old?.wait()
        let began = ContinuousClock.now
        let result = Result { try read(stored) }.mapError { error in
            error as? ServingError ?? ServingError(.loadFailed, "'\(stored.name)' can't be loaded: \(error)", param: "model")
        }
        switch result {
        case .success(let model):
            switch model.network {
            case .language(let network):
                let cache = network.makeCache(pages: model.pages), kept = keptPrefixes(of: stored)
                kept?.restore(into: cache, of: network)
                inbox.post(.addLanguage(name: stored.name, network, Handover(cache), kept: kept))
            case .embedding(let network): inbox.post(.addEmbedding(name: stored.name, network))
            }
            log(model, ContinuousClock.now - began)
        case .failure(let error):
            logger.error("model failed to load", metadata: ["model": "\(stored.name)", "error": "\(error)"])
        }
        settle(stored.name, result)
        returnFreedMemory()
    }

    private func keptPrefixes(of stored: StoredModel) -> KeptPrefixes? {
        guard settings.prefixBytes > 0, let digest = stored.digest, let path = try? store.prefixFile(of: digest) else { return nil }
        return KeptPrefixes(path: path, bytes: settings.prefixBytes, digest: digest, logger: logger)
    }

    private func log(_ model: LoadedModel, _ time: Duration) {
        logger.info(
            "model loaded",
            metadata: [
                "model": "\(model.stored.name)", "weights": "\(model.weightBytes)", "cache": "\(model.cacheBytes)",
                "ms": "\(Int(time / .milliseconds(1)))",
            ])
    }

    private func read(_ stored: StoredModel) throws -> LoadedModel {
        var needs =
            try stored.kind == .language
            ? ModelNeeds(gguf: store.file(of: stored), batchLimit: settings.batchLimit) : ModelNeeds(embedding: stored)
        let plan = try makeRoom(for: stored.name, needs)
        let network: LoadedModel.Network =
            switch stored.kind {
            case .language: .language(try LanguageModel(contentsOf: store.file(of: stored), pool: pool))
            case .embedding: .embedding(try EmbeddingModel(directory: store.directory(of: stored), pool: pool))
            }
        needs.weightBytes = network.weightBytes  // an encoder's embeddings stay in its file
        return LoadedModel(stored, network, needs, pages: plan.pages, contextLimit: settings.contextLimit)
    }

    /// Reserves what a model needs, and unloads others for it.
    private func makeRoom(for name: String, _ needs: ModelNeeds) throws -> MemoryPlan {
        let (plan, drops) = try state.withLock { state in
            let plan = try MemoryPlan(
                for: name, needs, budget: settings.memoryBudget, cacheTokens: settings.cacheTokens, pageTokens: KVCache.pageTokens,
                occupants: occupants(state, besides: name))
            if case .loading(let waiters, _) = state.places[name] {
                let bytes = Bytes.sum([needs.weightBytes, needs.workBytes, Bytes.product(plan.pages, needs.pageBytes)])
                state.places[name] = .loading(waiters, reserved: bytes)
            }
            return (plan, plan.evicted.map { drop($0, &state) })
        }
        for (other, done) in zip(plan.evicted, drops) {
            done.wait()
            logger.info("model unloaded to make room", metadata: ["model": "\(other)", "for": "\(name)"])
        }
        return plan
    }

    private func occupants(_ state: State, besides name: String) -> [MemoryPlan.Occupant] {
        let networks = MemoryPlan.Occupant(name: "trained networks", bytes: networkBytes.count, lastUse: 0, isInUse: true)
        return [networks]
            + state.places.filter { $0.key != name }.map { name, place in
                if case .loaded(_, let users, let lastUse) = place {
                    return .init(name: name, bytes: place.bytes, lastUse: lastUse, isInUse: users > 0)
                }
                return .init(name: name, bytes: place.bytes, lastUse: 0, isInUse: true)
            }
    }

    private func settle(_ name: String, _ result: Result<LoadedModel, ServingError>) {
        let waiters: [Waiter] = state.withLock { state in
            guard case .loading(let waiters, _) = state.places[name] else { return [] }
            state.uses += 1
            switch result {
            case .success(let model): state.places[name] = .loaded(model, users: waiters.count, lastUse: state.uses)
            // Nothing is wrong with a model that only lacks room.
            case .failure(let error) where [.memoryBusy, .outOfMemory].contains(error.code): state.places[name] = nil
            case .failure(let error): state.places[name] = .failed("\(error)")
            }
            return waiters
        }
        for waiter in waiters { waiter.resume(with: result.mapError { $0 as any Error }) }
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
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            state.withLock { state in
                switch state.places[name] {
                case .loaded(_, let users, _) where users > 0:
                    continuation.resume(throwing: inUse(name, "is answering \(users) requests; unload it when they are done"))
                case .loading: continuation.resume(throwing: inUse(name, "is being loaded; unload it when that is done"))
                case .loaded, .failed: drop(name, &state) { continuation.resume() }
                case nil: continuation.resume()
                }
            }
        }
    }

    /// Takes an adapter out of memory; requests that use it keep it until they end.
    func unloadAdapter(_ stored: StoredModel, of base: String) {
        state.withLock { state in
            guard case .loaded(let model, _, _) = state.places[base], let digest = stored.digest else { return }
            model.adapters?.remove(digest)
        }
    }

    private func inUse(_ name: String, _ what: String) -> ServingError {
        ServingError(.inUse, "'\(name)' \(what)", param: "model", retryAfter: .seconds(5))
    }

    /// Lets nobody in any more, and sends away who waits for a model: reading it isn't waited for.
    func close(_ error: ServingError) {
        let waiters = state.withLock { state in
            state.closed = error
            var sentAway: [Waiter] = []
            for (name, place) in state.places {
                if case .loaded(let model, _, _) = place { model.forms?.close(error) }
                guard case .loading(let waiters, let reserved) = place else { continue }
                sentAway += waiters
                state.places[name] = .loading([], reserved: reserved)
            }
            return sentAway
        }
        for waiter in waiters { waiter.resume(throwing: error) }
    }

    /// Whether a model is being read just now.
    var isLoading: Bool {
        state.withLock { state in
            state.places.values.contains { if case .loading = $0 { true } else { false } }
        }
    }

    /// Notes what the engine tells of its models.
    func note(_ loads: [String: RunnerLoad]) { state.withLock { $0.loads = loads } }

    /// State and memory of a model.
    func fill(_ description: ModelDescription) -> ModelDescription {
        var description = description
        state.withLock { state in
            switch state.places[description.base ?? description.name] {
            case .loaded(let model, _, _) where description.base != nil:
                let isThere = Digest(description.sha256).map { model.adapters?.has($0) ?? false } ?? false
                description.state = isThere ? .serving : .stored
                description.contextLength = model.contextLength
            case .loaded(let model, _, _):
                description.state = .serving
                description.memoryBytes = model.bytes
                description.contextLength = model.contextLength
            case .loading: description.state = .loading
            case .failed(let message): description.state = .failed(message)
            case nil: description.state = .stored
            }
            description.tokensPerSecond = description.base == nil ? state.loads[description.name]?.tokensPerSecond : nil
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
                    totalPages: load.totalPages, queued: load.queued, running: load.running, tokensPerSecond: load.tokensPerSecond,
                    times: load.times, stepBytes: model.network.stepBytes)
            }
            return (Bytes.sum(state.places.values.map(\.bytes)), models.sorted { $0.name < $1.name })
        }
    }
}
