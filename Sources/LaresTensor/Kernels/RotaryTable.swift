import Glibc

/// Rotary position embedding (Su et al. 2021): sines and cosines of the rows of a step, computed once and used by every layer.
///
/// Not Sendable: it belongs to one engine.
public final class RotaryTable {
    /// Which values of a head turn together.
    public enum Pairing: Sendable, Hashable {
        /// 2i with 2i+1: GGUF's "normal" order (Llama).
        case interleaved
        /// i with i + half: the order of GPT-NeoX (Qwen, Gemma).
        case halves
    }

    let pairing: Pairing
    let frequencies: [Float]
    private let magnitude: Float
    private let capacity: Int
    private let table: Buffer
    private var count = 0

    /// A table for steps of at most `capacity` rows. The first `2 · frequencies.count` values of a head are turned; cosine and sine are
    /// multiplied by `magnitude`.
    public init(frequencies: [Float], pairing: Pairing, magnitude: Float = 1, capacity: Int) {
        self.frequencies = frequencies
        self.pairing = pairing
        self.magnitude = magnitude
        self.capacity = capacity
        table = Buffer(rows: capacity, columns: 2 * frequencies.count)
    }

    /// Bytes of all rows.
    public var byteCount: Int { table.byteCount }

    /// base^(−2i / dimensions) · scale / factors[i] for every pair; linear scaling by 8 has `scale` 1/8.
    public static func frequencies(dimensions: Int, base: Float, factors: [Float]? = nil, scale: Float = 1) -> [Float] {
        precondition(factors.map { $0.count >= dimensions / 2 } ?? true, "fewer factors than pairs")
        return (0..<(dimensions / 2)).map { i in
            let angle = Float(pow(Double(base), -2 * Double(i) / Double(dimensions)))
            return angle * scale / (factors?[i] ?? 1)
        }
    }

    /// Computes the table for rows at `positions`.
    public func prepare(_ positions: [Int32], on pool: ComputePool) {
        precondition(positions.count <= capacity, "\(positions.count) rows in a table of \(capacity)")
        count = positions.count
        // A sine takes about as long as sixteen floats of other row work.
        pool.forRows(count, columns: 16 * table.columns) { row in fill(row, Float(positions[row])) }
    }

    private func fill(_ row: Int, _ position: Float) {
        let cosines = table.base + row * table.columns
        for (i, frequency) in frequencies.enumerated() {
            cosines[i] = cosf(position * frequency) * magnitude
            cosines[frequencies.count + i] = sinf(position * frequency) * magnitude
        }
    }

    func cosines(_ row: Int) -> UnsafePointer<Float> {
        precondition(row < count, "row \(row) was not prepared")
        return UnsafePointer(table.base + row * table.columns)
    }
}
