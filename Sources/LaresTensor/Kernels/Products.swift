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

    var kind: lares_activation {
        switch self {
        case .silu: LARES_SILU
        case .geluTanh: LARES_GELU_TANH
        case .geluErf: LARES_GELU_ERF
        }
    }
}

extension ComputePool {
    /// All products in one fork-join. Each output adds its blocks in one order, so it doesn't depend on the rows beside it.
    public func matmul<let count: Int>(_ a: Activations, _ products: InlineArray<count, Product>) {
        for index in products.indices { precondition(a.count <= products[index].output.rows, "more rows than the output has") }
        guard a.count > 0 else { return }
        withUnsafeTemporaryAllocation(of: lares_product.self, capacity: count) { jobs in
            for index in products.indices { jobs[index] = job(products[index], a) }
            withBias(of: products, from: 0, jobs) {
                var all = lares_products(products: jobs.baseAddress, rows: a.count)
                run(jobs.reduce(0) { $0 + $1.panels }, lares_product_panel, &all)
            }
        }
        extendLifetime((a, products))
    }

    /// Gives every job the bias of its product, good until `body` returns.
    private func withBias<let count: Int>(
        of products: InlineArray<count, Product>, from index: Int, _ jobs: UnsafeMutableBufferPointer<lares_product>, _ body: () -> Void
    ) {
        guard index < count else { return body() }
        guard let bias = products[index].bias else { return withBias(of: products, from: index + 1, jobs, body) }
        bias.withUnsafeBufferPointer {
            jobs[index].output.bias = $0.baseAddress
            withBias(of: products, from: index + 1, jobs, body)
        }
    }

    func job(_ product: Product, _ a: Activations) -> lares_product {
        var job = job(product.matrix, a)
        job.output.out = product.output.base
        job.output.stride = product.output.columns
        job.output.adding = product.adding ? 1 : 0
        return job
    }

    private func job(_ matrix: Matrix, _ a: Activations, adding change: Buffer?) -> lares_product {
        guard let change else { return job(matrix, a) }
        precondition(a.count <= change.rows, "\(a.count) rows beside \(change.rows)")
        return job(Product(matrix, into: change, adding: true), a)
    }

    private func job(_ matrix: Matrix, _ a: Activations) -> lares_product {
        lares_product(
            weights: matrix.panel(0), panel_bytes: matrix.panelBytes, panels: matrix.panels, width: matrix.panelRows,
            outputs: matrix.rows, kernel: kernel(matrix), input: a.view(for: matrix), output: lares_output())
    }

    /// `h = activation(gate · a) ∘ (up · a)`, quantised for the matrix that follows (Shazeer 2020: SwiGLU, GEGLU); `changes` are added to the
    /// two products.
    /// - Precondition: the hidden size is a multiple of 32.
    public func gatedFeedForward(
        _ a: Activations, gate: Matrix, up: Matrix, activation: Activation, changes: (gate: Buffer, up: Buffer)? = nil, into h: Activations
    ) {
        precondition(gate.rows == up.rows, "gate has \(gate.rows) rows, up has \(up.rows)")
        feed(a, gate: gate, up: up, bias: nil, activation, changes, into: h)
    }

    /// `h = activation(up · a + bias)`, quantised for the matrix that follows.
    /// - Precondition: the hidden size is a multiple of 32.
    public func feedForward(_ a: Activations, up: Matrix, bias: [Float]?, activation: Activation, into h: Activations) {
        precondition(bias.map { $0.count == up.rows } ?? true, "a bias of another length than \(up.rows)")
        feed(a, gate: nil, up: up, bias: bias, activation, nil, into: h)
    }

    private func feed(
        _ a: Activations, gate: Matrix?, up: Matrix, bias: [Float]?, _ activation: Activation, _ changes: (gate: Buffer, up: Buffer)?,
        into h: Activations
    ) {
        precondition(up.rows == h.columns, "\(up.rows) outputs into rows of \(h.columns)")
        h.begin(a.count)
        guard a.count > 0 else { return }
        var job = h.feedForward
        job.set = kernels
        job.activation = activation.kind
        job.rows = a.count
        job.up = self.job(up, a, adding: changes?.up)
        if let gate { job.gate = self.job(gate, a, adding: changes?.gate) }
        (bias ?? []).withUnsafeBufferPointer {
            job.up.output.bias = bias == nil ? nil : $0.baseAddress
            run(up.rows / blockColumns, lares_feed_forward_block, &job)
        }
        extendLifetime((a, gate, up, changes, h))
    }

    func kernel(_ matrix: Matrix) -> lares_matmul { kernel(matrix.layout) }

    func kernel(_ layout: lares_layout) -> lares_matmul {
        withUnsafePointer(to: kernels.pointee.matmul) { table in
            UnsafeRawPointer(table).assumingMemoryBound(to: lares_matmul.self)[Int(layout.rawValue)]
        }
    }
}
