import LaresTensor

/// A matrix of 64-bit numbers in row-major order: sums of products need more digits than a tensor's 32 bits keep.
struct DoubleMatrix: Sendable {
    let rows: Int, columns: Int
    var numbers: [Double]

    init(_ rows: Int, _ columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        numbers = [Double](repeating: 0, count: rows * columns)
    }

    /// With numbers that are known, as many as the sizes say.
    init(_ rows: Int, _ columns: Int, _ numbers: [Double]) {
        demand(numbers.count == rows * columns, "\(numbers.count) numbers for \(rows) by \(columns)")
        (self.rows, self.columns, self.numbers) = (rows, columns, numbers)
    }

    subscript(row: Int, column: Int) -> Double {
        get { numbers[row * columns + column] }
        set { numbers[row * columns + column] = newValue }
    }

    /// The product with another matrix; blocks of columns on all threads.
    func times(_ other: DoubleMatrix) -> DoubleMatrix {
        demand(columns == other.rows, "no product of \(rows) by \(columns) and \(other.rows) by \(other.columns)")
        var result = DoubleMatrix(rows, other.columns)
        result.numbers.withUnsafeMutableBufferPointer { out in
            numbers.withUnsafeBufferPointer { left in
                other.numbers.withUnsafeBufferPointer { right in
                    ColumnBlocks(other.columns).forEach { block in
                        for row in 0..<rows {
                            let target = UnsafeMutableBufferPointer(
                                rebasing: out[(row * other.columns + block.lowerBound)...].prefix(block.count))
                            RowSums.add(
                                to: target, columns, { left[row * columns + $0] },
                                { UnsafeBufferPointer(rebasing: right[($0 * other.columns + block.lowerBound)...].prefix(block.count)) })
                        }
                    }
                }
            }
        }
        return result
    }
}

/// Columns in blocks that stay near the processor, one block to a thread.
struct ColumnBlocks {
    // 96 doubles of four rows and a sum are 4 KB: they stay in the first cache.
    static let width = 96
    let count: Int

    init(_ count: Int) { self.count = count }

    func forEach(_ body: (Range<Int>) -> Void) {
        ComputePool.shared.forEach((count + ColumnBlocks.width - 1) / ColumnBlocks.width) { block in
            body((block * ColumnBlocks.width)..<min(count, (block + 1) * ColumnBlocks.width))
        }
    }
}

/// The inner loop of products and solutions: a row plus multiples of other rows, four at a time.
enum RowSums {
    /// `target += Σ factor(i) · row(i)` for i below `count`; rows are as long as the target.
    @inline(__always)
    static func add(
        to target: UnsafeMutableBufferPointer<Double>, _ count: Int, _ factor: (Int) -> Double, _ row: (Int) -> UnsafeBufferPointer<Double>
    ) {
        guard let out = target.baseAddress else { return }
        var i = 0
        while i + 4 <= count {
            let (a, b, c, d) = (factor(i), factor(i + 1), factor(i + 2), factor(i + 3))
            if let w = row(i).baseAddress, let x = row(i + 1).baseAddress, let y = row(i + 2).baseAddress, let z = row(i + 3).baseAddress {
                for k in 0..<target.count { out[k] += (a * w[k] + b * x[k]) + (c * y[k] + d * z[k]) }
            }
            i += 4
        }
        while i < count {
            let a = factor(i)
            if let w = row(i).baseAddress { for k in 0..<target.count { out[k] += a * w[k] } }
            i += 1
        }
    }
}

/// The sum of products of `count` numbers.
@inline(__always)
func dotProduct(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int) -> Double {
    var sums = SIMD8<Double>.zero
    var k = 0
    while k + 8 <= count {
        sums +=
            UnsafeRawPointer(x + k).loadUnaligned(as: SIMD8<Double>.self) * UnsafeRawPointer(y + k).loadUnaligned(as: SIMD8<Double>.self)
        k += 8
    }
    var sum = sums.sum()
    while k < count {
        sum += x[k] * y[k]
        k += 1
    }
    return sum
}
