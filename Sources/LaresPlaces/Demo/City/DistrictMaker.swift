internal import Foundation
internal import LaresControl

/// Makes a district for SUMO: twelve crossings with signals and people on foot, by SUMO's own `netgenerate`, and a day of traffic.
///
/// The same seed makes the same district. Nothing of it is anybody's map.
public struct DistrictMaker: Sendable {
    /// What chance decides.
    public let seed: UInt64

    /// A district of this seed.
    public init(seed: UInt64 = 1) { self.seed = seed }

    /// Makes it in a folder, in the place of what was there under the same names. It takes about a second.
    ///
    /// - Throws: `TrafficError` when SUMO isn't installed or refuses; an error of the file system.
    public func make(in folder: String) throws {
        let program = try SumoProgram()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try program.run("netgenerate", arguments, in: folder)
        let map = try RoadMap(contentsOf: "\(folder)/\(Self.network)")
        let demand = DistrictDemand(seed: seed, edges: unique(map.lanes.map(\.edge)))
        try write(demand.file, to: "\(folder)/\(Self.demand)")
        try write(Self.configuration, to: "\(folder)/district.sumocfg")
    }

    private static let (network, demand) = ("district.net.xml", "district.rou.xml")

    /// Blocks of 220 m by 180 m, two lanes each way and one more for turns, pavements and crossings everywhere; corners not quite straight.
    private var arguments: [String] {
        let streets = [
            "--grid", "--grid.x-number", "4", "--grid.y-number", "3", "--grid.x-length", "220", "--grid.y-length", "180",
            "--grid.attach-length", "160", "--perturb-x", "12", "--perturb-y", "12", "--default.lanenumber", "2", "--default.speed",
            "13.89",
            "--turn-lanes", "1", "--turn-lanes.length", "60", "--no-turnarounds", "true",
        ]
        let signals = [
            "--default-junction-type", "traffic_light", "--tls.yellow.time", "3", "--tls.default-type", "static",
            "--default.sidewalk-width", "2", "--sidewalks.guess", "true", "--crossings.guess", "true",
        ]
        return streets + signals + ["--seed", String(seed % 1_000_000), "--output-file", Self.network]
    }

    private static let configuration = """
        <configuration>
          <input><net-file value="\(network)"/><route-files value="\(demand)"/></input>
          <time><begin value="0"/><end value="86400"/></time>
        </configuration>

        """

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
