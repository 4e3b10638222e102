internal import Foundation

/// A network with its demand, as a folder has it: one `.sumocfg` and the files that it names.
public struct SumoScenario: Sendable, Hashable {
    /// The folder's name.
    public let name: String
    /// The folder.
    public let folder: String
    /// The configuration's path.
    public let configuration: String
    /// The network's path.
    public let networkFile: String
    /// When the simulation begins, in seconds.
    public private(set) var begin: Double
    /// When it ends.
    public private(set) var end: Double

    /// Reads a folder's configuration.
    ///
    /// - Throws: ``TrafficError`` with `bad_network`.
    public init(contentsOf folder: String) throws(TrafficError) {
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".sumocfg") }.sorted()
        guard let file = files.first else {
            throw TrafficError(.badNetwork, "\(folder) has no .sumocfg: give the folder of a network of SUMO")
        }
        let path = "\(folder)/\(file)"
        let found = Found()
        try XMLFile.read(RoadNetwork.data(at: path, largest: 1 << 20), name: path) { element, attributes in
            if let value = attributes["value"] { found.values[element] = value }
        }
        guard let network = found.values["net-file"], let end = found.values["end"].flatMap(Double.init) else {
            throw TrafficError(.badNetwork, "\(path) doesn't say its net-file and its end")
        }
        let begin = found.values["begin"].flatMap(Double.init) ?? 0
        guard (0...1e9).contains(begin), end > begin, end - begin <= 7 * 86_400 else {
            throw TrafficError(.badNetwork, "\(path) goes from \(begin) s to \(end) s")
        }
        (self.folder, configuration, networkFile) = (folder, path, network.hasPrefix("/") ? network : "\(folder)/\(network)")
        (name, self.begin, self.end) = (URL(fileURLWithPath: folder).lastPathComponent, begin, end)
    }

    /// The first part of the same simulation: enough to learn from, and quicker.
    public func prefix(seconds: Double) -> SumoScenario {
        var part = self
        part.end = min(end, begin + max(1, seconds))
        return part
    }

    /// The same simulation from a later second on: who would have left before isn't there.
    ///
    /// - Parameter time: In seconds; one that isn't within the demand's time is its beginning.
    public func starting(at time: Double) -> SumoScenario {
        var later = self
        if time.isFinite, time > begin, time < end { later.begin = time.rounded(.down) }
        return later
    }

    private final class Found { var values: [String: String] = [:] }

    /// The network of the folder.
    public func network() throws(TrafficError) -> RoadNetwork { try RoadNetwork(contentsOf: networkFile) }
}
