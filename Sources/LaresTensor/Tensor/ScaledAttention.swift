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
    let job = HeadByHead(q.packed, k.packed, v.packed, heads, mask)
    let weights = Tensor([job.batch * heads, job.queries, job.keys]) { _ in }
    let y = Tensor(q.shape) { out in
        ComputePool.shared.forEach(job.batch * heads) { job.forward($0, weights, out) }
    }
    return y.derived(fromAny: [q, k, v]) { dy, gradients in
        let (dq, dk, dv) = job.backward(weights, dy.packed)
        gradients.add(dq, to: q)
        gradients.add(dk, to: k)
        gradients.add(dv, to: v)
    }
}

private struct HeadByHead: Sendable {
    let q: Tensor, k: Tensor, v: Tensor
    let mask: AttentionMask
    let batch: Int, heads: Int, queries: Int, keys: Int, width: Int
    let scale: Float

    init(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ heads: Int, _ mask: AttentionMask) {
        (self.q, self.k, self.v, self.heads, self.mask) = (q, k, v, heads, mask)
        (batch, queries, keys, width) = (q.shape[0], q.shape[1], k.shape[1], q.shape[2] / heads)
        scale = 1 / Float(width).squareRoot()
        if let lengths = mask.lengths {
            demand(
                lengths.count == batch && lengths.allSatisfy { $0 > 0 && $0 <= keys }, "lengths \(lengths) of \(batch) sequences of \(keys)"
            )
        }
    }

    /// One head of one sequence as a matrix.
    private func head(_ base: UnsafeMutablePointer<Float>, _ index: Int, _ rows: Int) -> MatrixView {
        let row = heads * width
        return MatrixView(base: base + index / heads * rows * row + index % heads * width, rows: rows, columns: width, rowStep: row)
    }

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

    func forward(_ index: Int, _ weights: Tensor, _ out: UnsafeMutablePointer<Float>) {
        let row = heads * width, p = scores(weights, index), (values, result) = (head(v.floats, index, keys), head(out, index, queries))
        let turned = PackedMatrix(head(k.floats, index, keys).transposed)
        forBlocks(index) { block in
            let own = p.rows(block.queries, columns: block.keys)
            multiply(
                head(q.floats, index, queries).rows(block.queries), turned, columns: block.keys, into: own.base, row: keys, alone: true)
            for query in block.queries { distribute(p.base + query * keys, seen(index, query), of: block.keys) }
            multiply(own, values.rows(0..<block.keys), into: result.rows(block.queries).base, row: row, alone: true)
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

    func backward(_ weights: Tensor, _ dy: Tensor) -> (Tensor, Tensor, Tensor) {
        let (dq, dk, dv) = (Tensor(q.shape) { _ in }, Tensor(k.shape) { _ in }, Tensor(v.shape) { _ in })
        let scratch = Tensor(weights.shape) { _ in }
        ComputePool.shared.forEach(batch * heads) { index in
            let (p, d) = (scores(weights, index), scores(scratch, index)), dOut = head(dy.floats, index, queries)
            weigh(index, p, d, dOut, head(dq.floats, index, queries))
            share(index, p, of: dOut, to: head(dv.floats, index, keys))
            share(index, d, of: head(q.floats, index, queries), to: head(dk.floats, index, keys))
        }
        return (dq, dk, dv)
    }

    /// Gradients of the scores, into `d`, and of the queries.
    private func weigh(_ index: Int, _ p: MatrixView, _ d: MatrixView, _ dOut: MatrixView, _ dq: MatrixView) {
        let turned = PackedMatrix(head(v.floats, index, keys).transposed), k = head(k.floats, index, keys)
        forBlocks(index) { block in
            let own = d.rows(block.queries, columns: block.keys)
            multiply(dOut.rows(block.queries), turned, columns: block.keys, into: own.base, row: keys, alone: true)
            for query in block.queries {
                let (x, y) = (d.base + query * keys, p.base + query * keys)
                Loops.shared.set.pointee.softmax_back(y, x, scale, x, block.keys)
            }
            multiply(own, k.rows(0..<block.keys), into: dq.rows(block.queries).base, row: heads * width, alone: true)
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
            multiply(part.transposed, x.rows(block.queries.lowerBound..<queries), into: target, row: heads * width, alone: true)
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
