import Foundation
public import LaresJSON

/// A geometry of GeoJSON (RFC 7946): longitudes and latitudes in degrees (WGS 84), heights left out.
public struct NGSIGeometry: Sendable, Hashable {
    /// A place, in degrees.
    struct Position: Sendable, Hashable {
        var x: Double
        var y: Double
    }

    /// Places, lines, and areas (each a hull with holes).
    var points: [Position] = []
    var lines: [[Position]] = []
    var areas: [[[Position]]] = []

    private init() {}

    static let types: Set<String> = [
        "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
    ]
    /// How many positions a geometry may have.
    static let mostPositions = 20_000

    /// Whether a value says that it is one.
    static func isGeometry(_ json: JSON) -> Bool {
        guard let type = json["type"]?.text, types.contains(type) else { return false }
        return json["coordinates"] != nil || json["geometries"] != nil
    }

    /// - Parameters:
    ///   - geoJSON: The geometry.
    ///   - name: What it is of, for messages.
    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(geoJSON: JSON, name: String) throws {
        guard let type = geoJSON["type"]?.text, Self.types.contains(type), type != "GeometryCollection" || geoJSON["geometries"] != nil
        else {
            throw NGSIError.bad(
                "'\(name)' is no GeoJSON geometry: its type must be Point, MultiPoint, LineString, MultiLineString, Polygon or MultiPolygon"
            )
        }
        if type == "GeometryCollection" {
            self.init()
            for part in geoJSON["geometries"]?.elements ?? [] {
                guard part["type"]?.text != type else { throw NGSIError.bad("'\(name)': collections aren't nested") }
                let geometry = try NGSIGeometry(geoJSON: part, name: name)
                (points, lines, areas) = (points + geometry.points, lines + geometry.lines, areas + geometry.areas)
            }
            return
        }
        guard let coordinates = geoJSON["coordinates"] else { throw NGSIError.bad("'\(name)' has no coordinates") }
        try self.init(type: type, coordinates: coordinates, name: name)
    }

    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(type: String, coordinates: JSON, name: String) throws {
        var count = 0
        func list<Part>(_ json: JSON, _ least: Int, _ part: (JSON) throws -> Part) throws -> [Part] {
            guard let elements = json.elements, elements.count >= least else {
                throw NGSIError.bad("the coordinates of '\(name)' don't make a \(type)")
            }
            return try elements.map(part)
        }
        func position(_ json: JSON) throws -> Position {
            count += 1
            guard count <= Self.mostPositions else { throw NGSIError.bad("'\(name)' has more than \(Self.mostPositions) positions") }
            guard let elements = json.elements, (2...3).contains(elements.count), let x = elements[0].number, let y = elements[1].number,
                abs(x) <= 360, abs(y) <= 90, elements.allSatisfy({ $0.number != nil })
            else {
                throw NGSIError.bad("a position of '\(name)' must be [longitude, latitude] in degrees, not \(json.serialized.prefix(60))")
            }
            return Position(x: x, y: y)
        }
        func line(_ json: JSON) throws -> [Position] { try list(json, 2, position) }
        func ring(_ json: JSON) throws -> [Position] {
            let ring = try list(json, 4, position)
            guard ring.first == ring.last else {
                throw NGSIError.bad("a ring of '\(name)' isn't closed: its last position must be its first")
            }
            return ring
        }
        switch type {
        case "Point": points = [try position(coordinates)]
        case "MultiPoint": points = try list(coordinates, 1, position)
        case "LineString": lines = [try line(coordinates)]
        case "MultiLineString": lines = try list(coordinates, 1, line)
        case "Polygon": areas = [try list(coordinates, 1, ring)]
        case "MultiPolygon": areas = try list(coordinates, 1) { try list($0, 1, ring) }
        default: throw NGSIError.bad("'\(type.prefix(60))' is no geometry that can be asked with")
        }
    }

    /// West, south, east and north ends; nil for nothing.
    var bounds: (west: Double, south: Double, east: Double, north: Double)? {
        let all = points + lines.flatMap { $0 } + areas.flatMap { $0.flatMap { $0 } }
        guard let first = all.first else { return nil }
        return all.reduce((first.x, first.y, first.x, first.y)) { (min($0.0, $1.x), min($0.1, $1.y), max($0.2, $1.x), max($0.3, $1.y)) }
    }
}
