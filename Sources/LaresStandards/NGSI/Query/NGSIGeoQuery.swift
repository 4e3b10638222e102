import Foundation
public import LaresJSON

/// Where entities are to lie (clause 4.10): `georel=near;maxDistance==2000`, a geometry, and the attribute that says where they are.
public struct NGSIGeoQuery: Sendable, Hashable {
    enum Relation: Sendable, Hashable {
        case near(most: Double?, least: Double?)
        case within, contains, intersects, equals, disjoint, overlaps
    }

    let relation: Relation
    let geometry: NGSIGeometry
    /// The expanded name of the attribute.
    public let property: String

    /// - Throws: ``NGSIError`` with `badRequestData`.
    public init(georel: String, geometry: String, coordinates: JSON, property: String?, _ context: LDContext) throws {
        relation = try Self.relation(georel)
        self.geometry = try NGSIGeometry(type: geometry, coordinates: coordinates, name: "coordinates")
        self.property = context.expand(property ?? "location")
    }

    /// The parameters of a request; nil where there are none.
    ///
    /// - Throws: ``NGSIError`` with `badRequestData` when some are missing.
    public init?(georel: String?, geometry: String?, coordinates: String?, property: String?, _ context: LDContext) throws {
        guard georel != nil || geometry != nil || coordinates != nil else { return nil }
        guard let georel, let geometry, let coordinates else { throw NGSIError.bad("georel, geometry and coordinates go together") }
        guard let json = try? JSON(parsing: Array(coordinates.utf8), maximumDepth: 8) else {
            throw NGSIError.bad("the coordinates must be a JSON array, such as [8.5,41.2]")
        }
        try self.init(georel: georel, geometry: geometry, coordinates: json, property: property, context)
    }

    private static func relation(_ text: String) throws -> Relation {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        switch (parts.first, parts.count) {
        case ("within", 1): return .within
        case ("contains", 1): return .contains
        case ("intersects", 1): return .intersects
        case ("equals", 1): return .equals
        case ("disjoint", 1): return .disjoint
        case ("overlaps", 1): return .overlaps
        case ("near", 2):
            var (most, least) = (Double?.none, Double?.none)
            for part in parts.dropFirst() {
                let sides = part.components(separatedBy: "==")
                guard sides.count == 2, let metres = Double(sides[1]), metres.isFinite, metres > 0 else { break }
                if sides[0] == "maxDistance" { most = metres } else if sides[0] == "minDistance" { least = metres }
            }
            guard [most, least].compactMap({ $0 }).count == parts.count - 1 else { break }
            return .near(most: most, least: least)
        default: break
        }
        throw NGSIError.bad(
            "georel '\(text.prefix(100))' isn't known; it may be near;maxDistance==METRES, near;minDistance==METRES, within, contains, intersects, equals, disjoint, overlaps"
        )
    }

    /// Whether an entity lies so.
    public func matches(_ entity: NGSIEntity) -> Bool {
        (entity.attributes[property] ?? []).contains { instance in
            guard instance.kind == .geo, let value = instance.value, let place = try? NGSIGeometry(geoJSON: value, name: property) else {
                return false
            }
            return matches(place)
        }
    }

    func matches(_ place: NGSIGeometry) -> Bool {
        switch relation {
        case .within: return place.isWithin(geometry)
        case .contains: return geometry.isWithin(place)
        case .intersects: return place.intersects(geometry)
        case .equals: return place.equals(geometry)
        case .disjoint: return !place.intersects(geometry)
        case .overlaps: return place.overlaps(geometry)
        case .near(let most, let least):
            let distance = place.distance(to: geometry)
            return (most.map { distance <= $0 } ?? true) && (least.map { distance >= $0 } ?? true)
        }
    }

    /// The box that places must touch; nil: any may match.
    var box: (west: Double, south: Double, east: Double, north: Double)? {
        guard let bounds = geometry.bounds else { return nil }
        switch relation {
        case .within, .contains, .intersects, .equals, .overlaps: return bounds
        case .disjoint, .near(nil, _): return nil
        case .near(let most?, _):
            let north = most / NGSIGeometry.radius * 180 / .pi * 1.001
            let widest = min(89.9, max(abs(bounds.south - north), abs(bounds.north + north)))
            let east = north / cos(widest * .pi / 180)
            if east >= 90 || bounds.west - east < -180 || bounds.east + east > 180 { return nil }
            return (bounds.west - east, bounds.south - north, bounds.east + east, bounds.north + north)
        }
    }
}
