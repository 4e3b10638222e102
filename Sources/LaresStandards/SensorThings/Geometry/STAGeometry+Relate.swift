/// How two geometries lie to each other, as the dimensionally extended nine-intersection model says (OGC 06-103r4, §6.1.15).
///
/// The outlines of both are cut where they meet. Every corner, every piece between two of them and both sides of every piece are then looked
/// at: each lies in the interior, on the boundary or in the exterior of either. That finds every cell of the plane that the outlines bound.
/// Points closer together than 1e-9 of the extent are one.
struct STARelation9: Sendable {
    /// Where a point lies.
    enum Part: Int { case interior = 0, boundary, exterior }

    /// Dimensions of the nine intersections, by rows of the first geometry; -1: empty.
    private(set) var cells = [Int](repeating: -1, count: 9)

    init(_ a: STAGeometry, _ b: STAGeometry) {
        cells[8] = 2
        let (placeA, placeB) = (STAPlacing(a, b), STAPlacing(b, a))
        let cut = STACuts(a, b, tolerance: placeA.tolerance)
        for point in a.points + b.points + cut.nodes { note(point, 0, placeA, placeB) }
        for (start, end) in cut.pieces {
            let middle = STAGeometry.Point(x: (start.x + end.x) / 2, y: (start.y + end.y) / 2)
            note(middle, 1, placeA, placeB)
            let (dx, dy) = (end.x - start.x, end.y - start.y)
            let length = (dx * dx + dy * dy).squareRoot()
            guard length > 0 else { continue }
            let step = min(placeA.tolerance * 100, length / 4)
            for side in [step, -step] {
                note(STAGeometry.Point(x: middle.x - dy / length * side, y: middle.y + dx / length * side), 2, placeA, placeB)
            }
        }
    }

    private mutating func note(_ point: STAGeometry.Point, _ dimension: Int, _ a: STAPlacing, _ b: STAPlacing) {
        let cell = a.part(of: point).rawValue * 3 + b.part(of: point).rawValue
        cells[cell] = max(cells[cell], dimension)
    }

    /// Whether it fits a pattern of nine letters T, F, *, 0, 1, 2; nil for any other text.
    func matches(_ pattern: some StringProtocol) -> Bool? {
        let letters = Array(pattern.uppercased())
        guard letters.count == 9, letters.allSatisfy({ "TF*012".contains($0) }) else { return nil }
        return zip(letters, cells).allSatisfy { letter, dimension in
            switch letter {
            case "*": true
            case "T": dimension >= 0
            case "F": dimension < 0
            default: letter.wholeNumberValue == dimension
            }
        }
    }

    /// Whether it fits one of several patterns.
    func matches(any patterns: [String]) -> Bool { patterns.contains { matches($0) == true } }
}

/// The outlines of two geometries, cut where they meet.
private struct STACuts {
    private(set) var nodes: [STAGeometry.Point] = []
    private(set) var pieces: [(STAGeometry.Point, STAGeometry.Point)] = []

    init(_ a: STAGeometry, _ b: STAGeometry, tolerance: Double) {
        let segments = a.segments + b.segments
        let points = a.points + b.points
        for (i, one) in segments.enumerated() {
            var cuts = [0.0, 1.0]
            for (j, other) in segments.enumerated() where i != j { cuts += Self.cuts(of: one, by: other, tolerance) }
            for point in points {
                if let place = Self.place(of: point, on: one, tolerance) { cuts.append(place) }
            }
            cuts.sort()
            var last = Self.at(0, one)
            nodes.append(last)
            for cut in cuts.dropFirst() {
                let next = Self.at(cut, one)
                guard abs(next.x - last.x) > tolerance || abs(next.y - last.y) > tolerance else { continue }
                pieces.append((last, next))
                nodes.append(next)
                last = next
            }
        }
    }

    private static func at(_ t: Double, _ s: (STAGeometry.Point, STAGeometry.Point)) -> STAGeometry.Point {
        t == 0 ? s.0 : t == 1 ? s.1 : STAGeometry.Point(x: s.0.x + t * (s.1.x - s.0.x), y: s.0.y + t * (s.1.y - s.0.y))
    }

    /// Where along a piece a point of it lies, 0 to 1.
    private static func place(of p: STAGeometry.Point, on s: (STAGeometry.Point, STAGeometry.Point), _ tolerance: Double) -> Double? {
        guard STAPlacing.distance(p, s.0, s.1) <= tolerance else { return nil }
        let (dx, dy) = (s.1.x - s.0.x, s.1.y - s.0.y)
        let square = dx * dx + dy * dy
        return square > 0 ? min(1, max(0, ((p.x - s.0.x) * dx + (p.y - s.0.y) * dy) / square)) : nil
    }

    private static func cuts(
        of a: (STAGeometry.Point, STAGeometry.Point), by b: (STAGeometry.Point, STAGeometry.Point), _ tolerance: Double
    ) -> [Double] {
        guard max(a.0.x, a.1.x) >= min(b.0.x, b.1.x) - tolerance, max(b.0.x, b.1.x) >= min(a.0.x, a.1.x) - tolerance,
            max(a.0.y, a.1.y) >= min(b.0.y, b.1.y) - tolerance, max(b.0.y, b.1.y) >= min(a.0.y, a.1.y) - tolerance
        else { return [] }
        var cuts = [b.0, b.1].compactMap { place(of: $0, on: a, tolerance) }
        let (r, s) = ((a.1.x - a.0.x, a.1.y - a.0.y), (b.1.x - b.0.x, b.1.y - b.0.y))
        let cross = r.0 * s.1 - r.1 * s.0
        if cross != 0 {
            let (qx, qy) = (b.0.x - a.0.x, b.0.y - a.0.y)
            let (t, u) = ((qx * s.1 - qy * s.0) / cross, (qx * r.1 - qy * r.0) / cross)
            if (0...1).contains(t), (0...1).contains(u) { cuts.append(t) }
        }
        return cuts
    }
}
