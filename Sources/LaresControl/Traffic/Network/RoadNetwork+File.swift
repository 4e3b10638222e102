internal import Foundation
internal import FoundationXML

extension RoadNetwork {
    /// The largest file that is read, in bytes.
    public static let largestFile = 256 << 20

    /// Reads a network of SUMO (`.net.xml`).
    ///
    /// - Throws: ``TrafficError`` with `bad_network`: it can't be read, is too large, or is no network.
    public init(contentsOf path: String) throws(TrafficError) {
        try self.init(data: Self.data(at: path), name: path)
    }

    /// Reads a network's text.
    /// - Parameter name: What errors call it.
    public init(parsing bytes: [UInt8], name: String = "network") throws(TrafficError) {
        try self.init(data: Data(bytes), name: name)
    }

    private init(data: Data, name: String) throws(TrafficError) {
        let reader = RoadNetworkReader()
        try XMLFile.read(data, name: name) { reader.open($0, $1) }
        guard !reader.network.lanes.isEmpty else { throw TrafficError(.badNetwork, "\(name) has no lanes: is it a network of SUMO?") }
        if let fault = reader.fault { throw TrafficError(.badNetwork, "\(name): \(fault)") }
        self = reader.finished()
    }

    static func data(at path: String, largest: Int = largestFile) throws(TrafficError) -> Data {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int
        guard let size, let data = FileManager.default.contents(atPath: path) else {
            throw TrafficError(.badNetwork, "\(path) can't be read")
        }
        guard size <= largest, data.count <= largest else {
            throw TrafficError(.badNetwork, "\(path) has \(size) bytes; \(largest) are read")
        }
        return data
    }
}

/// Collects a network from the elements of its file.
private final class RoadNetworkReader {
    var network = RoadNetwork()
    var fault: String?
    private var programme: String?
    private var junction: RoadNetwork.Junction?
    private var requests: [(foes: String, response: String)] = []
    private static let mostLinks = 1_024
    /// In metres and metres per second: further apart than any two junctions, faster than anything on wheels, and slower than anybody walks.
    private static let longestLane = 100_000.0, fastestLane = 1_000.0, slowestLane = 0.1

    func open(_ element: String, _ attributes: [String: String]) {
        switch element {
        case "lane": lane(attributes)
        case "tlLogic": begin(attributes["id"] ?? "")
        case "phase": phase(attributes)
        case "junction": junction(attributes)
        case "request": requests.append((attributes["foes"] ?? "", attributes["response"] ?? ""))
        case "connection": connection(attributes)
        default: break
        }
        if requests.count > Self.mostLinks { (fault, requests) = ("a junction with more than \(Self.mostLinks) movements", []) }
    }

    func finished() -> RoadNetwork {
        endJunction()
        return network
    }

    private func lane(_ attributes: [String: String]) {
        guard let name = attributes["id"] else { return }
        let (length, speed) = (Double(attributes["length"] ?? "") ?? .nan, Double(attributes["speed"] ?? "") ?? .nan)
        guard (0...Self.longestLane).contains(length), (0...Self.fastestLane).contains(speed) else {
            return fault = "lane '\(name)' has no usable length and speed"
        }
        let isForPedestrians = attributes["allow"] == "pedestrian"
        network.lanes[name] = .init(name: name, length: length, speed: max(speed, Self.slowestLane), isForPedestrians: isForPedestrians)
    }

    private func begin(_ name: String) {
        // A signal may have several programmes: the first is the one that runs.
        programme = network.programmes[name] == nil ? name : nil
        if let programme { network.programmes[programme] = [] }
    }

    private func phase(_ attributes: [String: String]) {
        guard let programme else { return }
        let (duration, state) = (Double(attributes["duration"] ?? "") ?? .nan, attributes["state"] ?? "")
        guard duration.isFinite, (0...86_400).contains(duration), (1...Self.mostLinks).contains(state.utf8.count) else {
            return fault = "signal '\(programme)' has a phase without a usable duration and state"
        }
        network.programmes[programme]?.append(.init(duration: duration, state: state))
    }

    private func junction(_ attributes: [String: String]) {
        endJunction()
        guard attributes["type"] != "internal", let name = attributes["id"] else { return }
        let inside = (attributes["intLanes"] ?? "").split(separator: " ").map(String.init)
        junction = .init(
            name: name, x: Double(attributes["x"] ?? "") ?? 0, y: Double(attributes["y"] ?? "") ?? 0, insideLanes: inside, foes: [],
            givesWay: [])
    }

    private func endJunction() {
        defer { (junction, requests) = (nil, []) }
        guard let begun = junction, !requests.isEmpty else { return }
        guard requests.count == begun.insideLanes.count,
            requests.allSatisfy({ $0.foes.utf8.count == requests.count && $0.response.utf8.count == requests.count })
        else { return fault = "junction '\(begun.name)' has requests that don't fit its lanes" }
        // The last letter speaks of the first movement.
        let bits = { (text: String) in text.utf8.reversed().map { $0 == UInt8(ascii: "1") } }
        network.junctions[begun.name] = .init(
            name: begun.name, x: begun.x, y: begun.y, insideLanes: begun.insideLanes, foes: requests.map { bits($0.foes) },
            givesWay: requests.map { bits($0.response) })
    }

    private func connection(_ attributes: [String: String]) {
        guard let from = attributes["from"], let to = attributes["to"], let fromLane = attributes["fromLane"],
            let toLane = attributes["toLane"]
        else { return }
        var light: RoadNetwork.Connection.Light?
        if let signal = attributes["tl"], let index = attributes["linkIndex"].flatMap({ Int($0) }) {
            guard (0..<Self.mostLinks).contains(index) else { return fault = "signal '\(signal)' has a link \(index)" }
            light = .init(signal: signal, index: index)
        }
        network.connections.append(
            .init(
                from: "\(from)_\(fromLane)", to: "\(to)_\(toLane)", via: attributes["via"], light: light, direction: attributes["dir"] ?? ""
            ))
    }
}
