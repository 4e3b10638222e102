import LaresJSON

/// A point, line or area in the plane of its coordinates, or several of them; heights are left out.
///
/// Coordinates are taken as they are: distances and lengths are in their unit (degrees, for GeoJSON), as in FROST and PostGIS' `geometry`.
struct STAGeometry: Hashable, Sendable {
    struct Point: Hashable, Sendable {
        var x: Double
        var y: Double
    }

    /// Points that stand for themselves.
    var points: [Point] = []
    /// Lines of at least two points.
    var lines: [[Point]] = []
    /// Areas: an outer ring, then holes; rings are closed.
    var areas: [[[Point]]] = []

    /// How many points one may have altogether.
    static let maximumPoints = 5_000

    var isEmpty: Bool { points.isEmpty && lines.isEmpty && areas.isEmpty }

    /// The pieces of lines and outlines.
    var segments: [(Point, Point)] {
        (lines + areas.flatMap(\.self)).flatMap { line in zip(line, line.dropFirst()).map { ($0, $1) } }
    }

    var allPoints: [Point] { points + lines.flatMap(\.self) + areas.flatMap { $0.flatMap(\.self) } }

    /// 0 for points, 1 for lines, 2 for areas; the greatest of what there is.
    var dimension: Int { areas.isEmpty ? (lines.isEmpty ? 0 : 1) : 2 }

    /// Least x and y, greatest x and y; nil when empty.
    var bounds: (least: Point, greatest: Point)? {
        let all = allPoints
        guard var least = all.first else { return nil }
        var greatest = least
        for point in all {
            least = Point(x: min(least.x, point.x), y: min(least.y, point.y))
            greatest = Point(x: max(greatest.x, point.x), y: max(greatest.y, point.y))
        }
        return (least, greatest)
    }

    mutating func add(_ other: STAGeometry) {
        points += other.points
        lines += other.lines
        areas += other.areas
    }
}

// GeoJSON (RFC 7946).
extension STAGeometry {
    /// A GeoJSON geometry, feature or collection; nil for anything else, and for too many points.
    init?(geoJSON: JSON, depth: Int = 0) {
        guard depth < 8, let type = geoJSON["type"]?.text else { return nil }
        self.init()
        switch type {
        case "Feature":
            guard let inner = geoJSON["geometry"], let geometry = STAGeometry(geoJSON: inner, depth: depth + 1) else { return nil }
            self = geometry
        case "FeatureCollection", "GeometryCollection":
            for element in (geoJSON["features"] ?? geoJSON["geometries"])?.elements ?? [] {
                guard let geometry = STAGeometry(geoJSON: element, depth: depth + 1) else { return nil }
                add(geometry)
            }
        default:
            guard let coordinates = geoJSON["coordinates"], take(type, coordinates) else { return nil }
        }
        if allPoints.count > Self.maximumPoints { return nil }
    }

    private mutating func take(_ type: String, _ json: JSON) -> Bool {
        switch type {
        case "Point": Self.point(json).map { points = [$0] } != nil
        case "MultiPoint": Self.line(json).map { points = $0 } != nil
        case "LineString": Self.line(json, atLeast: 2).map { lines = [$0] } != nil
        case "MultiLineString": Self.all(json) { Self.line($0, atLeast: 2) }.map { lines = $0 } != nil
        case "Polygon": Self.area(json).map { areas = [$0] } != nil
        case "MultiPolygon": Self.all(json, Self.area).map { areas = $0 } != nil
        default: false
        }
    }

    private static func point(_ json: JSON) -> Point? {
        guard let numbers = json.elements, numbers.count >= 2, let x = numbers[0].number, let y = numbers[1].number else { return nil }
        return x.isFinite && y.isFinite ? Point(x: x, y: y) : nil
    }

    private static func all<T>(_ json: JSON, _ read: (JSON) -> T?) -> [T]? {
        guard let elements = json.elements else { return nil }
        let read = elements.compactMap(read)
        return read.count == elements.count ? read : nil
    }

    private static func line(_ json: JSON) -> [Point]? { line(json, atLeast: 1) }

    private static func line(_ json: JSON, atLeast least: Int) -> [Point]? {
        all(json, point).flatMap { $0.count >= least ? $0 : nil }
    }

    private static func area(_ json: JSON) -> [[Point]]? {
        guard let rings = all(json, line), !rings.isEmpty else { return nil }
        return rings.allSatisfy { $0.count >= 3 } ? rings.map(closed) : nil
    }

    /// A ring whose last point is its first.
    static func closed(_ ring: [Point]) -> [Point] { ring.first == ring.last ? ring : ring + ring.prefix(1) }
}
