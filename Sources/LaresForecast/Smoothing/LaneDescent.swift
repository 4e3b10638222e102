/// Finds the least value of a smooth function that is computed for eight points at a time: BFGS (Nocedal & Wright, "Numerical Optimization",
/// chapter 6) whose gradients are differences and whose line search tries eight lengths at once.
struct LaneDescent {
    /// The function: eight values for up to eight points.
    let values: ([[Double]]) -> Lanes
    /// An improvement below which it stops.
    let tolerance: Double
    /// Rounds it stops after.
    var mostRounds = 60

    private static let lengths = [1, 0.4, 0.15, 0.05, 0.015, 0.004, 2.2, 5]
    private static let difference = 1e-4

    /// The best point it finds from the best of some points to start from, and its value.
    func minimum(from starts: [[Double]]) -> (point: [Double], value: Double) {
        var (point, value) = best(of: starts)
        guard value.isFinite, !point.isEmpty else { return (point, value) }
        var slope = gradient(at: point, value), curve = InverseCurvature(count: point.count)
        for _ in 0..<mostRounds {
            let direction = curve.direction(against: slope)
            let candidates = LaneDescent.lengths.map { length in zip(point, direction).map { $0 + length * $1 } }
            let (next, least) = best(of: candidates)
            guard least < value else {
                if curve.isFresh { break }
                curve = InverseCurvature(count: point.count)
                continue
            }
            let gained = value - least, isFresh = curve.isFresh, after = gradient(at: next, least)
            curve.learn(step: zip(next, point).map { $0 - $1 }, change: zip(after, slope).map { $0 - $1 })
            (point, value, slope) = (next, least, after)
            if gained < tolerance, !isFresh { break }
        }
        return (point, value)
    }

    private func best(of points: [[Double]]) -> (point: [Double], value: Double) {
        let values = values(points), place = points.indices.min { values[$0] < values[$1] } ?? 0
        return (points[place], values[place])
    }

    private func gradient(at point: [Double], _ value: Double) -> [Double] {
        var gradient: [Double] = []
        for first in stride(from: 0, to: point.count, by: 8) {
            let places = first..<min(first + 8, point.count)
            let moved = places.map { place in
                var moved = point
                moved[place] += LaneDescent.difference
                return moved
            }
            let values = values(moved)
            gradient += places.map { ($0, (values[$0 - first] - value) / LaneDescent.difference) }.map { $1.isFinite ? $1 : 0 }
        }
        return gradient
    }
}

/// What BFGS knows of the inverse of the second derivatives.
private struct InverseCurvature {
    private var rows: [[Double]]
    /// Whether it knows nothing yet.
    private(set) var isFresh = true

    init(count: Int) {
        rows = (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
    }

    /// Downhill, by 3 at most along each axis: parameters are squeezed by logistic curves, on which that is far.
    func direction(against slope: [Double]) -> [Double] {
        let direction = rows.map { row in -zip(row, slope).reduce(0) { $0 + $1.0 * $1.1 } }
        let most = direction.reduce(0) { max($0, abs($1)) }, limit = isFresh ? 0.5 : 3
        if isFresh, most > 0, most < limit { return direction.map { $0 * limit / most } }
        return most > limit ? direction.map { $0 * limit / most } : direction
    }

    mutating func learn(step: [Double], change: [Double]) {
        let product = zip(step, change).reduce(0) { $0 + $1.0 * $1.1 }
        guard product > 1e-14 else { return }
        if isFresh {
            let scale = product / max(change.reduce(0) { $0 + $1 * $1 }, 1e-300)
            for row in rows.indices { rows[row][row] = scale }
            isFresh = false
        }
        let turned = rows.map { row in zip(row, change).reduce(0) { $0 + $1.0 * $1.1 } }
        let bend = 1 + zip(change, turned).reduce(0) { $0 + $1.0 * $1.1 } / product
        for row in rows.indices {
            for column in rows.indices {
                rows[row][column] += (bend * step[row] * step[column] - turned[row] * step[column] - step[row] * turned[column]) / product
            }
        }
    }
}
