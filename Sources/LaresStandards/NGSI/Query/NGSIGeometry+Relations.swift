import Foundation

/// How geometries lie to each other. Topology is that of the plane of longitudes and latitudes, as GeoJSON draws its lines (RFC 7946 §3.1.1);
/// distances are those on the sphere of 6,371,008.8 m.
extension NGSIGeometry {
    static let radius = 6_371_008.8

    /// Whether they have a place in common.
    func intersects(_ other: NGSIGeometry) -> Bool {
        guard let a = bounds, let b = other.bounds, a.west <= b.east, b.west <= a.east, a.south <= b.north, b.south <= a.north else {
            return false
        }
        if points.contains(where: { other.covers($0) }) || other.points.contains(where: { covers($0) }) { return true }
        let (mine, theirs) = (segments, other.segments)
        for (p, q) in mine where theirs.contains(where: { Self.cross(p, q, $0.0, $0.1) }) { return true }
        // One may lie inside the other without touching its edge.
        return vertices.contains { other.isInside($0) } || other.vertices.contains { isInside($0) }
    }

    /// Whether every place of it is one of the other's.
    func isWithin(_ other: NGSIGeometry) -> Bool {
        guard bounds != nil else { return false }
        return points.allSatisfy { other.covers($0) } && segments.allSatisfy { other.covers($0.0, $0.1) }
            && (areas.isEmpty || !other.areas.isEmpty && holesStay(in: other))
    }

    /// An area isn't within another that has a hole inside it.
    private func holesStay(in other: NGSIGeometry) -> Bool {
        for hole in other.areas.flatMap({ $0.dropFirst() }) {
            guard let inner = Self.innerPoint(hole) else { continue }
            if isInside(inner), !areas.contains(where: { $0.dropFirst().contains { Self.isInside(inner, $0) } }) { return false }
        }
        return true
    }

    /// Whether they are the same places.
    func equals(_ other: NGSIGeometry) -> Bool {
        if self == other { return true }
        return isWithin(other) && other.isWithin(self)
    }

    /// Whether they share places, and each has some of its own; both of the same dimension.
    func overlaps(_ other: NGSIGeometry) -> Bool {
        dimension == other.dimension && intersects(other) && !isWithin(other) && !other.isWithin(self) && sharesInside(other)
    }

    private var dimension: Int { !areas.isEmpty ? 2 : !lines.isEmpty ? 1 : 0 }

    /// Areas that only touch don't overlap.
    private func sharesInside(_ other: NGSIGeometry) -> Bool {
        guard dimension == 2 else { return true }
        if vertices.contains(where: { other.isProperlyInside($0) }) || other.vertices.contains(where: { isProperlyInside($0) }) {
            return true
        }
        for (p, q) in segments where other.segments.contains(where: { Self.crossProperly(p, q, $0.0, $0.1) }) { return true }
        return false
    }

    private var vertices: [Position] { lines.flatMap { $0 } + areas.flatMap { $0.flatMap { $0 } } }

    private var segments: [(Position, Position)] {
        (lines + areas.flatMap { $0 }).flatMap { Array(zip($0, $0.dropFirst())) }
    }

    private func covers(_ p: Position) -> Bool {
        points.contains(p) || segments.contains { Self.isOn(p, $0.0, $0.1) } || isInside(p)
    }

    /// Whether a piece of a line lies in it: its ends do, and so does what is between any two crossings.
    private func covers(_ p: Position, _ q: Position) -> Bool {
        guard covers(p), covers(q) else { return false }
        var cuts = [0.0, 1.0]
        for (a, b) in segments { cuts += Self.cuts(p, q, a, b) }
        cuts.sort()
        return zip(cuts, cuts.dropFirst()).allSatisfy { low, high in
            let t = (low + high) / 2
            return high - low < 1e-12 || covers(Position(x: p.x + (q.x - p.x) * t, y: p.y + (q.y - p.y) * t))
        }
    }

    private func isInside(_ p: Position) -> Bool {
        areas.contains { rings in
            guard let hull = rings.first, Self.isInside(p, hull) || Self.isOnRing(p, hull) else { return false }
            return !rings.dropFirst().contains { Self.isInside(p, $0) && !Self.isOnRing(p, $0) }
        }
    }

    private func isProperlyInside(_ p: Position) -> Bool { isInside(p) && !segments.contains { Self.isOn(p, $0.0, $0.1) } }

    private static func isOnRing(_ p: Position, _ ring: [Position]) -> Bool {
        zip(ring, ring.dropFirst()).contains { isOn(p, $0, $1) }
    }

    /// By the number of edges that a ray to the east crosses.
    private static func isInside(_ p: Position, _ ring: [Position]) -> Bool {
        var isInside = false
        for (a, b) in zip(ring, ring.dropFirst()) where (a.y > p.y) != (b.y > p.y) {
            if p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x { isInside.toggle() }
        }
        return isInside
    }

    private static func innerPoint(_ ring: [Position]) -> Position? {
        guard ring.count >= 4 else { return nil }
        for at in 0..<(ring.count - 2) {
            let (a, b, c) = (ring[at], ring[at + 1], ring[at + 2])
            let p = Position(x: (a.x + b.x + c.x) / 3, y: (a.y + b.y + c.y) / 3)
            if isInside(p, ring) { return p }
        }
        return nil
    }

    private static func side(_ a: Position, _ b: Position, _ p: Position) -> Double {
        (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
    }

    private static func isOn(_ p: Position, _ a: Position, _ b: Position) -> Bool {
        let length = max(abs(b.x - a.x), abs(b.y - a.y))
        return abs(side(a, b, p)) <= 1e-12 * max(1, length) && p.x >= min(a.x, b.x) - 1e-12 && p.x <= max(a.x, b.x) + 1e-12
            && p.y >= min(a.y, b.y) - 1e-12 && p.y <= max(a.y, b.y) + 1e-12
    }

    private static func cross(_ p: Position, _ q: Position, _ a: Position, _ b: Position) -> Bool {
        crossProperly(p, q, a, b) || isOn(p, a, b) || isOn(q, a, b) || isOn(a, p, q) || isOn(b, p, q)
    }

    private static func crossProperly(_ p: Position, _ q: Position, _ a: Position, _ b: Position) -> Bool {
        side(p, q, a) * side(p, q, b) < 0 && side(a, b, p) * side(a, b, q) < 0
    }

    /// Where along p to q the other line crosses or touches it.
    private static func cuts(_ p: Position, _ q: Position, _ a: Position, _ b: Position) -> [Double] {
        let d = (q.x - p.x) * (b.y - a.y) - (q.y - p.y) * (b.x - a.x)
        if abs(d) > 1e-15 {
            let t = ((a.x - p.x) * (b.y - a.y) - (a.y - p.y) * (b.x - a.x)) / d
            return t > 0 && t < 1 ? [t] : []
        }
        let length = (q.x - p.x) * (q.x - p.x) + (q.y - p.y) * (q.y - p.y)
        guard length > 0 else { return [] }
        return [a, b].filter { isOn($0, p, q) }.map { (($0.x - p.x) * (q.x - p.x) + ($0.y - p.y) * (q.y - p.y)) / length }
            .filter { $0 > 0 && $0 < 1 }
    }
}

extension NGSIGeometry {
    /// The shortest way between them, in metres.
    func distance(to other: NGSIGeometry) -> Double {
        if intersects(other) { return 0 }
        let (mine, theirs) = (pieces, other.pieces)
        var least = Double.infinity
        for (p, q) in mine {
            for (a, b) in theirs {
                least = min(least, Self.distance(p, a, b), Self.distance(q, a, b), Self.distance(a, p, q), Self.distance(b, p, q))
            }
        }
        return least
    }

    private var pieces: [(Position, Position)] { points.map { ($0, $0) } + segments }

    /// From a place to a piece of a line, along the sphere; the piece is drawn on the plane that touches at the place's latitude.
    private static func distance(_ p: Position, _ a: Position, _ b: Position) -> Double {
        if a == b { return distance(p, a) }
        let scale = cos(p.y * .pi / 180)
        let (ax, ay, bx, by) = ((a.x - p.x) * scale, a.y - p.y, (b.x - p.x) * scale, b.y - p.y)
        let length = (bx - ax) * (bx - ax) + (by - ay) * (by - ay)
        let t = length > 0 ? max(0, min(1, -(ax * (bx - ax) + ay * (by - ay)) / length)) : 0
        return distance(p, Position(x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t))
    }

    /// The way along the great circle (haversine).
    static func distance(_ a: Position, _ b: Position) -> Double {
        let (f, g) = (a.y * .pi / 180, b.y * .pi / 180)
        let (s, t) = (sin((g - f) / 2), sin((b.x - a.x) * .pi / 360))
        return 2 * radius * asin(min(1, (s * s + cos(f) * cos(g) * t * t).squareRoot()))
    }
}
