import Foundation
import LaresTensor
import Synchronization

extension NetworkServing {
    /// One version as the index of a repository lists it.
    public struct Entry: Sendable, Hashable {
        /// The network's name.
        public let name: String
        /// The version's number.
        public let version: Int
        /// Whether it answers requests.
        public let isReady: Bool
        /// Why not.
        public let reason: String
    }

    /// The versions that are served: of each network those that an alias or a trial means, or that are in memory.
    public func index() throws -> [Entry] {
        let models = try registry.models()
        return state.withLock { state in
            models.flatMap { model in
                let wanted = Set([model.standard?.number, model.rollout?.number].compactMap { $0 })
                return model.versions.compactMap { version -> Entry? in
                    let place = Place(model: model.name, number: version.number)
                    guard wanted.contains(version.number) || state.loaded[place] != nil else { return nil }
                    let failure = state.failures[place]
                    let reason = state.closed.contains(model.name) ? "unloaded" : failure ?? ""
                    return Entry(name: model.name, version: version.number, isReady: reason.isEmpty, reason: reason)
                }
            }
        }
    }

    /// Whether a version answers requests; it is loaded first when it isn't in memory.
    ///
    /// - Throws: ``RegistryError`` when there is none, ``ServingError`` when it can't be loaded or was unloaded.
    public func makeReady(_ name: String, version reference: String? = nil) async throws {
        let version = try version(of: name, reference)
        try checkOpen(name)
        _ = try await loaded(version)
    }

    /// Loads the version that requests get, and that of a trial, and opens the network again if it was unloaded.
    ///
    /// - Parameter limits: how requests are joined from now on; nil leaves that as it is.
    /// - Throws: ``RegistryError``, ``ServingError``.
    public func load(_ name: String, limits: BatchLimits? = nil) async throws {
        registryChanged(name)
        let model = try model(name)
        let numbers = [model.standard?.number, model.rollout?.number].compactMap { $0 }
        for version in numbers.compactMap({ model.version($0) }) { _ = try await loaded(version) }
        state.withLock { state in
            state.closed.remove(name)
            if let limits { state.limits[name] = limits }
        }
    }

    /// Takes a network out of memory, and lets nobody use it before it is loaded again; answers under way are finished.
    ///
    /// - Throws: ``RegistryError`` with code `modelNotFound`.
    public func unload(_ name: String) async throws {
        _ = try model(name)
        let gone = state.withLock { state in
            state.closed.insert(name)
            state.limits[name] = nil
            return state.loaded.keys.filter { $0.model == name }.compactMap { state.loaded.removeValue(forKey: $0) }
        }
        await withCheckedContinuation { continuation in release(gone) { continuation.resume() } }
    }

    /// How requests to a network are joined.
    public func limits(of name: String) -> BatchLimits { state.withLock { $0.limits[name] } ?? BatchLimits() }

    /// Whether requests to a version are joined; nil when it isn't in memory.
    public func joinsRows(_ version: ModelVersion) -> Bool? {
        state.withLock { $0.loaded[Place(model: version.model, number: version.number)]?.joinsRows }
    }

    /// What the versions in memory have answered since they were loaded, by name and number; nil for all networks.
    public func statistics(of name: String? = nil) -> [(model: String, version: Int, statistics: InferenceStatistics)] {
        let loaded = state.withLock { $0.loaded }
        return loaded.filter { name == nil || $0.key.model == name }
            .map { ($0.key.model, $0.key.number, $0.value.statistics) }
            .sorted { ($0.model, $0.version) < ($1.model, $1.version) }
    }
}
