public import Foundation
public import LaresNeural
import Synchronization

/// How a network stands in memory.
public struct NetworkStanding: Sendable, Hashable {
    /// The numbers of its versions in memory, rising.
    public var loaded: [Int] = []
    /// What those take.
    public var bytes = 0
    /// Whether it was taken out on purpose: nobody gets it before it is loaded again.
    public var isClosed = false
    /// Why a version could not be loaded, by number.
    public var failures: [Int: String] = [:]
    /// When it answered last since the server is up; nil when it hasn't.
    public var lastAnswer: Date?

    /// A network that nobody has asked for.
    public init() {}
}

extension NetworkServing {
    /// How a network stands now.
    public func standing(of name: String) -> NetworkStanding {
        state.withLock { state in
            var standing = NetworkStanding()
            let versions = state.loaded.filter { $0.key.model == name }
            standing.loaded = versions.keys.map(\.number).sorted()
            standing.bytes = Bytes.sum(versions.values.map(\.version.bytes))
            standing.isClosed = state.closed.contains(name)
            for (place, reason) in state.failures where place.model == name { standing.failures[place.number] = reason }
            let last = max(state.answered[name] ?? 0, versions.values.map(\.statistics.last).max() ?? 0)
            standing.lastAnswer = last > 0 ? Date(timeIntervalSince1970: Double(last) / 1_000) : nil
            return standing
        }
    }

    /// The plan of a version; the network itself isn't loaded for it.
    ///
    /// - Throws: ``RegistryError`` when its file is missing, `NetworkError` and `SafeTensorsError` when that is damaged.
    public func plan(of version: ModelVersion) throws -> NetworkPlan { try NetworkPlan(contentsOf: registry.file(of: version)) }
}
