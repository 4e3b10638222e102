import CLaresKernels

/// One matrix of a `matmul` and where its outputs go.
public struct Product {
    let matrix: Matrix
    let output: Buffer
    let bias: [Float]?
    let adding: Bool

    /// `output[row] = matrix · a[row] + bias`, or `+=` when `adding`.
    public init(_ matrix: Matrix, into output: Buffer, bias: [Float]? = nil, adding: Bool = false) {
        precondition(output.columns == matrix.rows, "\(matrix.rows) outputs into rows of \(output.columns)")
        precondition(bias.map { $0.count == matrix.rows } ?? true, "a bias of another length than \(matrix.rows)")
        self.matrix = matrix
        self.output = output
        self.bias = bias
        self.adding = adding
    }
}

/// Nonlinearity of a feed-forward block.
public enum Activation: Sendable, Hashable {
    /// x · sigmoid(x)
    case silu
    /// GELU by tanh (Hendrycks & Gimpel 2016)
    case geluTanh
    /// GELU by the error function
    case geluErf
    /// GELU by tanh with input and output rounded to half precision, the table ggml computes with
    case geluTanhHalf

    var kind: lares_activation {
        switch self {
        case .silu: LARES_SILU
        case .geluTanh: LARES_GELU_TANH
        case .geluErf: LARES_GELU_ERF
        case .geluTanhHalf: LARES_GELU_TANH_HALF
        }
    }
}

extension ComputePool {
    /// All products in one fork-join. Each output adds its blocks in one order, so it doesn't depend on the rows beside it.
    public func matmul(_ a: Activations, _ products: [Product]) {
        let views = products.map { a.view(for: $0.matrix) }
        for product in products { precondition(a.count <= product.output.rows, "\(a.count) rows into \(product.output.rows)") }
        guard a.count > 0 else { return }
        forEach(products.reduce(0) { $0 + $1.matrix.panels }) { item in
            var (index, panel) = (0, item)
            while panel >= products[index].matrix.panels {
                panel -= products[index].matrix.panels
                index += 1
            }
            multiply(products[index], panel, views[index], rows: a.count)
        }
    }

    private func multiply(_ product: Product, _ panel: Int, _ view: lares_activations, rows: Int) {
        let first = panel * panelRows
        var view = view
        func run(_ bias: UnsafePointer<Float>?) {
            var output = lares_output(
                out: product.output.base + first, stride: product.output.columns, bias: bias, adding: product.adding ? 1 : 0,
                valid: Int32(min(panelRows, product.matrix.rows - first)))
            kernel(product.matrix)(product.matrix.panel(panel), &view, rows, &output)
        }
        if let bias = product.bias { bias.withUnsafeBufferPointer { run($0.baseAddress! + first) } } else { run(nil) }
    }

    /// `h = activation(gate · a) ∘ (up · a)`, quantised for the matrix that follows (Shazeer 2020: SwiGLU, GEGLU).
    /// - Precondition: the hidden size is a multiple of 32.
    public func gatedFeedForward(_ a: Activations, gate: Matrix, up: Matrix, activation: Activation, into h: Activations) {
        precondition(gate.rows == up.rows, "gate has \(gate.rows) rows, up has \(up.rows)")
        feed(a, gate: gate, up: up, bias: nil, activation, into: h)
    }

    /// `h = activation(up · a + bias)`, quantised for the matrix that follows.
    /// - Precondition: the hidden size is a multiple of 32.
    public func feedForward(_ a: Activations, up: Matrix, bias: [Float]?, activation: Activation, into h: Activations) {
        precondition(bias.map { $0.count == up.rows } ?? true, "a bias of another length than \(up.rows)")
        feed(a, gate: nil, up: up, bias: bias, activation, into: h)
    }

    private func feed(_ a: Activations, gate: Matrix?, up: Matrix, bias: [Float]?, _ activation: Activation, into h: Activations) {
        precondition(up.rows == h.columns, "\(up.rows) outputs into rows of \(h.columns)")
        h.begin(a.count)
        guard a.count > 0 else { return }
        let (gateView, upView) = (gate.map { a.view(for: $0) }, a.view(for: up))
        forEach(up.rows / blockColumns) { block in
            withUnsafePointer(to: upView) { upInput in
                withOptionalPointer(to: gateView) { gateInput in
                    withOptionalBase(of: bias) { bias in
                        var job = h.feedForward(block: block)
                        job.set = kernels
                        job.up = (up.panel(2 * block), up.panel(2 * block + 1))
                        job.up_product = kernel(up)
                        job.up_input = upInput
                        if let gate {
                            job.gate = (gate.panel(2 * block), gate.panel(2 * block + 1))
                            job.gate_product = kernel(gate)
                            job.gate_input = gateInput
                        }
                        job.bias = bias.map { $0 + block * blockColumns }
                        job.activation = activation.kind
                        lares_feed_forward_rows(&job, a.count)
                    }
                }
            }
        }
    }

    func kernel(_ matrix: Matrix) -> lares_matmul {
        withUnsafePointer(to: kernels.pointee.matmul) { table in
            UnsafeRawPointer(table).assumingMemoryBound(to: lares_matmul.self)[Int(matrix.layout.rawValue)]
        }
    }
}

extension Activations {
    /// A feed-forward job whose destination is block `block` of every row.
    fileprivate func feedForward(block: Int) -> lares_feed_forward {
        var job = lares_feed_forward()
        if quantised {
            let target = blocks(of: 0)
            (job.q, job.d, job.s, job.rounded, job.sums) = (target.q, target.d, target.s, target.rounded, target.sums)
        }
        job.plain = isPlain ? plain : nil
        job.columns = columns
        job.block = block
        return job
    }
}

private func withOptionalPointer<T>(to value: T?, _ body: (UnsafePointer<T>?) -> Void) {
    if let value { withUnsafePointer(to: value) { body($0) } } else { body(nil) }
}

private func withOptionalBase(of array: [Float]?, _ body: (UnsafePointer<Float>?) -> Void) {
    if let array { array.withUnsafeBufferPointer { body($0.baseAddress) } } else { body(nil) }
}
