internal import Foundation

/// What a map needs to know of a network: where its lanes and junctions lie.
public struct RoadMap: Sendable, Hashable {
    /// A point: degrees east and north where the network says where on earth it is, else metres.
    public struct Point: Sendable, Hashable {
        /// To the east.
        public let x: Double
        /// To the north.
        public let y: Double
    }

    /// A lane of a road.
    public struct Lane: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// The road's name.
        public let edge: String
        /// From its beginning to its end.
        public let shape: [Point]
        /// In metres.
        public let length: Double
        /// The speed that is allowed, in m/s.
        public let speed: Double
        /// Whether nothing but pedestrians may use it.
        public let isForPedestrians: Bool
    }

    /// A junction.
    public struct Junction: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Where it is.
        public let position: Point
        /// Its outline; fewer than three points: none.
        public let shape: [Point]
        /// Whether it has signals.
        public let hasSignals: Bool
    }

    /// In the order of the file; those inside of junctions aren't there.
    public internal(set) var lanes: [Lane] = []
    /// In the order of the file.
    public internal(set) var junctions: [Junction] = []
    /// Whether points are degrees of WGS 84; else metres, east and north of the network's corner.
    public internal(set) var isOnEarth = false

    init() {}

    /// Reads a network of SUMO (`.net.xml`).
    ///
    /// Of its own projections UTM is known (`+proj=utm`, WGS 84): what is in another is given in metres.
    ///
    /// - Throws: ``TrafficError`` with `bad_network`.
    public init(contentsOf path: String) throws(TrafficError) { self = try Self.read(RoadNetwork.data(at: path), name: path) }

    /// Reads a network's text.
    /// - Parameter name: What errors call it.
    public init(parsing bytes: [UInt8], name: String = "network") throws(TrafficError) { self = try Self.read(Data(bytes), name: name) }

    private static func read(_ data: Data, name: String) throws(TrafficError) -> RoadMap {
        let reader = RoadMapReader()
        try XMLFile.read(data, name: name) { reader.open($0, $1) }
        guard !reader.map.lanes.isEmpty else { throw TrafficError(.badNetwork, "\(name) has no lanes: is it a network of SUMO?") }
        if let fault = reader.fault { throw TrafficError(.badNetwork, "\(name): \(fault)") }
        return reader.map
    }

    /// The corners of all: west, south, east, north.
    public var bounds: (west: Double, south: Double, east: Double, north: Double) {
        lanes.flatMap(\.shape).reduce((.infinity, .infinity, -.infinity, -.infinity)) {
            (min($0.west, $1.x), min($0.south, $1.y), max($0.east, $1.x), max($0.north, $1.y))
        }
    }
}

/// Collects a map from the elements of a network's file.
private final class RoadMapReader {
    var map = RoadMap()
    var fault: String?
    private var place: EarthPlace?
    private var edge: String?
    private static let mostPoints = 10_000

    func open(_ element: String, _ attributes: [String: String]) {
        switch element {
        case "location":
            place = EarthPlace(projection: attributes["projParameter"] ?? "", offset: attributes["netOffset"] ?? "")
            map.isOnEarth = place != nil
        case "edge": edge = attributes["function"] == nil ? attributes["id"] : nil
        case "lane": lane(attributes)
        case "junction": junction(attributes)
        default: break
        }
    }

    private func lane(_ attributes: [String: String]) {
        guard let edge, let name = attributes["id"] else { return }
        let shape = points(attributes["shape"])
        let (length, speed) = (Double(attributes["length"] ?? "") ?? .nan, Double(attributes["speed"] ?? "") ?? .nan)
        guard shape.count > 1, length.isFinite, speed.isFinite else {
            return fault = "lane '\(name)' has no usable shape, length and speed"
        }
        map.lanes.append(
            .init(name: name, edge: edge, shape: shape, length: length, speed: speed, isForPedestrians: attributes["allow"] == "pedestrian")
        )
    }

    private func junction(_ attributes: [String: String]) {
        guard let name = attributes["id"], let type = attributes["type"], type != "internal" else { return }
        guard let position = points("\(attributes["x"] ?? ""),\(attributes["y"] ?? "")").first else {
            return fault = "junction '\(name)' has no usable place"
        }
        map.junctions.append(
            .init(name: name, position: position, shape: points(attributes["shape"]), hasSignals: type.hasPrefix("traffic_light")))
    }

    /// Reads "1,2 3,4,5"; what isn't finite is left out.
    private func points(_ text: String?) -> [RoadMap.Point] {
        (text ?? "").split(separator: " ").prefix(Self.mostPoints).compactMap { pair in
            let numbers = pair.split(separator: ",").map { Double($0) ?? .nan }
            guard numbers.count >= 2, abs(numbers[0]) < 1e9, abs(numbers[1]) < 1e9 else { return nil }
            return place?.point(numbers[0], numbers[1]) ?? .init(x: numbers[0], y: numbers[1])
        }
    }
}
