import LaresTensor

/// The memory of a step, allocated once: activations of up to `capacity` rows.
final class Workspace {
    /// Most rows of one pass; longer steps are cut. 512 rows keep the matrix kernels at full speed.
    static let capacity = 512

    /// The residual stream, C values a row.
    let stream: Buffer
    /// Outputs of a part before their own norm (Gemma); nil when outputs are added at once.
    let part: Buffer?
    let queries, keys, values: Buffer
    /// Inputs of the matrices: normalised stream, mixed values, gated hidden values, rows for the head.
    let input, mixed, hidden, last: Activations
    let rotary: RotaryTable
    let localRotary: RotaryTable?
    let scratch = AttentionScratch()
    let lowRank = LowRankScratch(rows: Workspace.capacity)
    /// What adapters change of gate and up; made when the first one comes.
    private(set) lazy var hiddenChanges = (
        gate: Buffer(rows: Self.capacity, columns: feedForward), up: Buffer(rows: Self.capacity, columns: feedForward)
    )
    private let feedForward: Int
    var watch = StepWatch()

    init(_ decoder: Decoder) {
        let shape = decoder.configuration
        let (layers, rows) = (decoder.layers, Self.capacity)
        feedForward = shape.feedForward
        stream = Buffer(rows: rows, columns: shape.width)
        part = layers.contains { $0.attentionOutputNorm != nil } ? Buffer(rows: rows, columns: shape.width) : nil
        queries = Buffer(rows: rows, columns: shape.heads * shape.headSize)
        keys = Buffer(rows: rows, columns: shape.keyValueHeads * shape.headSize)
        values = Buffer(rows: rows, columns: shape.keyValueHeads * shape.headSize)
        input = Activations(
            rows: rows, columns: shape.width, for: layers.flatMap { [$0.query.matrix, $0.key.matrix, $0.value.matrix, $0.gate, $0.up] })
        mixed = Activations(rows: rows, columns: shape.heads * shape.headSize, for: layers.map(\.output.matrix))
        hidden = Activations(rows: rows, columns: shape.feedForward, for: layers.map(\.down.matrix))
        last = Activations(rows: LogitRows.chunk, columns: shape.width, for: [decoder.head.matrix])
        func table(_ rope: Rope) -> RotaryTable {
            RotaryTable(frequencies: rope.frequencies, pairing: shape.pairing, magnitude: rope.magnitude, capacity: rows)
        }
        rotary = table(shape.rope)
        localRotary = shape.localRope.map(table)
    }

    /// Bytes of all rows.
    var byteCount: Int {
        let buffers = [stream, queries, keys, values] + [part].compactMap { $0 }
        let tables = [rotary] + [localRotary].compactMap { $0 }
        return buffers.reduce(0) { $0 + $1.byteCount } + [input, mixed, hidden, last].reduce(0) { $0 + $1.byteCount }
            + tables.reduce(0) { $0 + $1.byteCount }
    }
}
