import CLaresKernels

/// Input rows of matrix products: int8 blocks of 32 with a scale, plain floats, or both, whatever the matrices they meet need.
///
/// A block holds d = f16(max|x| / 127) and round-to-even(x · 127 / max|x|), as Q8_0 and Q8_1 do. Not Sendable: it belongs to one engine.
public final class Activations {
    /// Rows it can hold.
    public let rows: Int
    /// Values a row, a multiple of 32.
    public let columns: Int
    /// Rows the last operator wrote.
    public internal(set) var count = 0

    let quantised: Bool
    let isPlain: Bool
    let plain: UnsafeMutablePointer<Float>
    private let q: UnsafeMutablePointer<Int8>
    private let scales: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<Int16>

    /// Room for `rows` rows of input to any of `matrices`.
    public init(rows: Int, columns: Int, for matrices: [Matrix]) {
        precondition(rows >= 0 && columns > 0 && columns % blockColumns == 0, "activations of \(rows) by \(columns)")
        precondition(matrices.allSatisfy { $0.columns == columns }, "a matrix takes another number of columns than \(columns)")
        self.rows = rows
        self.columns = columns
        quantised = matrices.contains { $0.isQuantised }
        isPlain = matrices.contains { !$0.isQuantised }
        plain = alignedZeros(Float.self, count: rows * columns)
        q = alignedZeros(Int8.self, count: quantised ? rows * columns : 0)
        scales = alignedZeros(Float.self, count: quantised ? 3 * rows * columns / blockColumns : 0)
        sums = alignedZeros(Int16.self, count: quantised ? 2 * rows * columns / blockColumns : 0)
    }

    deinit {
        plain.deallocate()
        q.deallocate()
        scales.deallocate()
        sums.deallocate()
    }

    /// Bytes of all rows.
    public var byteCount: Int { Self.byteCount(rows: rows, columns: columns, quantised: quantised) }

    /// Bytes that so many rows take; `quantised` when a matrix they meet is.
    public static func byteCount(rows: Int, columns: Int, quantised: Bool) -> Int {
        let perBlock = blockColumns + 3 * MemoryLayout<Float>.stride + 2 * MemoryLayout<Int16>.stride
        return rows * columns * MemoryLayout<Float>.stride + (quantised ? rows * (columns / blockColumns) * perBlock : 0)
    }

    private var blocks: Int { columns / blockColumns }
    private var exact: UnsafeMutablePointer<Float> { scales + rows * blocks }
    private var rounded: UnsafeMutablePointer<Float> { scales + 2 * rows * blocks }

    /// The rows as the kernel of `matrix` wants them.
    func view(for matrix: Matrix) -> lares_activations {
        precondition(matrix.columns == columns, "a matrix of \(matrix.columns) columns meets rows of \(columns)")
        precondition(matrix.isQuantised ? quantised : isPlain, "activations made without this kind of matrix (\(matrix.type.name))")
        return lares_activations(q: q, d: scales, s: matrix.roundsSums ? rounded : exact, sums: sums, plain: plain, columns: columns)
    }

    /// Where the blocks of one row go.
    func blocks(of row: Int) -> lares_quantised {
        let block = row * blocks
        return lares_quantised(
            q: q + row * columns, d: scales + block, s: exact + block, rounded: rounded + block, sums: sums + 2 * block)
    }

    /// Length of a quantised row as a vector.
    func norm(_ row: Int) -> Float {
        let (values, scale) = (q + row * columns, scales + row * blocks)
        var sum: Float = 0
        for block in 0..<blocks {
            var squares: Int32 = 0
            for i in (block * blockColumns)..<((block + 1) * blockColumns) { squares += Int32(values[i]) * Int32(values[i]) }
            sum += scale[block] * scale[block] * Float(squares)
        }
        return sum.squareRoot()
    }

    /// Quantises row `row` of the plain floats when a matrix needs it.
    func finish(_ row: Int, kernels: UnsafePointer<lares_kernel_set>) {
        guard quantised else { return }
        var target = blocks(of: row)
        kernels.pointee.quantise(plain + row * columns, columns, &target)
    }

    func begin(_ count: Int) {
        precondition(count >= 0 && count <= rows, "\(count) rows in activations of \(rows)")
        self.count = count
    }
}
