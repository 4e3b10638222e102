import CLaresKernels

extension ComputePool {
    /// Attention in which every row of a span sees every other: encoders. Spans are sequences of the batch, one after another.
    public func encoderAttention(
        queries: Buffer, keys: Buffer, values: Buffer, spans: [Range<Int>], heads: Int, headDimension: Int, scale: Float,
        into a: Activations
    ) {
        let shape = AttentionShape(heads: heads, kvHeads: heads, headDimension: headDimension, scale: scale)
        precondition(shape.isSupported, "attention: unsupported shape \(shape)")
        for buffer in [queries, keys, values] { precondition(buffer.columns == shape.width, "attention: widths differ") }
        precondition(a.columns == shape.width, "attention: \(shape.width) values into rows of \(a.columns)")
        let rows = spans.last?.upperBound ?? 0
        for (i, span) in spans.enumerated() { precondition(span.lowerBound == (i == 0 ? 0 : spans[i - 1].upperBound), "spans have gaps") }
        precondition(rows <= min(queries.rows, keys.rows, values.rows), "\(rows) rows in smaller buffers")
        a.begin(rows)
        let encoder = EncoderLayer(queries: queries, keys: keys, values: values, spans: spans, shape: shape, kernels: kernels)
        let panels = encoder.panels()
        forEach(spans.count * heads) { i in encoder.packKeys(span: i / heads, head: i % heads, into: panels) }
        let blocks = spans.map { ($0.count + encoder.rowsPerTask - 1) / encoder.rowsPerTask }
        forEach(blocks.reduce(0, +) * heads) { item in
            var (span, block) = (0, item / heads)
            while block >= blocks[span] {
                block -= blocks[span]
                span += 1
            }
            encoder.run(span: span, block: block, head: item % heads, panels: panels, into: a)
        }
        forRows(rows, columns: a.columns) { row in a.finish(row, kernels: kernels) }
    }
}

private struct EncoderLayer {
    let queries: Buffer
    let keys: Buffer
    let values: Buffer
    let spans: [Range<Int>]
    let shape: AttentionShape
    let kernels: UnsafePointer<lares_kernel_set>
    /// Floats before the panels of each span.
    private let starts: [Int]
    private let total: Int

    init(
        queries: Buffer, keys: Buffer, values: Buffer, spans: [Range<Int>], shape: AttentionShape, kernels: UnsafePointer<lares_kernel_set>
    ) {
        self.queries = queries
        self.keys = keys
        self.values = values
        self.spans = spans
        self.shape = shape
        self.kernels = kernels
        var starts: [Int] = []
        var total = 0
        for span in spans {
            starts.append(total)
            total += EncoderLayer.padded(span.count) * shape.width
        }
        self.starts = starts
        self.total = total
    }

    var rowsPerTask: Int { Int(LARES_ROWS) }
    private static func padded(_ count: Int) -> Int { (count + panelRows - 1) / panelRows * panelRows }

    func panels() -> Buffer { Buffer(rows: 1, columns: total) }

    private func panel(_ span: Int, _ head: Int, _ panels: Buffer) -> UnsafeMutablePointer<Float> {
        panels.base + starts[span] + head * EncoderLayer.padded(spans[span].count) * shape.headDimension
    }

    /// Keys of one head as panels of 16 rows: [panel][dimension][16].
    func packKeys(span: Int, head: Int, into panels: Buffer) {
        let (target, dimension) = (panel(span, head, panels), shape.headDimension)
        for (i, row) in spans[span].enumerated() {
            let key = keys.base + row * keys.columns + head * dimension
            let column = target + i / panelRows * panelRows * dimension + i % panelRows
            for d in 0..<dimension { column[d * panelRows] = key[d] }
        }
    }

    func run(span: Int, block: Int, head: Int, panels: Buffer, into a: Activations) {
        let range = spans[span]
        let first = block * rowsPerTask
        let row = range.lowerBound + first
        let column = head * shape.headDimension
        var rows = lares_queries()
        rows.set = kernels
        rows.queries = UnsafePointer(queries.base + row * queries.columns + column)
        rows.query_stride = queries.columns
        rows.out = a.plain + row * a.columns + column
        rows.out_stride = a.columns
        rows.count = min(rowsPerTask, range.count - first)
        rows.heads = 1
        rows.both_ways = 1
        var job = lares_attend()
        job.head = shape.headDimension
        job.plain_keys = UnsafePointer(panel(span, head, panels))
        job.plain_values = UnsafePointer(values.base + range.lowerBound * values.columns + column)
        job.value_stride = values.columns
        job.to = Int32(range.count)
        job.scale = shape.scale
        lares_attend_queries(&rows, &job)
    }
}
