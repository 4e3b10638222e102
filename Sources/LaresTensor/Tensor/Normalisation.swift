import CLaresKernels

/// Layer normalisation over the last axis: (x - mean) / √(variance + ε) · weight + bias (Ba et al. 2016).
public func layerNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float = 1e-5) -> Tensor {
    normalised(x, weight, bias, epsilon: epsilon, isCentred: true)
}

/// Root-mean-square normalisation over the last axis: x / √(mean x² + ε) · weight (Zhang & Sennrich 2019).
public func rmsNorm(_ x: Tensor, _ weight: Tensor, epsilon: Float = 1e-6) -> Tensor {
    normalised(x, weight, nil, epsilon: epsilon, isCentred: false)
}

private func normalised(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, epsilon: Float, isCentred: Bool) -> Tensor {
    let columns = x.shape.last ?? 1, rows = x.count / max(1, columns)
    demand(
        weight.shape == [columns] && (bias.map { $0.shape == [columns] } ?? true), "a norm of shape \(weight.shape) for rows of \(x.shape)")
    let (input, w, b) = (x.packed, weight.packed, bias?.packed)
    let loops = Loops.shared, statistics = Tensor([rows, 2]) { _ in }
    let y = Tensor(x.shape) { out in
        loops.pool.forRows(rows, columns: columns) { row in
            let at = row * columns
            loops.set.pointee.normalise(
                input.floats + at, w.floats, b?.floats, epsilon, isCentred ? 1 : 0, columns, out + at, statistics.floats + 2 * row)
        }
    }
    return y.derived(fromAny: [x, weight] + (bias.map { [$0] } ?? [])) { dy, gradients in
        let (dx, dw, db) = normalisedBack(input, w, dy.packed, statistics, isCentred)
        gradients.add(dx, to: x)
        gradients.add(dw, to: weight)
        if let bias { gradients.add(db, to: bias) }
    }
}

/// Blocks of rows sum the parameters' gradients apart, so the order of summation doesn't depend on the threads.
private func normalisedBack(_ x: Tensor, _ w: Tensor, _ dy: Tensor, _ statistics: Tensor, _ isCentred: Bool) -> (Tensor, Tensor, Tensor) {
    let columns = w.count, rows = x.count / max(1, columns), block = 64, blocks = (rows + block - 1) / block
    let loops = Loops.shared
    let (dw, db) = (Tensor.zeros([blocks, columns]), Tensor.zeros([blocks, columns]))
    let dx = Tensor(x.shape) { out in
        loops.pool.forRows(blocks, columns: block * columns) { part in
            for row in (part * block)..<min(rows, (part + 1) * block) {
                let at = row * columns
                loops.set.pointee.normalise_back(
                    x.floats + at, w.floats, dy.floats + at, statistics.floats + 2 * row, isCentred ? 1 : 0, columns, out + at,
                    dw.floats + part * columns, db.floats + part * columns)
            }
        }
    }
    return (dx, dw.sumOfRows(), db.sumOfRows())
}
