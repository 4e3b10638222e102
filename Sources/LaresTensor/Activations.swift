import CLaresKernels

/// What input rows of a matrix are made of.
enum InputForm {
    /// Blocks of 32 int8 with a scale.
    case bytes
    /// Blocks of 32 words of 14 bits with a scale.
    case words
    case floats
}

/// Input rows of matrix products: bytes, words or floats, or several of them, whatever the matrices they meet need.
///
/// A block of bytes holds d = f16(max|x| / 127) and round-to-even(x · 127 / max|x|), as Q8_0 and Q8_1 do; one of words holds 8191 for 127
/// and d unrounded. Not Sendable: it belongs to one engine.
public final class Activations {
    /// Rows it can hold.
    public let rows: Int
    /// Values a row, a multiple of 32.
    public let columns: Int
    /// Rows the last operator wrote.
    public internal(set) var count = 0

    let quantised: Bool
    let isPlain: Bool
    private let hasWords: Bool
    let plain: UnsafeMutablePointer<Float>
    private let q: UnsafeMutablePointer<Int8>
    private let scales: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<Int16>
    private let words: UnsafeMutablePointer<Int16>
    private let steps: UnsafeMutablePointer<Float>

    /// Room for `rows` rows of input to any of `matrices`.
    public init(rows: Int, columns: Int, for matrices: [Matrix]) {
        precondition(rows >= 0 && columns > 0 && columns % blockColumns == 0, "activations of \(rows) by \(columns)")
        precondition(matrices.allSatisfy { $0.columns == columns }, "a matrix takes another number of columns than \(columns)")
        self.rows = rows
        self.columns = columns
        let forms = Set(matrices.map(\.input))
        (quantised, hasWords, isPlain) = (forms.contains(.bytes), forms.contains(.words), forms.contains(.floats))
        plain = alignedZeros(Float.self, count: rows * columns)
        q = alignedZeros(Int8.self, count: quantised ? rows * columns : 0)
        scales = alignedZeros(Float.self, count: quantised ? 3 * rows * columns / blockColumns : 0)
        sums = alignedZeros(Int16.self, count: quantised ? 2 * rows * columns / blockColumns : 0)
        words = alignedZeros(Int16.self, count: hasWords ? rows * columns : 0)
        steps = alignedZeros(Float.self, count: hasWords ? rows * columns / blockColumns : 0)
    }

    deinit {
        plain.deallocate()
        q.deallocate()
        scales.deallocate()
        sums.deallocate()
        words.deallocate()
        steps.deallocate()
    }

    /// Bytes of all rows.
    public var byteCount: Int {
        let words = rows * (columns * MemoryLayout<Int16>.stride + blocks * MemoryLayout<Float>.stride)
        return Self.byteCount(rows: rows, columns: columns, quantised: quantised) + (hasWords ? words : 0)
    }

    /// Bytes that so many rows take, without words; `quantised` when a matrix they meet is.
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
        precondition(has(matrix.input), "activations made without this kind of matrix (\(matrix.type.name))")
        return lares_activations(
            q: q, d: scales, s: matrix.roundsSums ? rounded : exact, sums: sums, plain: plain, columns: columns, words: words, steps: steps)
    }

    private func has(_ form: InputForm) -> Bool {
        switch form {
        case .bytes: quantised
        case .words: hasWords
        case .floats: isPlain
        }
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

    /// Writes row `row` in the forms that the matrices need.
    func finish(_ row: Int, from x: UnsafePointer<Float>, kernels: UnsafePointer<lares_kernel_set>) {
        if isPlain, x != plain + row * columns { (plain + row * columns).update(from: x, count: columns) }
        if hasWords { kernels.pointee.to_words(x, columns, words + row * columns, steps + row * blocks) }
        guard quantised else { return }
        var target = blocks(of: row)
        kernels.pointee.quantise(x, columns, &target)
    }

    /// The same for a row whose floats are in `plain`.
    func finish(_ row: Int, kernels: UnsafePointer<lares_kernel_set>) { finish(row, from: plain + row * columns, kernels: kernels) }

    /// A feed-forward job whose destination these rows are.
    var feedForward: lares_feed_forward {
        var job = lares_feed_forward()
        if quantised {
            let target = blocks(of: 0)
            (job.q, job.d, job.s, job.rounded, job.sums) = (target.q, target.d, target.s, target.rounded, target.sums)
        }
        if hasWords { (job.words, job.steps) = (words, steps) }
        job.plain = isPlain ? plain : nil
        job.columns = columns
        return job
    }

    func begin(_ count: Int) {
        precondition(count >= 0 && count <= rows, "\(count) rows in activations of \(rows)")
        self.count = count
    }
}
