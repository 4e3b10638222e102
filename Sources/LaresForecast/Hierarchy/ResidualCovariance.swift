import Glibc
import LaresTensor

/// How the errors of nodes vary, and vary together.
struct ResidualCovariance {
    /// Without moments in which one is missing.
    private let rows: [[Double]]
    private let names: [String]

    init(_ residuals: [[Double]], _ hierarchy: Hierarchy) throws {
        let count = residuals.first?.count ?? 0
        guard residuals.count == hierarchy.nodes.count, residuals.allSatisfy({ $0.count == count }) else {
            throw ForecastError(
                .badSeries,
                "there are residuals of \(residuals.count) series for \(hierarchy.nodes.count) nodes: give those of each, all as long")
        }
        let whole = (0..<count).filter { time in residuals.allSatisfy { $0[time].isFinite } }
        guard whole.count >= 3 else {
            throw ForecastError(.tooShort, "there are \(whole.count) moments with the residuals of all nodes: 3 are needed at least")
        }
        rows = residuals.map { row in whole.map { row[$0] } }
        names = hierarchy.nodes
    }

    private var count: Double { Double(rows[0].count) }

    /// Mean squares; a node that never erred is taken to err a little, so that it can't outweigh all others without bound.
    var variances: [Double] {
        let squares = rows.map { row in row.reduce(0) { $0 + $1 * $1 } / count }
        let least = max((squares.max() ?? 0) * 1e-10, .leastNormalMagnitude * 1e20)
        return squares.map { max($0, least) }
    }

    /// The covariances, with the correlations made smaller by what they are likely to be wrong (Schäfer & Strimmer 2005).
    var shrunk: [[Double]] {
        let variances = variances, scaled = zip(rows, variances).map { row, variance in row.map { $0 / sqrt(variance) } }
        let correlations = ComputePool.shared.mapped(rows.count) { node in
            (0..<node).map { other in correlation(scaled[node], scaled[other]) }
        }
        let doubt = correlations.joined().reduce(0) { $0 + $1.variance },
            size = correlations.joined().reduce(0) { $0 + $1.value * $1.value }
        let kept = size > 0 ? 1 - min(1, max(0, doubt / size)) : 0
        return rows.indices.map { node in
            rows.indices.map { other in
                if node == other { return variances[node] }
                let correlation = correlations[max(node, other)][min(node, other)].value
                return kept * correlation * sqrt(variances[node] * variances[other])
            }
        }
    }

    /// A correlation, and the variance of its estimate.
    private func correlation(_ left: [Double], _ right: [Double]) -> (value: Double, variance: Double) {
        var sum = 0.0, squares = 0.0
        for (x, y) in zip(left, right) {
            sum += x * y
            squares += x * x * y * y
        }
        return (sum / count, (squares - sum * sum / count) / (count * (count - 1)))
    }
}

/// A symmetric matrix as the product of a triangle and its mirror (Cholesky).
struct TriangularFactor {
    private var rows: [[Double]]

    /// nil when the matrix isn't positive definite.
    init?(_ matrix: [[Double]]) {
        rows = matrix
        for row in matrix.indices {
            for column in 0...row {
                var sum = matrix[row][column]
                for inner in 0..<column { sum -= rows[row][inner] * rows[column][inner] }
                if row == column {
                    guard sum > 0, sum.isFinite else { return nil }
                    rows[row][row] = sqrt(sum)
                } else {
                    rows[row][column] = sum / rows[column][column]
                }
            }
        }
    }

    /// What the matrix turns into `values`.
    func solved(_ values: [Double]) -> [Double] {
        var result = values
        for row in rows.indices {
            for column in 0..<row { result[row] -= rows[row][column] * result[column] }
            result[row] /= rows[row][row]
        }
        for row in rows.indices.reversed() {
            for column in rows.indices.dropFirst(row + 1) { result[row] -= rows[column][row] * result[column] }
            result[row] /= rows[row][row]
        }
        return result
    }
}
