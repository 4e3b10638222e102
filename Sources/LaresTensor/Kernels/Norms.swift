import CLaresKernels

extension ComputePool {
    /// `a[i] = x[i] / rms(x[i]) · weight`, quantised as `a`'s matrices need (Zhang & Sennrich 2019).
    public func rmsNorm(_ x: Buffer, count: Int, weight: [Float], epsilon: Float, into a: Activations) {
        precondition(count <= x.rows && x.columns == a.columns && weight.count == x.columns, "rmsNorm: shapes differ")
        a.begin(count)
        forRows(count, columns: x.columns) { row in rmsNormRow(x, row, weight, epsilon, a, row) }
    }

    /// The same for chosen rows: row `i` of `a` comes from row `rows[i]` of `x`.
    public func rmsNorm(_ x: Buffer, rows: [Int], weight: [Float], epsilon: Float, into a: Activations) {
        precondition(rows.allSatisfy { $0 >= 0 && $0 < x.rows }, "rmsNorm: a row outside the buffer")
        precondition(x.columns == a.columns && weight.count == x.columns, "rmsNorm: shapes differ")
        a.begin(rows.count)
        forRows(rows.count, columns: x.columns) { i in rmsNormRow(x, rows[i], weight, epsilon, a, i) }
    }

    private func rmsNormRow(_ x: Buffer, _ row: Int, _ weight: [Float], _ epsilon: Float, _ a: Activations, _ target: Int) {
        kernels.pointee.rms_norm(x.base + row * x.columns, weight, epsilon, x.columns, a.plain + target * a.columns)
        a.finish(target, kernels: kernels)
    }

    /// `x += y / rms(y) · weight`, the norm some families put after a block. `y` is overwritten.
    public func addNormed(_ y: Buffer, weight: [Float], epsilon: Float, to x: Buffer, count: Int) {
        precondition(count <= x.rows && count <= y.rows && x.columns == y.columns && weight.count == x.columns, "addNormed: shapes differ")
        precondition(x.columns % panelRows == 0, "rows of \(x.columns): not a multiple of 16")
        forRows(count, columns: x.columns) { row in
            let part = y.base + row * y.columns
            kernels.pointee.rms_norm(part, weight, epsilon, x.columns, part)
            kernels.pointee.add(x.base + row * x.columns, part, x.columns)
        }
    }

    /// `x = layerNorm(x + y) · weight + bias`, and the same into `a` (Ba et al. 2016).
    public func layerNorm(
        _ x: Buffer, adding y: Buffer?, count: Int, weight: [Float], bias: [Float], epsilon: Float, into a: Activations?
    ) {
        precondition(count <= x.rows && weight.count == x.columns && bias.count == x.columns, "layerNorm: shapes differ")
        precondition(x.columns % panelRows == 0, "rows of \(x.columns): not a multiple of 16")
        if let y { precondition(count <= y.rows && x.columns == y.columns, "layerNorm: shapes differ") }
        if let a { precondition(x.columns == a.columns, "layerNorm: shapes differ") }
        a?.begin(count)
        forRows(count, columns: x.columns) { row in
            let target = x.base + row * x.columns
            kernels.pointee.layer_norm(target, y.map { UnsafePointer($0.base + row * x.columns) }, weight, bias, epsilon, x.columns, target)
            a?.finish(row, from: target, kernels: kernels)
        }
    }

    /// `a = x`, quantised as `a`'s matrices need.
    public func quantise(_ x: Buffer, count: Int, into a: Activations) {
        precondition(count <= x.rows && x.columns == a.columns, "quantise: shapes differ")
        a.begin(count)
        forRows(count, columns: x.columns) { row in a.finish(row, from: x.base + row * x.columns, kernels: kernels) }
    }

    /// `x += y` for the first `count` rows.
    public func add(_ y: Buffer, to x: Buffer, count: Int) {
        precondition(count <= x.rows && count <= y.rows && x.columns == y.columns, "add: shapes differ")
        precondition(x.columns % panelRows == 0, "rows of \(x.columns): not a multiple of 16")
        forRows(count, columns: x.columns) { row in
            kernels.pointee.add(x.base + row * x.columns, y.base + row * y.columns, x.columns)
        }
    }
}
