import CLaresKernels

/// Weights of a recurrent layer; `gates` is 4 for an LSTM (input, forget, candidate, output) and 3 for a GRU (reset, update, candidate).
public struct RecurrentWeights: Sendable {
    /// `[inputs, gates · hidden]`
    public var input: Tensor
    /// `[hidden, gates · hidden]`
    public var recurrent: Tensor
    /// `[gates · hidden]`, added to the input's part
    public var bias: Tensor
    /// `[gates · hidden]`, added to the recurrent part; a GRU's candidate needs it apart
    public var recurrentBias: Tensor

    /// Weights of these shapes; see `lstm` and `gru`.
    public init(input: Tensor, recurrent: Tensor, bias: Tensor, recurrentBias: Tensor) {
        self.input = input
        self.recurrent = recurrent
        self.bias = bias
        self.recurrentBias = recurrentBias
    }

    var all: [Tensor] { [input, recurrent, bias, recurrentBias] }
    var hidden: Int { recurrent.shape[0] }

    func check(_ x: Shape, _ states: [Tensor], gates: Int) {
        let width = gates * hidden
        demand(
            x.count == 3 && input.shape == [x[2], width] && recurrent.shape == [hidden, width] && bias.shape == [width]
                && recurrentBias.shape == [width],
            "recurrent weights \(all.map(\.shape)) for sequences of shape \(x)")
        for state in states {
            demand(state.shape == [x[1], hidden], "a state of shape \(state.shape), not \([x[1], hidden])")
        }
    }

    /// The same for places in a table.
    func check(_ tokens: Indices, _ table: Tensor, _ states: [Tensor], gates: Int) {
        demand(
            tokens.shape.count == 2 && table.shape.count == 2, "sequences of shape \(tokens.shape) in a table of shape \(table.shape)")
        tokens.check(below: table.shape[0], "a recurrent layer")
        check([tokens.shape[0], tokens.shape[1], table.shape[1]], states, gates: gates)
    }
}

/// A long short-term memory over whole sequences (Hochreiter & Schmidhuber 1997; forget gates: Gers et al. 2000).
///
/// One product serves the inputs of all steps; a step adds its recurrent part and applies the gates.
/// - Parameters:
///   - x: `[time, batch, inputs]`
///   - h: the output before the first step, `[batch, hidden]`
///   - c: the cell before the first step, `[batch, hidden]`
/// - Returns: all outputs `[time, batch, hidden]`, and the last cell.
public func lstm(_ x: Tensor, from h: Tensor, cell c: Tensor, _ weights: RecurrentWeights) -> (outputs: Tensor, cell: Tensor) {
    weights.check(x.shape, [h, c], gates: 4)
    return lstm(.vectors(x.packed), x, from: h, cell: c, weights)
}

/// The same over rows of a table, `tokens` being `[time, batch]` and the table `[rows, inputs]`: `lstm(table.rows(tokens), …)`, for less.
public func lstm(
    _ tokens: Indices, in table: Tensor, from h: Tensor, cell c: Tensor, _ weights: RecurrentWeights
) -> (outputs: Tensor, cell: Tensor) {
    guard tokens.count > table.shape[0] else { return lstm(table.rows(tokens), from: h, cell: c, weights) }
    weights.check(tokens, table, [h, c], gates: 4)
    return lstm(.rows(tokens, of: table.packed), table, from: h, cell: c, weights)
}

private func lstm(
    _ input: RecurrentInput, _ x: Tensor, from h: Tensor, cell c: Tensor, _ weights: RecurrentWeights
) -> (outputs: Tensor, cell: Tensor) {
    let bias = (weights.bias.detached + weights.recurrentBias.detached)
    let run = LSTMRun(input, h.packed, c.packed, weights, bias)
    let recorded = run.forward().derived(fromAny: [x, h, c] + weights.all) { dy, gradients in
        run.backward(dy.packed, x, h, c, weights, &gradients)
    }
    return (recorded.slice(0..<run.steps), recorded.at(run.steps))
}

/// Outputs, and behind them the last cell, are one tensor: an entry of the tape has one result.
private struct LSTMRun: Sendable {
    let x: RecurrentInput
    let h: Tensor, c: Tensor
    let wx: Tensor, u: Tensor, bias: Tensor
    let steps: Int, batch: Int, hidden: Int
    /// Kept for the way back.
    let gates: Tensor, cells: Tensor, tanhs: Tensor, outputs: Tensor

    init(_ x: RecurrentInput, _ h: Tensor, _ c: Tensor, _ weights: RecurrentWeights, _ bias: Tensor) {
        (self.x, self.h, self.c, self.bias) = (x, h, c, bias)
        (wx, u) = (weights.input.packed, weights.recurrent.packed)
        (steps, batch, hidden) = (x.steps, h.shape[0], weights.hidden)
        gates = Tensor([steps, batch, 4 * hidden]) { _ in }
        cells = Tensor([steps, batch, hidden]) { _ in }
        tanhs = Tensor([steps, batch, hidden]) { _ in }
        outputs = Tensor([steps + 1, batch, hidden]) { _ in }
    }

    private var slab: Int { batch * hidden }

    func forward() -> Tensor {
        let loops = Loops.shared, width = 4 * hidden, u = PackedMatrix(u.matrix)
        x.multiply(by: wx, bias: bias, into: gates)
        for t in 0..<steps {
            let (before, cell) = t == 0 ? (h.floats, c.floats) : (outputs.floats + (t - 1) * slab, cells.floats + (t - 1) * slab)
            let gate = gates.floats + t * batch * width
            multiply(
                MatrixView(base: before, rows: batch, columns: hidden, rowStep: hidden), u, into: gate, row: width,
                Epilogue(adding: true))
            var job = lares_cell()
            (job.rows, job.hidden, job.gates, job.before) = (batch, hidden, gate, UnsafePointer(cell))
            (job.cell, job.out, job.tanh_cell) = (cells.floats + t * slab, outputs.floats + t * slab, tanhs.floats + t * slab)
            loops.pool.run(batch, loops.set.pointee.lstm, &job)
        }
        (outputs.floats + steps * slab).update(from: steps == 0 ? c.floats : cells.floats + (steps - 1) * slab, count: slab)
        return outputs
    }

    func backward(
        _ dy: Tensor, _ x: Tensor, _ h: Tensor, _ c: Tensor, _ weights: RecurrentWeights, _ gradients: inout Gradients
    ) {
        let dGates = Tensor(gates.shape) { _ in }
        let (dh, dc) = throughTime(dy, dGates)
        gradients.add(dc, to: c)
        gradients.add(dh, to: h)
        addWeights(dGates, x, weights, to: &gradients)
    }

    /// Gradients of the gates' sums, step by step from the last; returns those of the states before the first.
    private func throughTime(_ dy: Tensor, _ dGates: Tensor) -> (Tensor, Tensor) {
        let loops = Loops.shared, width = 4 * hidden
        let turned = PackedMatrix(u.matrix.transposed), dh = Tensor.zeros([batch, hidden]), dc = Tensor([batch, hidden]) { _ in }
        dc.floats.update(from: dy.floats + steps * slab, count: slab)
        for t in (0..<steps).reversed() {
            loops.set.pointee.add_scaled(dh.floats, dy.floats + t * slab, 1, slab)
            var job = lares_cell_back()
            (job.rows, job.hidden, job.gates) = (batch, hidden, UnsafePointer(gates.floats + t * batch * width))
            job.before = UnsafePointer(t == 0 ? c.floats : cells.floats + (t - 1) * slab)
            (job.tanh_cell, job.d_out) = (UnsafePointer(tanhs.floats + t * slab), UnsafePointer(dh.floats))
            (job.d_cell, job.d_gates) = (dc.floats, dGates.floats + t * batch * width)
            loops.pool.run(batch, loops.set.pointee.lstm_back, &job)
            let d = MatrixView(base: job.d_gates, rows: batch, columns: width, rowStep: width)
            multiply(d, turned, into: dh.floats, row: hidden)
        }
        return (dh, dc)
    }

    /// The weights' gradients, each one product over all steps.
    private func addWeights(_ dGates: Tensor, _ x: Tensor, _ weights: RecurrentWeights, to gradients: inout Gradients) {
        self.x.addGradients(dGates, of: weights.input, and: x, packedWeight: wx, to: &gradients)
        gradients.add(recurrentGradient(before: h, outputs, steps, dGates), to: weights.recurrent)
        let sums = dGates.sumOfRows()
        gradients.add(sums, to: weights.bias)
        gradients.add(sums, to: weights.recurrentBias)
    }
}

/// Σ h(t-1)ᵀ d(t): one product over all steps but the first, and the first on top.
private func recurrentGradient(before h: Tensor, _ outputs: Tensor, _ steps: Int, _ d: Tensor) -> Tensor {
    let hidden = h.shape[1], batch = h.shape[0], width = d.shape[2]
    return Tensor([hidden, width]) { out in
        guard steps > 0 else { return out.update(repeating: 0, count: hidden * width) }
        multiply(h.matrix.transposed, MatrixView(base: d.floats, rows: batch, columns: width, rowStep: width), into: out, row: width)
        guard steps > 1 else { return }
        let rows = (steps - 1) * batch
        let earlier = MatrixView(base: outputs.floats, rows: rows, columns: hidden, rowStep: hidden)
        let later = MatrixView(base: d.floats + batch * width, rows: rows, columns: width, rowStep: width)
        multiply(earlier.transposed, later, into: out, row: width, Epilogue(adding: true))
    }
}

/// A gated recurrent unit over whole sequences (Cho et al. 2014), the reset gate after the recurrent product as cuDNN and PyTorch have it.
/// - Parameters:
///   - x: `[time, batch, inputs]`
///   - h: the output before the first step, `[batch, hidden]`
/// - Returns: all outputs `[time, batch, hidden]`.
public func gru(_ x: Tensor, from h: Tensor, _ weights: RecurrentWeights) -> Tensor {
    weights.check(x.shape, [h], gates: 3)
    return gru(.vectors(x.packed), x, from: h, weights)
}

/// The same over rows of a table, `tokens` being `[time, batch]` and the table `[rows, inputs]`: `gru(table.rows(tokens), …)`, for less.
public func gru(_ tokens: Indices, in table: Tensor, from h: Tensor, _ weights: RecurrentWeights) -> Tensor {
    guard tokens.count > table.shape[0] else { return gru(table.rows(tokens), from: h, weights) }
    weights.check(tokens, table, [h], gates: 3)
    return gru(.rows(tokens, of: table.packed), table, from: h, weights)
}

private func gru(_ input: RecurrentInput, _ x: Tensor, from h: Tensor, _ weights: RecurrentWeights) -> Tensor {
    let run = GRURun(input, h.packed, weights)
    return run.forward().derived(fromAny: [x, h] + weights.all) { dy, gradients in run.backward(dy.packed, x, h, weights, &gradients) }
}

private struct GRURun: Sendable {
    let x: RecurrentInput
    let h: Tensor
    let wx: Tensor, u: Tensor, bias: Tensor, recurrentBias: Tensor
    let steps: Int, batch: Int, hidden: Int
    let gates: Tensor, candidates: Tensor, outputs: Tensor

    init(_ x: RecurrentInput, _ h: Tensor, _ weights: RecurrentWeights) {
        (self.x, self.h) = (x, h)
        (wx, u, bias, recurrentBias) = (weights.input.packed, weights.recurrent.packed, weights.bias.packed, weights.recurrentBias.packed)
        (steps, batch, hidden) = (x.steps, h.shape[0], weights.hidden)
        gates = Tensor([steps, batch, 3 * hidden]) { _ in }
        candidates = Tensor([steps, batch, hidden]) { _ in }
        outputs = Tensor([steps, batch, hidden]) { _ in }
    }

    private var slab: Int { batch * hidden }
    private var width: Int { 3 * hidden }
    private func before(_ t: Int) -> UnsafeMutablePointer<Float> { t == 0 ? h.floats : outputs.floats + (t - 1) * slab }

    func forward() -> Tensor {
        let loops = Loops.shared, recurrent = Tensor([batch, width]) { _ in }, u = PackedMatrix(u.matrix)
        x.multiply(by: wx, bias: bias, into: gates)
        for t in 0..<steps {
            let state = MatrixView(base: before(t), rows: batch, columns: hidden, rowStep: hidden)
            multiply(state, u, into: recurrent.floats, row: width, Epilogue(bias: UnsafePointer(recurrentBias.floats)))
            var job = lares_cell()
            (job.rows, job.hidden, job.gates, job.before) = (batch, hidden, gates.floats + t * batch * width, UnsafePointer(state.base))
            (job.out, job.recurrent, job.candidate) = (
                outputs.floats + t * slab, UnsafePointer(recurrent.floats), candidates.floats + t * slab
            )
            loops.pool.run(batch, loops.set.pointee.gru, &job)
        }
        return outputs
    }

    func backward(_ dy: Tensor, _ x: Tensor, _ h: Tensor, _ weights: RecurrentWeights, _ gradients: inout Gradients) {
        let (dGates, dRecurrent) = (Tensor(gates.shape) { _ in }, Tensor(gates.shape) { _ in })
        // Apart from `add`, which computes nothing for a state that no one asks for: the gates' gradients are made here.
        let dh = throughTime(dy, dGates, dRecurrent)
        gradients.add(dh, to: h)
        self.x.addGradients(dGates, of: weights.input, and: x, packedWeight: wx, to: &gradients)
        gradients.add(recurrentGradient(before: self.h, outputs, steps, dRecurrent), to: weights.recurrent)
        gradients.add(dGates.sumOfRows(), to: weights.bias)
        gradients.add(dRecurrent.sumOfRows(), to: weights.recurrentBias)
    }

    /// Writes the gradients of the gates' sums and of the recurrent parts, step by step from the last; returns that of the state before the first.
    private func throughTime(_ dy: Tensor, _ dGates: Tensor, _ dRecurrent: Tensor) -> Tensor {
        let loops = Loops.shared, turned = PackedMatrix(u.matrix.transposed)
        let dh = Tensor.zeros([batch, hidden]), next = Tensor([batch, hidden]) { _ in }
        for t in (0..<steps).reversed() {
            loops.set.pointee.add_scaled(dh.floats, dy.floats + t * slab, 1, slab)
            var job = lares_cell_back()
            (job.rows, job.hidden, job.gates) = (batch, hidden, UnsafePointer(gates.floats + t * batch * width))
            (job.before, job.candidate, job.d_out) = (
                UnsafePointer(before(t)), UnsafePointer(candidates.floats + t * slab), UnsafePointer(dh.floats)
            )
            (job.d_cell, job.d_gates, job.d_recurrent) = (
                next.floats, dGates.floats + t * batch * width, dRecurrent.floats + t * batch * width
            )
            loops.pool.run(batch, loops.set.pointee.gru_back, &job)
            let d = MatrixView(base: job.d_recurrent, rows: batch, columns: width, rowStep: width)
            multiply(d, turned, into: next.floats, row: hidden, Epilogue(adding: true))
            dh.floats.update(from: next.floats, count: slab)
        }
        return dh
    }
}
