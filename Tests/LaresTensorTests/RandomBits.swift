import LaresTensor
import LaresTesting

/// The seed names the run.
struct RandomBits: RandomNumberGenerator {
    private var random: SplitMix
    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func next() -> UInt64 { random.next() }

    /// Values around zero, with a few large ones, as activations have.
    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &self) * (Int.random(in: 0..<40, using: &self) == 0 ? 8 : 1) }
    }

    /// Blocks of a stored type: any quants, scales between 2⁻⁷ and 2⁻⁵.
    mutating func weights(_ type: DType, count: Int) -> [UInt8] {
        guard let size = type.byteCount(ofElements: count) else { return [] }
        if type == .f32 { return floats(count).flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) } }
        var bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &self) }
        let fields: [Int] =
            switch type {
            case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
            case .q2_K: [80, 82]
            case .q3_K: [108]
            case .q6_K: [208]
            default: [0]
            }
        for block in stride(from: 0, to: size, by: type.bytesPerBlock) {
            for field in fields {
                let high: ClosedRange<UInt8> = type == .bf16 ? 0x3c...0x3e : 0x20...0x27
                let sign: UInt8 = Bool.random(using: &self) ? 0x80 : 0
                bytes[block + field + 1] = UInt8.random(in: high, using: &self) | sign
            }
        }
        return bytes
    }
}

/// The reference values of stored bytes.
func decoded(_ bytes: [UInt8], _ type: DType, count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    bytes.withUnsafeBytes { source in values.withUnsafeMutableBufferPointer { type.decode(source, into: $0) } }
    return values
}

func makeMatrix(_ bytes: [UInt8], _ type: DType, rows: Int, columns: Int, pool: ComputePool) -> Matrix {
    bytes.withUnsafeBytes { packed($0, type, rows, columns, pool) }
}

func makeMatrix(_ values: [Float], rows: Int, columns: Int, pool: ComputePool) -> Matrix {
    values.withUnsafeBytes { packed($0, .f32, rows, columns, pool) }
}

func makeBuffer(_ values: [Float], columns: Int) -> Buffer {
    let buffer = Buffer(rows: values.count / columns, columns: columns)
    for (i, value) in values.enumerated() { buffer.base[i] = value }
    return buffer
}

func values(_ buffer: Buffer) -> [Float] { Array(UnsafeBufferPointer(start: buffer.base, count: buffer.rows * buffer.columns)) }

/// Largest difference relative to the largest value; infinite when anything is not a number.
func distance(_ a: [Float], _ b: [Double]) -> Double {
    let size = b.reduce(1e-30) { max($0, abs($1)) }
    return zip(a, b).reduce(a.count == b.count ? 0 : .infinity) { worst, pair in
        let d = abs(Double(pair.0) - pair.1) / size
        return d <= worst ? worst : (d.isNaN ? .infinity : d)
    }
}

func distance(_ a: [Float], _ b: [Float]) -> Double { distance(a, b.map(Double.init)) }

/// A pool that is closed when the body is done.
func withPool<R>(threads: Int = 2, _ body: (ComputePool) throws -> R) rethrows -> R {
    let pool = ComputePool(threads: threads)
    defer { pool.close() }
    return try body(pool)
}

/// Names of the sets of kernels this processor runs, the portable one included.
let instructionSets = ["portable", "avx2", "avx512", "neon"].filter { name in
    guard let pool = ComputePool(threads: 1, kernelsNamed: name) else { return false }
    pool.close()
    return true
}

private func packed(_ bytes: UnsafeRawBufferPointer, _ type: DType, _ rows: Int, _ columns: Int, _ pool: ComputePool) -> Matrix {
    do { return try Matrix(bytes, type: type, rows: rows, columns: columns, pool: pool) } catch { preconditionFailure("\(error)") }
}
