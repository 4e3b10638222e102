import CLaresKernels

/// Changes of low rank to matrices that meet the same rows (LoRA; Hu et al. 2022): what a fine-tuning adds to `W · a` is `up · down · a`.
public final class LowRankChange: Sendable {
    /// The two factors of one matrix's change.
    public struct Factors: Sendable {
        /// `[rank, inputs]`
        public var down: [Float]
        /// `[rank, outputs]`, with the scale in it.
        public var up: [Float]
        /// Numbers between the two.
        public var rank: Int

        /// Factors of rank 1 or more.
        public init(down: [Float], up: [Float], rank: Int) {
            precondition(rank > 0 && up.count % rank == 0, "\(up.count) numbers of rank \(rank)")
            (self.down, self.up, self.rank) = (down, up, rank)
        }

        var outputs: Int { up.count / rank }
    }

    // The first factors of all, one below the other: one product for all.
    let down: Matrix
    // For each matrix: its second factor, and where its part of `down` begins.
    let parts: [(factors: Factors, first: Int)?]

    /// The changes of `matrices`, nil where one stays as it is; at least one changes. Throws `WeightMemoryError`.
    public init(_ changes: [Factors?], of matrices: [Matrix], pool: ComputePool) throws {
        precondition(changes.count == matrices.count && !matrices.isEmpty, "\(changes.count) changes of \(matrices.count) matrices")
        var (numbers, parts, rows): ([Float], [(Factors, Int)?], Int) = ([], [], 0)
        for (change, matrix) in zip(changes, matrices) {
            guard let change else {
                parts.append(nil)
                continue
            }
            precondition(change.down.count == change.rank * matrix.columns && change.outputs == matrix.rows, "factors of another matrix")
            numbers += change.down
            parts.append((change, rows))
            rows += change.rank
        }
        self.parts = parts
        // In the form of rows that the matrices take, so that these needn't be written in another.
        let type: DType = matrices[0].input == .bytes ? .q8_0 : .f32
        let bytes = numbers.withUnsafeBufferPointer { type.encode($0) }
        down = try bytes.withUnsafeBytes {
            try Matrix($0, type: type, rows: rows, columns: matrices[0].columns, pool: pool)
        }
    }

    /// Bytes it takes.
    public var byteCount: Int { down.byteCount + parts.reduce(0) { $0 + ($1?.factors.up.count ?? 0) * MemoryLayout<Float>.stride } }
}

/// What changes of low rank are computed in. Not Sendable: it belongs to one engine.
public final class LowRankScratch {
    private let rows: Int
    private var buffers: [Int: Buffer] = [:]

    /// For steps of at most `rows` rows.
    public init(rows: Int) { self.rows = rows }

    /// Bytes it takes so far.
    public var byteCount: Int { buffers.values.reduce(0) { $0 + $1.byteCount } }

    fileprivate func buffer(_ columns: Int) -> Buffer {
        if let buffer = buffers[columns] { return buffer }
        let buffer = Buffer(rows: rows, columns: columns)
        buffers[columns] = buffer
        return buffer
    }
}

extension ComputePool {
    /// `outputs[i][row] += up_i · down_i · a[row]` for the rows in `rows`. A row's result doesn't depend on the others.
    public func add(_ change: LowRankChange, of a: Activations, rows: [Range<Int>], to outputs: [Buffer], scratch: LowRankScratch) {
        precondition(outputs.count == change.parts.count, "\(change.parts.count) changes to \(outputs.count) buffers")
        precondition(rows.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= a.count }, "rows outside the activations")
        let inner = scratch.buffer(change.down.rows)
        matmul(a, [Product(change.down, into: inner)])
        let places = rows.flatMap { $0 }, width = outputs.reduce(0) { $0 + $1.columns }
        forRows(places.count, columns: width * change.down.rows / outputs.count / Self.productsPerFloat) { i in
            let row = places[i], source = inner.base + row * inner.columns
            for (part, output) in zip(change.parts, outputs) {
                guard let (factors, first) = part else { continue }
                add(factors, source + first, output.base + row * output.columns)
            }
        }
    }

    private func add(_ factors: LowRankChange.Factors, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
        let outputs = factors.outputs
        factors.up.withUnsafeBufferPointer { up in
            guard let up = up.baseAddress else { return }
            for k in 0..<factors.rank { kernels.pointee.learn.pointee.add_scaled(target, up + k * outputs, source[k], outputs) }
        }
    }

    /// As many multiplications with additions take about the time of one float of other row work.
    private static var productsPerFloat: Int { 4 }

    /// Sets the first `count` rows to zero.
    public func clear(_ x: Buffer, count: Int) {
        precondition(count >= 0 && count <= x.rows, "\(count) rows of \(x.rows)")
        x.base.update(repeating: 0, count: count * x.columns)
    }
}
