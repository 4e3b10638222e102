import CLaresKernels

/// Which keys a query of `attention` sees.
public struct AttentionMask: Sendable, Hashable {
    /// Only keys up to its own place, counted from the end of both sequences.
    public var isCausal: Bool
    /// Keys of each sequence of the batch that are there, the rest being padding; nil: all.
    public var lengths: [Int]?

    /// Sees everything unless told otherwise.
    public init(isCausal: Bool = false, lengths: [Int]? = nil) {
        self.isCausal = isCausal
        self.lengths = lengths
    }

    /// Everything is seen.
    public static let none = AttentionMask()
    /// Nothing later is seen.
    public static let causal = AttentionMask(isCausal: true)
}

/// softmax(q · kᵀ / √d) · v for each head (Vaswani et al. 2017); heads lie side by side in the last axis.
/// - Parameters:
///   - q: `[batch, queries, heads · d]`
///   - k: `[batch, keys, heads · d]`
///   - v: `[batch, keys, heads · d]`
/// - Returns: `[batch, queries, heads · d]`
public func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, mask: AttentionMask = .none) -> Tensor {
    demand(
        q.shape.count == 3 && k.shape == v.shape && k.shape.count == 3 && q.shape[0] == k.shape[0] && q.shape[2] == k.shape[2]
            && heads > 0 && q.shape[2] % heads == 0,
        "no attention of \(heads) heads over the shapes \(q.shape), \(k.shape), \(v.shape)")
    let job = HeadByHead(HeadRows(q), HeadRows(k), HeadRows(v), heads, width: q.shape[2] / heads, mask)
    let weights = job.emptyWeights, y = Tensor(q.shape) { _ in }
    job.forward(weights, HeadRows(y))
    return y.derived(fromAny: [q, k, v]) { dy, gradients in
        let (dq, dk, dv) = (Tensor(q.shape) { _ in }, Tensor(k.shape) { _ in }, Tensor(v.shape) { _ in })
        job.backward(weights, HeadRows(dy), HeadRows(dq), HeadRows(dk), HeadRows(dv))
        gradients.add(dq, to: q)
        gradients.add(dk, to: k)
        gradients.add(dv, to: v)
    }
}

/// The same for a sequence that attends to itself: `x` has q, k and v side by side, `[batch, time, 3 · heads · d]`, as one linear map gives them.
/// - Returns: `[batch, time, heads · d]`
public func attention(_ x: Tensor, heads: Int, mask: AttentionMask = .none) -> Tensor {
    precondition(x.shape.count == 3 && heads > 0 && x.shape[2] % (3 * heads) == 0, "no attention of \(heads) heads in the shape \(x.shape)")
    let width = x.shape[2] / 3, parts = HeadRows.parts(of: x.packed, width)
    let job = HeadByHead(parts.q, parts.k, parts.v, heads, width: width / heads, mask)
    let weights = job.emptyWeights, y = Tensor([x.shape[0], x.shape[1], width]) { _ in }
    job.forward(weights, HeadRows(y))
    return y.derived(from: x) { dy, gradients in
        let dx = Tensor(x.shape) { _ in }, parts = HeadRows.parts(of: dx, width)
        job.backward(weights, HeadRows(dy), parts.q, parts.k, parts.v)
        gradients.add(dx, to: x)
    }
}

/// Vectors of all heads side by side, for each place of each sequence: the last axis of a tensor `[batch, time, width]`, or a part of it.
private struct HeadRows: Sendable {
    let tensor: Tensor
    var offset = 0

    init(_ tensor: Tensor, from offset: Int = 0) { (self.tensor, self.offset) = (tensor.packed, offset) }

    static func parts(of x: Tensor, _ width: Int) -> (q: HeadRows, k: HeadRows, v: HeadRows) {
        (HeadRows(x), HeadRows(x, from: width), HeadRows(x, from: 2 * width))
    }

    var time: Int { tensor.shape[1] }

    /// One head of one sequence as a matrix.
    func head(_ index: Int, of heads: Int, width: Int) -> MatrixView {
        let row = tensor.shape[2], start = offset + index / heads * time * row + index % heads * width
        return MatrixView(base: tensor.floats + start, rows: time, columns: width, rowStep: row)
    }
}

private struct HeadByHead: Sendable {
    let q: HeadRows, k: HeadRows, v: HeadRows
    let mask: AttentionMask
    let batch: Int, heads: Int, queries: Int, keys: Int, width: Int
    let scale: Float

    init(_ q: HeadRows, _ k: HeadRows, _ v: HeadRows, _ heads: Int, width: Int, _ mask: AttentionMask) {
        (self.q, self.k, self.v, self.heads, self.width, self.mask) = (q, k, v, heads, width, mask)
        (batch, queries, keys) = (q.tensor.shape[0], q.time, k.time)
        scale = 1 / Float(width).squareRoot()
        if let lengths = mask.lengths {
            demand(
                lengths.count == batch && lengths.allSatisfy { $0 > 0 && $0 <= keys }, "lengths \(lengths) of \(batch) sequences of \(keys)"
            )
        }
    }

    /// Room for how much each query takes of each key.
    var emptyWeights: Tensor { Tensor([batch * heads, queries, keys]) { _ in } }

    private func head(_ rows: HeadRows, _ index: Int) -> MatrixView { rows.head(index, of: heads, width: width) }

    private func scores(_ weights: Tensor, _ index: Int) -> MatrixView {
        MatrixView(base: weights.floats + index * queries * keys, rows: queries, columns: keys, rowStep: keys)
    }

    /// Keys that a query sees.
    private func seen(_ index: Int, _ query: Int) -> Int {
        let present = mask.lengths?[index / heads] ?? keys
        return mask.isCausal ? max(0, min(present, query + 1 + keys - queries)) : present
    }

    /// Queries in blocks, each with the keys that its last query sees: what a causal mask hides is hardly computed.
    private func forBlocks(_ index: Int, _ body: (Block) -> Void) {
        let size = mask.isCausal ? HeadByHead.causalBlock : max(1, queries)
        var newKeys = 0
        for start in stride(from: 0, to: queries, by: size) {
            let end = min(queries, start + size), limit = seen(index, end - 1)
            body(Block(queries: start..<end, keys: limit, newKeys: newKeys..<limit))
            newKeys = limit
        }
    }

    func forward(_ weights: Tensor, _ out: HeadRows) {
        ComputePool.shared.forEach(batch * heads) { forward($0, scores(weights, $0), head(out, $0)) }
    }

    private func forward(_ index: Int, _ p: MatrixView, _ out: MatrixView) {
        let (q, values) = (head(q, index), head(v, index)), turned = PackedMatrix(head(k, index).transposed)
        forBlocks(index) { block in
            let own = p.rows(block.queries, columns: block.keys)
            multiply(q.rows(block.queries), turned, columns: block.keys, into: own.base, row: keys, alone: true)
            for query in block.queries { distribute(p.base + query * keys, seen(index, query), of: block.keys) }
            multiply(own, values.rows(0..<block.keys), into: out.rows(block.queries).base, row: out.rowStep, alone: true)
        }
    }

    /// Softmax over the keys that are seen; nothing for the rest.
    private func distribute(_ x: UnsafeMutablePointer<Float>, _ count: Int, of all: Int) {
        let loops = Loops.shared, kernels = loops.pool.kernels
        if count > 0 {
            loops.set.pointee.scale_to(x, scale, x, count)
            let sum = kernels.pointee.exp_sum(x, kernels.pointee.maximum(x, count), count, 1)
            loops.set.pointee.scale_to(x, 1 / sum, x, count)
        }
        (x + count).update(repeating: 0, count: all - count)
    }

    /// Gradients of what was read, from that of the result.
    func backward(_ weights: Tensor, _ dy: HeadRows, _ dq: HeadRows, _ dk: HeadRows, _ dv: HeadRows) {
        let scratch = emptyWeights
        ComputePool.shared.forEach(batch * heads) { index in
            let (p, d, dOut) = (scores(weights, index), scores(scratch, index), head(dy, index))
            weigh(index, p, d, dOut, head(dq, index))
            share(index, p, of: dOut, to: head(dv, index))
            share(index, d, of: head(q, index), to: head(dk, index))
        }
    }

    /// Gradients of the scores, into `d`, and of the queries.
    private func weigh(_ index: Int, _ p: MatrixView, _ d: MatrixView, _ dOut: MatrixView, _ dq: MatrixView) {
        let turned = PackedMatrix(head(v, index).transposed), k = head(k, index)
        forBlocks(index) { block in
            let own = d.rows(block.queries, columns: block.keys)
            multiply(dOut.rows(block.queries), turned, columns: block.keys, into: own.base, row: keys, alone: true)
            for query in block.queries {
                let (x, y) = (d.base + query * keys, p.base + query * keys)
                Loops.shared.set.pointee.softmax_back(y, x, scale, x, block.keys)
            }
            multiply(own, k.rows(0..<block.keys), into: dq.rows(block.queries).base, row: dq.rowStep, alone: true)
        }
    }

    /// to = weightsᵀ · x: for each block's new keys, from the queries that see them; zeros for keys that none sees.
    private func share(_ index: Int, _ weights: MatrixView, of x: MatrixView, to: MatrixView) {
        var last = 0
        forBlocks(index) { block in
            last = block.keys
            guard !block.newKeys.isEmpty else { return }
            var part = weights.rows(block.queries.lowerBound..<queries, columns: block.newKeys.count)
            part.base += block.newKeys.lowerBound
            let target = to.rows(block.newKeys).base
            multiply(part.transposed, x.rows(block.queries.lowerBound..<queries), into: target, row: to.rowStep, alone: true)
        }
        for key in last..<keys { (to.base + key * to.rowStep).update(repeating: 0, count: width) }
    }

    /// Queries, the keys they see, and which of these no earlier block saw.
    private struct Block {
        let queries: Range<Int>
        let keys: Int
        let newKeys: Range<Int>
    }

    private static let causalBlock = 36  // six tiles high
}

extension MatrixView {
    /// Some of the rows, and of these the first columns.
    fileprivate func rows(_ range: Range<Int>, columns: Int? = nil) -> MatrixView {
        MatrixView(
            base: base + range.lowerBound * rowStep, rows: range.count, columns: columns ?? self.columns, rowStep: rowStep,
            columnStep: columnStep)
    }
}
