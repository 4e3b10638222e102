import Glibc
import LaresTensor

/// A symmetric positive definite matrix as a triangle times its mirror (Cholesky): what linear systems are solved by.
struct CholeskyFactor {
    /// Rows of the lower triangle.
    private var lower: DoubleMatrix

    /// A matrix that rounding has made indefinite gets a little more on its diagonal, from 1e-12 of its mean up to 1e-4.
    ///
    /// - Returns: nil when that isn't enough, or a number isn't finite.
    init?(_ matrix: DoubleMatrix) {
        var trace = 0.0
        for i in 0..<matrix.rows { trace += matrix[i, i] }
        guard trace.isFinite, trace > 0 else { return nil }
        for jitter in [0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4] {
            lower = matrix
            for i in 0..<matrix.rows { lower[i, i] += jitter * trace / Double(matrix.rows) }
            if factorise() { return }
        }
        return nil
    }

    private static let panel = 48

    /// Panels of rows: each has the products with the panels above taken from it, then is factorised by itself.
    private mutating func factorise() -> Bool {
        let n = lower.rows
        return lower.numbers.withUnsafeMutableBufferPointer { a in
            for start in stride(from: 0, to: n, by: CholeskyFactor.panel) {
                let end = min(n, start + CholeskyFactor.panel)
                guard CholeskyFactor.factorise(a, n, start, end) else { return false }
                let rows = n - end
                ComputePool.shared.forEach(rows) { row in CholeskyFactor.reduce(a, n, start, end, row: end + row) }
                ComputePool.shared.forEach((rows + 15) / 16) { part in
                    for row in (end + part * 16)..<min(n, end + part * 16 + 16) { CholeskyFactor.update(a, n, start, end, row: row) }
                }
            }
            return true
        }
    }

    /// The block on the diagonal, of which what stands above was taken already.
    private static func factorise(_ a: UnsafeMutableBufferPointer<Double>, _ n: Int, _ start: Int, _ end: Int) -> Bool {
        for i in start..<end {
            for j in start...i {
                var sum = a[i * n + j]
                for k in start..<j { sum -= a[i * n + k] * a[j * n + k] }
                if i == j {
                    guard sum > 0, sum.isFinite else { return false }
                    a[i * n + i] = sqrt(sum)
                } else {
                    a[i * n + j] = sum / a[j * n + j]
                }
            }
        }
        return true
    }

    /// A row below the block: its part in the block's columns.
    private static func reduce(_ a: UnsafeMutableBufferPointer<Double>, _ n: Int, _ start: Int, _ end: Int, row: Int) {
        guard let base = a.baseAddress else { return }
        for j in start..<end {
            base[row * n + j] -= dotProduct(base + row * n + start, base + j * n + start, j - start)
            base[row * n + j] /= base[j * n + j]
        }
    }

    /// A row below the block: what the block's columns take from the rest, up to the diagonal.
    private static func update(_ a: UnsafeMutableBufferPointer<Double>, _ n: Int, _ start: Int, _ end: Int, row: Int) {
        guard let base = a.baseAddress else { return }
        let mine = base + row * n + start
        for j in end...row { base[row * n + j] -= dotProduct(mine, base + j * n + start, end - start) }
    }

    /// What the matrix turns into the columns of `right`; blocks of columns on all threads.
    func solved(_ right: DoubleMatrix) -> DoubleMatrix {
        demand(right.rows == lower.rows, "\(right.rows) rows for a system of \(lower.rows)")
        var result = right
        let n = lower.rows, width = right.columns
        result.numbers.withUnsafeMutableBufferPointer { x in
            lower.numbers.withUnsafeBufferPointer { l in
                ColumnBlocks(width).forEach { block in
                    func row(_ i: Int) -> UnsafeMutableBufferPointer<Double> {
                        UnsafeMutableBufferPointer(rebasing: x[(i * width + block.lowerBound)...].prefix(block.count))
                    }
                    for i in 0..<n {
                        RowSums.add(to: row(i), i, { -l[i * n + $0] }, { UnsafeBufferPointer(row($0)) })
                        CholeskyFactor.divide(row(i), by: l[i * n + i])
                    }
                    for i in (0..<n).reversed() {
                        let after = i + 1
                        RowSums.add(to: row(i), n - after, { -l[(after + $0) * n + i] }, { UnsafeBufferPointer(row(after + $0)) })
                        CholeskyFactor.divide(row(i), by: l[i * n + i])
                    }
                }
            }
        }
        return result
    }

    private static func divide(_ row: UnsafeMutableBufferPointer<Double>, by divisor: Double) {
        let factor = 1 / divisor
        for k in row.indices { row[k] *= factor }
    }
}
