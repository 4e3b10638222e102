import CLaresKernels

extension ComputePool {
    /// The most tokens of a text that `encoderAttention` takes.
    public static let longestText = Int(LARES_TEXT)

    /// Attention in which every row of a span sees every other: encoders. Spans are texts of the batch, one after another.
    ///
    /// Both of its products are of words, as those of matrices made with `Matrix.Form.words`.
    public func encoderAttention(
        queries: Buffer, keys: Buffer, values: Buffer, spans: [Range<Int>], heads: Int, headDimension: Int, scale: Float,
        scratch: AttentionScratch, into a: Activations
    ) {
        let shape = AttentionShape(heads: heads, kvHeads: heads, headDimension: headDimension, scale: scale)
        precondition(shape.isSupported, "attention: unsupported shape \(shape)")
        for buffer in [queries, keys, values] { precondition(buffer.columns == shape.width, "attention: widths differ") }
        precondition(a.columns == shape.width, "attention: \(shape.width) values into rows of \(a.columns)")
        let rows = spans.last?.upperBound ?? 0
        for (i, span) in spans.enumerated() {
            precondition(span.lowerBound == (i == 0 ? 0 : spans[i - 1].upperBound), "spans have gaps")
            precondition(span.count <= Self.longestText, "a text of \(span.count) tokens")
        }
        precondition(rows <= min(queries.rows, keys.rows, values.rows), "\(rows) rows in smaller buffers")
        a.begin(rows)
        let sizes = spans.map { lares_text_bytes($0.count, headDimension) }
        let starts = sizes.indices.reduce(into: [0]) { $0.append($0[$1] + heads * sizes[$1]) }
        let panels = UnsafeMutableRawPointer(scratch.reserve(starts[sizes.count] / MemoryLayout<Float>.stride))
        forEach(spans.count * heads) { item in
            let (span, head) = item.quotientAndRemainder(dividingBy: heads)
            let (first, column) = (spans[span].lowerBound, head * headDimension)
            let start = first * shape.width + column
            var text = lares_text(
                set: kernels, queries: queries.base + start, keys: keys.base + start, values: values.base + start, stride: shape.width,
                tokens: spans[span].count, head: headDimension, scale: scale, out: a.plain + start, out_stride: shape.width,
                panels: (panels + starts[span] + head * sizes[span]).assumingMemoryBound(to: UInt8.self))
            lares_attend_text(&text)
        }
        forRows(rows, columns: a.columns) { row in a.finish(row, kernels: kernels) }
    }
}
