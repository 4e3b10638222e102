import CLaresKernels

/// A matrix as the product's kernel sees it: any steps between its numbers.
struct MatrixView {
    var base: UnsafeMutablePointer<Float>
    var rows: Int
    var columns: Int
    var rowStep: Int
    var columnStep = 1

    var transposed: MatrixView { MatrixView(base: base, rows: columns, columns: rows, rowStep: columnStep, columnStep: rowStep) }
}

extension Tensor {
    /// The last two axes of one matrix.
    var matrix: MatrixView {
        let n = shape.count
        return MatrixView(base: floats, rows: shape[n - 2], columns: shape[n - 1], rowStep: strides[n - 2], columnStep: strides[n - 1])
    }

    /// All but the last axis as rows; only for packed tensors.
    var rowsByLast: MatrixView {
        let columns = shape.last ?? 1
        return MatrixView(base: floats, rows: columns == 0 ? 0 : count / columns, columns: columns, rowStep: columns)
    }
}

/// What follows a product while its tile is in registers.
struct Epilogue {
    var adding = false
    var bias: UnsafePointer<Float>?
    var unary = LARES_IDENTITY
    /// Where the function of the sums goes when they are kept.
    var applied: UnsafeMutablePointer<Float>?
}

/// c = a · b, rows of c `row` floats apart.
func multiply(
    _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, row: Int, _ then: Epilogue = Epilogue(), alone: Bool = false
) {
    var job = lares_gemm(a, columns: b.columns, into: c, row: row, then)
    (job.b, job.b_row, job.b_column) = (UnsafePointer(b.base), b.rowStep, b.columnStep)
    run(job, alone: alone)
}

/// The same with a matrix that was packed ahead, or its first columns.
func multiply(
    _ a: MatrixView, _ b: PackedMatrix, columns: Int? = nil, into c: UnsafeMutablePointer<Float>, row: Int,
    _ then: Epilogue = Epilogue(), alone: Bool = false
) {
    var job = lares_gemm(a, columns: columns ?? b.columns, into: c, row: row, then)
    job.packed_b = b.memory.floats
    run(job, alone: alone)
}

/// A second factor, packed once for products that meet it at every step.
struct PackedMatrix {
    let columns: Int
    fileprivate let memory: Tensor

    init(_ b: MatrixView) {
        var job = lares_gemm()
        (job.n, job.k) = (b.columns, b.rows)
        (job.b, job.b_row, job.b_column) = (UnsafePointer(b.base), b.rowStep, b.columnStep)
        columns = b.columns
        memory = Tensor([lares_gemm_packed_room(&job)]) { out in
            job.packed_b = out
            lares_gemm_pack(Loops.shared.set, &job)
        }
    }
}

extension lares_gemm {
    fileprivate init(_ a: MatrixView, columns: Int, into c: UnsafeMutablePointer<Float>, row: Int, _ then: Epilogue) {
        self.init()
        (m, n, k) = (a.rows, columns, a.columns)
        (self.a, a_row, a_column) = (UnsafePointer(a.base), a.rowStep, a.columnStep)
        (self.c, c_row) = (c, row)
        (adding, bias, unary, applied) = (then.adding ? 1 : 0, then.bias, then.unary, then.applied)
    }
}

private func run(_ product: lares_gemm, alone: Bool) {
    var job = product
    guard job.m > 0, job.n > 0 else { return }
    let loops = Loops.shared, threads = alone ? 1 : Int32(loops.pool.threads)
    let bytes = lares_gemm_room(&job, threads) * MemoryLayout<Float>.stride
    let scratch = bytes > 0 ? TensorMemory.shared.take(bytes) : nil
    lares_gemm_run(loops.pool.state, threads, loops.set, job, scratch?.assumingMemoryBound(to: Float.self))
    if let scratch { TensorMemory.shared.give(scratch, bytes) }
}

/// The matrix product `[…, m, k] · […, k, n]`. The second may be one matrix for all of the first; other leading axes are the same.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
    demand(
        a.shape.count >= 2 && b.shape.count >= 2 && a.shape[a.shape.count - 1] == b.shape[b.shape.count - 2]
            && (b.shape.count == 2 || a.shape.dropLast(2).elementsEqual(b.shape.dropLast(2))),
        "no product of the shapes \(a.shape) and \(b.shape)")
    if a.shape.count == 2 { return product(a, b) }
    return b.shape.count == 2 ? flatProduct(a, b) : batchedProduct(a, b)
}

private func product(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (x, y) = (a.detached, b.detached)
    let result = Tensor([a.shape[0], b.shape[1]]) { multiply(x.matrix, y.matrix, into: $0, row: b.shape[1]) }
    return result.derived(from: a, b) { dy, gradients in
        gradients.add(product(dy, y.transposed()), to: a)
        gradients.add(product(x.transposed(), dy), to: b)
    }
}

/// Many rows by one matrix: the leading axes become rows.
private func flatProduct(_ a: Tensor, _ b: Tensor) -> Tensor {
    let rows = a.reshaped([-1, a.shape[a.shape.count - 1]])
    return product(rows, b).reshaped(Shape(a.shape.dropLast() + [b.shape[1]]))
}

/// A product for each of many matrices, one to a thread.
private func batchedProduct(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (x, y) = (a.withPackedMatrices, b.withPackedMatrices)
    let (m, n) = (a.shape[a.shape.count - 2], b.shape[b.shape.count - 1])
    let result = Tensor(Shape(a.shape.dropLast() + [n])) { out in
        let (first, second) = (x.matrix, y.matrix)
        let (xNext, yNext) = (first.rows * first.columns, second.rows * second.columns)
        ComputePool.shared.forEach(a.shape.dropLast(2).reduce(1, *)) { i in
            var (p, q) = (first, second)
            p.base += i * xNext
            q.base += i * yNext
            multiply(p, q, into: out + i * m * n, row: n, alone: true)
        }
    }
    return result.derived(from: a, b) { dy, gradients in
        gradients.add(batchedProduct(dy, y.transposed()), to: a)
        gradients.add(batchedProduct(x.transposed(), dy), to: b)
    }
}

extension Tensor {
    /// Matrices one after another, each by rows or by columns.
    fileprivate var withPackedMatrices: Tensor {
        let turned = detached.transposed()
        return turned.isContiguous ? detached : packed
    }
}

/// `f(x · weight + bias)` in one pass: `[…, inputs] · [inputs, outputs] + [outputs]`.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, then f: Nonlinearity = .identity) -> Tensor {
    demand(
        weight.shape.count == 2 && x.shape.last == weight.shape[0] && (bias.map { $0.shape == [weight.shape[1]] } ?? true),
        "no linear map of shape \(weight.shape) and bias \(bias?.shape.description ?? "none") for \(x.shape)")
    let (input, w, b) = (x.packed, weight.packed, bias?.packed), outputs = weight.shape[1]
    let shape = Shape(x.shape.dropLast() + [outputs]), y = Tensor(shape) { _ in }
    // Sums are kept where the function's derivative needs them and somebody may ask for it.
    let isRecorded = x.isRecorded || weight.isRecorded || bias?.isRecorded == true
    let sums = isRecorded && !f.isKnownByResult ? Tensor(shape) { _ in } : y
    let then = Epilogue(
        bias: b.map { UnsafePointer($0.floats) }, unary: f.kind, applied: f.isKnownByResult ? nil : y.floats)
    multiply(input.rowsByLast, w.matrix, into: sums.floats, row: outputs, then)
    return y.derived(fromAny: [x, weight] + (bias.map { [$0] } ?? [])) { dy, gradients in
        let dy = dy.packed
        let (d, sum) = f == .identity ? (dy, bias.map { _ in dy.sumOfRows() }) : Tensor.backAndSum(f.kind, sums, y, dy)
        if let bias, let sum { gradients.add(sum, to: bias) }
        gradients.accumulate(to: weight) {
            multiply(input.rowsByLast.transposed, d.rowsByLast, into: $0, row: outputs, Epilogue(adding: $1))
        }
        gradients.accumulate(to: x) { multiply(d.rowsByLast, w.matrix.transposed, into: $0, row: w.shape[0], Epilogue(adding: $1)) }
    }
}

extension Tensor {
    /// The sum of all rows: every axis but the last. Only for packed tensors.
    func sumOfRows() -> Tensor {
        let columns = shape.last ?? 1, rows = columns == 0 ? 0 : count / columns, part = 128
        let loops = Loops.shared
        return Tensor([columns]) { out in
            out.update(repeating: 0, count: columns)
            loops.pool.forRows((columns + part - 1) / part, columns: rows * part) { i in
                loops.set.pointee.sum_rows(floats + i * part, rows, Swift.min(part, columns - i * part), columns, out + i * part)
            }
        }
    }
    /// dy f'(x), where y = f(x), and the sum of its rows. Blocks of rows are summed apart: the order doesn't depend on the threads.
    fileprivate static func backAndSum(_ f: lares_unary, _ x: Tensor, _ y: Tensor, _ dy: Tensor) -> (d: Tensor, sum: Tensor?) {
        let columns = y.shape.last ?? 1, rows = y.count / Swift.max(1, columns), block = Swift.max(1, Loops.grain / Swift.max(1, columns))
        let blocks = (rows + block - 1) / block, sums = Tensor.zeros([blocks, columns]), loops = Loops.shared
        let d = Tensor(y.shape) { out in
            loops.pool.forRows(blocks, columns: block * columns) { part in
                let from = part * block, count = Swift.min(block, rows - from), at = from * columns
                loops.set.pointee.map_back(f, x.floats + at, y.floats + at, dy.floats + at, out + at, count * columns)
                loops.set.pointee.sum_rows(out + at, count, columns, columns, sums.floats + part * columns)
            }
        }
        return (d, sums.sumOfRows())
    }
}
