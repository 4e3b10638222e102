/// The spatial functions of `$filter` (OGC 18-088, §9.3.3.5.3), on the plane of the coordinates.
enum STASpatialTest: String, Hashable, Sendable, CaseIterable {
    case equals = "st_equals"
    case disjoint = "st_disjoint"
    case touches = "st_touches"
    case within = "st_within"
    case overlaps = "st_overlaps"
    case crosses = "st_crosses"
    case intersects = "st_intersects"
    case contains = "st_contains"

    /// Whether it holds.
    func holds(_ a: STAGeometry, _ b: STAGeometry) -> Bool {
        guard let (leastA, greatestA) = a.bounds, let (leastB, greatestB) = b.bounds else { return self == .disjoint }
        // Most pairs lie far apart, and most others are a point and an area.
        if greatestA.x < leastB.x || greatestB.x < leastA.x || greatestA.y < leastB.y || greatestB.y < leastA.y { return self == .disjoint }
        if let answer = ofPoint(a, b) { return answer }
        return holds(STARelation9(a, b), a.dimension, b.dimension)
    }

    /// The answer where one of them is a single point, which needs no cutting.
    private func ofPoint(_ a: STAGeometry, _ b: STAGeometry) -> Bool? {
        func isPoint(_ g: STAGeometry) -> Bool { g.points.count == 1 && g.lines.isEmpty && g.areas.isEmpty }
        let part: STARelation9.Part
        if isPoint(a) {
            part = STAPlacing(b, a).part(of: a.points[0])
        } else if isPoint(b) {
            part = STAPlacing(a, b).part(of: b.points[0])
        } else {
            return nil
        }
        switch self {
        case .intersects: return part != .exterior
        case .disjoint: return part == .exterior
        case .within where isPoint(a): return part == .interior
        case .contains where isPoint(b): return part == .interior
        case .touches: return part == .boundary
        default: return nil
        }
    }

    private func holds(_ relation: STARelation9, _ a: Int, _ b: Int) -> Bool {
        switch self {
        case .equals: relation.matches(any: ["T*F**FFF*"])
        case .disjoint: relation.matches(any: ["FF*FF****"])
        case .intersects: !relation.matches(any: ["FF*FF****"])
        case .touches: relation.matches(any: ["FT*******", "F**T*****", "F***T****"])
        case .within: relation.matches(any: ["T*F**F***"])
        case .contains: relation.matches(any: ["T*****FF*"])
        case .overlaps: a == b && relation.matches(any: [a == 1 ? "1*T***T**" : "T*T***T**"])
        case .crosses:
            if a < b {
                relation.matches(any: ["T*T******"])
            } else if a > b {
                relation.matches(any: ["T*****T**"])
            } else {
                a == 1 && relation.matches(any: ["0********"])
            }
        }
    }
}

extension STAGeometry {
    /// How far the nearest points of two geometries are apart, in the unit of the coordinates; nil when one is empty.
    func distance(to other: STAGeometry) -> Double? {
        guard !isEmpty, !other.isEmpty else { return nil }
        if STASpatialTest.intersects.holds(self, other) { return 0 }
        var least = Double.infinity
        for (one, two) in [(self, other), (other, self)] {
            let segments = two.segments
            for point in one.allPoints {
                for (a, b) in segments { least = min(least, STAPlacing.distance(point, a, b)) }
                for other in two.points { least = min(least, STAPlacing.distance(point, other, other)) }
            }
        }
        return least
    }

    /// How long its lines are, in the unit of the coordinates.
    var length: Double {
        lines.reduce(0) { sum, line in
            zip(line, line.dropFirst()).reduce(sum) {
                $0 + (($1.0.x - $1.1.x) * ($1.0.x - $1.1.x) + ($1.0.y - $1.1.y) * ($1.0.y - $1.1.y)).squareRoot()
            }
        }
    }
}
