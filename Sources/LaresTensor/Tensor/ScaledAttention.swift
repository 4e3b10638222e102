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
    precondition(
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
            precondition(
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

    func forward(_ index: Int, _ weights: Tensor, _ out: UnsafeMutablePointer<Float>) {
        let p = scores(weights, index), row = heads * width
        let loops = Loops.shared, kernels = loops.pool.kernels
        multiply(head(q.floats, index, queries), head(k.floats, index, keys).transposed, into: p.base, row: keys, alone: true)
        for query in 0..<queries {
            let x = p.base + query * keys, count = seen(index, query)
            if count > 0 {
                loops.set.pointee.scale_to(x, scale, x, count)
                let sum = kernels.pointee.exp_sum(x, kernels.pointee.maximum(x, count), count, 1)
                loops.set.pointee.scale_to(x, 1 / sum, x, count)
            }
            (x + count).update(repeating: 0, count: keys - count)
        }
        multiply(p, head(v.floats, index, keys), into: head(out, index, queries).base, row: row, alone: true)
    }

    func backward(_ weights: Tensor, _ dy: Tensor) -> (Tensor, Tensor, Tensor) {
        let (dq, dk, dv) = (Tensor(q.shape) { _ in }, Tensor(k.shape) { _ in }, Tensor(v.shape) { _ in })
        let scratch = Tensor(weights.shape) { _ in }
        let loops = Loops.shared, row = heads * width
        ComputePool.shared.forEach(batch * heads) { index in
            let (p, d) = (scores(weights, index), scores(scratch, index)), dOut = head(dy.floats, index, queries)
            multiply(p.transposed, dOut, into: head(dv.floats, index, keys).base, row: row, alone: true)
            multiply(dOut, head(v.floats, index, keys).transposed, into: d.base, row: keys, alone: true)
            for query in 0..<queries {
                let at = query * keys
                loops.set.pointee.softmax_back(p.base + at, d.base + at, scale, d.base + at, keys)
            }
            multiply(d, head(k.floats, index, keys), into: head(dq.floats, index, queries).base, row: row, alone: true)
            multiply(d.transposed, head(q.floats, index, queries), into: head(dk.floats, index, keys).base, row: row, alone: true)
        }
        return (dq, dk, dv)
    }
}
