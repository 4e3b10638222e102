/// Tells where points lie to one geometry: in its interior, on its boundary, or outside.
struct STAPlacing: Sendable {
    private let geometry: STAGeometry
    /// Ends of lines that are boundary: those where an odd number of lines end.
    private let ends: [STAGeometry.Point]
    /// How far apart points are that are told apart.
    let tolerance: Double

    /// - Parameter other: The geometry that it is compared with: the tolerance follows from the extent of both.
    init(_ geometry: STAGeometry, _ other: STAGeometry) {
        self.geometry = geometry
        var counts: [STAGeometry.Point: Int] = [:]
        for line in geometry.lines {
            for end in [line.first, line.last].compactMap(\.self) { counts[end, default: 0] += 1 }
        }
        ends = counts.filter { $0.value % 2 == 1 }.map(\.key)
        let extent = [geometry.bounds, other.bounds].compactMap(\.self).flatMap { [$0.least, $0.greatest] }
            .reduce(1e-300) { max($0, abs($1.x), abs($1.y)) }
        tolerance = extent * 1e-11
    }

    /// Where a point lies.
    func part(of point: STAGeometry.Point) -> STARelation9.Part {
        var isOnBoundary = false
        for area in geometry.areas {
            switch part(of: point, in: area) {
            case .interior: return .interior
            case .boundary: isOnBoundary = true
            case .exterior: break
            }
        }
        if isOnBoundary { return .boundary }
        if geometry.points.contains(where: { isSame($0, point) }) { return .interior }
        for line in geometry.lines where isOn(line, point) {
            return ends.contains { isSame($0, point) } ? .boundary : .interior
        }
        return .exterior
    }

    private func part(of point: STAGeometry.Point, in rings: [[STAGeometry.Point]]) -> STARelation9.Part {
        var isInside = false
        for ring in rings {
            if isOn(ring, point) { return .boundary }
            // A ray to the right crosses the ring an odd number of times from inside; holes count again.
            for (a, b) in zip(ring, ring.dropFirst()) where (a.y > point.y) != (b.y > point.y) {
                if point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x { isInside.toggle() }
            }
        }
        return isInside ? .interior : .exterior
    }

    private func isSame(_ a: STAGeometry.Point, _ b: STAGeometry.Point) -> Bool {
        abs(a.x - b.x) <= tolerance && abs(a.y - b.y) <= tolerance
    }

    private func isOn(_ line: [STAGeometry.Point], _ p: STAGeometry.Point) -> Bool {
        zip(line, line.dropFirst()).contains { a, b in
            p.x >= min(a.x, b.x) - tolerance && p.x <= max(a.x, b.x) + tolerance && p.y >= min(a.y, b.y) - tolerance
                && p.y <= max(a.y, b.y) + tolerance && Self.distance(p, a, b) <= tolerance
        }
    }

    /// How far a point is from a piece of a line.
    static func distance(_ p: STAGeometry.Point, _ a: STAGeometry.Point, _ b: STAGeometry.Point) -> Double {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let square = dx * dx + dy * dy
        let t = square > 0 ? min(1, max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / square)) : 0
        let (x, y) = (a.x + t * dx - p.x, a.y + t * dy - p.y)
        return (x * x + y * y).squareRoot()
    }
}
