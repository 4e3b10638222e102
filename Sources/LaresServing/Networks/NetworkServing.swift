import Dispatch
import Foundation
import LaresNeural
import LaresTensor
import Logging
import Synchronization

/// Serves the trained networks of a registry: finds the version, loads it, joins requests, and watches over trials.
///
///     let answer = try await networks.infer(.init(model: "iris", inputs: [.init(name: "x", datatype: .fp32, value: …)]))
///
/// The registry is read at most once a second for each network, so another process may publish and promote while this one serves.
public final class NetworkServing: Sendable {
    struct Place: Hashable {
        let model: String
        let number: Int
    }

    struct State {
        var routes: [String: (model: RegisteredModel, read: ContinuousClock.Instant)] = [:]
        var loaded: [Place: LoadedNetwork] = [:] {
            didSet {
                bytes.count = Bytes.sum(loaded.values.map(\.version.bytes))
                for (place, network) in oldValue where loaded[place] == nil {
                    answered[place.model] = max(answered[place.model] ?? 0, network.statistics.last)
                }
            }
        }
        /// Milliseconds since 1970 of the last answer of versions that are not in memory any more.
        var answered: [String: Int] = [:]
        let bytes: NetworkBytes
        var uses: [Place: ContinuousClock.Instant] = [:]
        var failures: [Place: String] = [:]
        var trials: [String: (rollout: Rollout, tally: RolloutTally)] = [:]
        var shadows = ShadowBacklog()
        /// Taken out on purpose: nobody gets them before they are loaded again.
        var closed: Set<String> = []
        var limits: [String: BatchLimits] = [:]
    }

    /// Where versions are published and promoted; call ``registryChanged(_:)`` after a change.
    public let registry: NetworkRegistry
    let engine: NetworkEngine
    let logger: Logger
    let bytes: NetworkBytes
    let state: Mutex<State>
    /// Reading files blocks, so it has a queue of its own, one after another.
    let loading = DispatchQueue(label: "lares.networks.load")
    /// What shadows compute elsewhere than on the engine, one after another.
    let shadowing = DispatchQueue(label: "lares.networks.shadows", qos: .background)
    private let budget: @Sendable () -> Int

    /// - Parameters:
    ///   - registry: the networks.
    ///   - pool: where steps run.
    ///   - queueLimit: most requests that wait.
    ///   - bytes: where it is told how many they take.
    ///   - budget: bytes that networks may take now.
    ///   - logger: where loads and ends of trials are written.
    init(
        registry: NetworkRegistry, pool: ComputePool, queueLimit: Int, bytes: NetworkBytes, budget: @escaping @Sendable () -> Int,
        logger: Logger
    ) {
        self.registry = registry
        self.logger = logger
        self.bytes = bytes
        state = Mutex(State(bytes: bytes))
        self.budget = budget
        engine = NetworkEngine(pool: pool, queueLimit: queueLimit)
    }

    /// Every network, by name.
    public func models() throws -> [RegisteredModel] { try registry.models() }

    /// A network as it is served now.
    ///
    /// - Throws: ``RegistryError`` with code `modelNotFound`.
    public func model(_ name: String) throws -> RegisteredModel {
        let now = ContinuousClock.now
        if let known = state.withLock({ $0.routes[name] }), now - known.read < .seconds(1) { return known.model }
        let model: RegisteredModel
        do { model = try registry.model(name) } catch {
            if (error as? RegistryError)?.code == .modelNotFound { registryChanged(name) }
            throw error
        }
        let isChanged = state.withLock { state in
            let old = state.routes.updateValue((model, now), forKey: name)
            if model.rollout == nil { state.trials[name] = nil }
            return old?.model != model
        }
        if isChanged { dropUnneeded(name, keeping: model) }
        return model
    }

    /// The version that a reference means; nil: the one that requests get.
    ///
    /// - Throws: ``RegistryError`` with code `modelNotFound` or `versionNotFound`.
    public func version(of name: String, _ reference: String?) throws -> ModelVersion {
        let model = try model(name)
        guard let version = reference.map({ model.version($0) }) ?? model.standard else {
            throw NetworkRegistry.noVersion(reference ?? "", model)
        }
        return version
    }

    /// Forgets what was read of a network, so that a change shows at once; a trial that is still the same keeps its figures.
    public func registryChanged(_ name: String) {
        let model = try? registry.model(name)
        state.withLock { state in
            state.routes[name] = nil
            if state.trials[name]?.rollout != model?.rollout { state.trials[name] = nil }
        }
        if model == nil { dropUnneeded(name, keeping: nil) }
    }

    /// Takes versions out that nobody asks for any more; answers under way keep theirs until they are done.
    private func dropUnneeded(_ name: String, keeping model: RegisteredModel?) {
        let wanted = Set((model?.aliases.values).map(Array.init) ?? []).union(
            [model?.standard?.number, model?.rollout?.number].compactMap { $0 })
        let dropped = state.withLock { state in
            state.loaded.keys.filter { $0.model == name && !wanted.contains($0.number) }.compactMap { state.loaded.removeValue(forKey: $0) }
        }
        if !dropped.isEmpty { release(dropped) {} }
    }

    /// Lets go of versions that were taken out, where nobody waits for it.
    func release(_ networks: [LoadedNetwork], then done: @escaping @Sendable () -> Void) {
        let networks = Mutex(networks)
        loading.async {
            networks.withLock { $0 = [] }
            done()
        }
    }

    /// The version in memory; it is read first when it isn't there.
    func loaded(_ version: ModelVersion) async throws -> LoadedNetwork {
        let place = Place(model: version.model, number: version.number)
        if let there = there(place, version) { return there }
        return try await withCheckedThrowingContinuation { continuation in
            loading.async { continuation.resume(with: Result { try self.load(version, place) }) }
        }
    }

    func there(_ place: Place, _ version: ModelVersion) -> LoadedNetwork? {
        state.withLock { state in
            guard let there = state.loaded[place], there.version.digest == version.digest else { return nil }
            state.uses[place] = .now
            return there
        }
    }

    /// On the loading queue.
    func load(_ version: ModelVersion, _ place: Place) throws -> LoadedNetwork {
        if let there = there(place, version) { return there }
        do {
            let path = try registry.file(of: version)
            try makeRoom(for: version)
            let began = ContinuousClock.now
            let network = try LoadedNetwork(version, at: path)
            state.withLock { state in
                state.loaded[place] = network
                state.uses[place] = .now
                state.failures[place] = nil
            }
            let time = Int((ContinuousClock.now - began) / .milliseconds(1))
            logger.info("network loaded", metadata: ["model": "\(place.model)", "version": "\(place.number)", "ms": "\(time)"])
            return network
        } catch let error as ServingError {
            throw error
        } catch {
            state.withLock { $0.failures[place] = "\(error)" }
            throw ServingError(.loadFailed, "failed to load '\(place.model)' version \(place.number): \(error)", param: "model")
        }
    }

    /// Takes out what was unused the longest, until a version fits.
    private func makeRoom(for version: ModelVersion) throws {
        let budget = budget()
        guard version.bytes <= budget else {
            throw ServingError(
                .outOfMemory, "'\(version.model)' takes \(version.bytes) bytes and \(max(0, budget)) are left of the memory budget",
                param: "model")
        }
        _ = state.withLock { state in
            var places = state.loaded.keys.sorted { (state.uses[$0] ?? .now) < (state.uses[$1] ?? .now) }[...]
            var gone: [LoadedNetwork] = []
            while Bytes.sum(state.loaded.values.map(\.version.bytes) + [version.bytes]) > budget, let oldest = places.popFirst(),
                let network = state.loaded.removeValue(forKey: oldest)
            {
                gone.append(network)
            }
            return gone
        }
        returnTensorMemory()
    }
}
