import CLaresKernels

extension ComputePool {
    /// Causal attention over a paged cache, from the outputs of the three projections to the input of the output matrix.
    ///
    /// Normalises heads (`queryNorm`, `keyNorm`), turns them by `rotary`, writes the keys and values of all rows into the pages, attends
    /// and quantises. `queries` and `keys` are overwritten. A row's result depends on its own sequence only, bit for bit.
    public func attention(
        queries: Buffer, keys: Buffer, values: Buffer, spans: [SequenceSpan], cache: KVPages, shape: AttentionShape, rotary: RotaryTable?,
        queryNorm: [Float]?, keyNorm: [Float]?, epsilon: Float, scratch: AttentionScratch, into a: Activations
    ) {
        precondition(shape.isSupported, "attention: unsupported shape \(shape)")
        precondition(
            queries.columns == shape.width && keys.columns == shape.kvWidth && values.columns == shape.kvWidth, "attention: widths differ")
        precondition(a.columns == shape.width, "attention: \(shape.width) values into rows of \(a.columns)")
        precondition((queryNorm?.count ?? shape.headDimension) == shape.headDimension, "queryNorm: not a head's length")
        precondition((keyNorm?.count ?? shape.headDimension) == shape.headDimension, "keyNorm: not a head's length")
        precondition((rotary?.frequencies.count ?? 0) * 2 <= shape.headDimension, "rotary: more values than a head has")
        let rows = check(spans, against: cache, rows: min(queries.rows, keys.rows, values.rows), shape: shape)
        a.begin(rows)
        let layer = CachedLayer(cache: cache, shape: shape, kernels: kernels)
        scratch.place(spans)
        let places = scratch.places
        forRows(rows, columns: queries.columns + 2 * keys.columns) { row in
            layer.prepare(queries.base + row * queries.columns, row, queryNorm, rotary, epsilon)
            layer.store(keys.base + row * keys.columns, values.base + row * keys.columns, row, places[row], keyNorm, rotary, epsilon)
        }
        attend(queries, spans, layer, scratch, a)
        forRows(rows, columns: a.columns) { row in a.finish(row, kernels: kernels) }
    }

    /// Rows of the batch; traps on spans that don't tile them or pages outside the arena.
    private func check(_ spans: [SequenceSpan], against cache: KVPages, rows: Int, shape: AttentionShape) -> Int {
        var next = 0
        for span in spans {
            precondition(span.firstRow == next && span.count > 0 && span.position >= 0, "spans don't follow one another")
            next += span.count
            let pages = (span.position + span.count + KVPages.tokens - 1) / KVPages.tokens
            precondition(pages <= span.pages.count, "\(span.pages.count) pages for \(span.position + span.count) positions")
            let needed = shape.window.map { max(0, span.position - $0 + 1) / KVPages.tokens } ?? 0
            for page in span.pages[needed..<pages] { precondition(page < cache.pageCount, "page \(page) of \(cache.pageCount)") }
        }
        precondition(next <= rows, "\(next) rows in buffers of \(rows)")
        return next
    }

    private func attend(_ queries: Buffer, _ spans: [SequenceSpan], _ layer: CachedLayer, _ scratch: AttentionScratch, _ a: Activations) {
        let plan = AttentionPlan(spans: spans, shape: layer.shape, threads: threads)
        plan.fill(&scratch.tasks)
        let tasks = scratch.tasks
        let parts = scratch.reserve(plan.partFloats(tasks))
        forEach(tasks.count) { i in layer.run(tasks[i], spans[tasks[i].span], queries, parts, a) }
        var i = 0
        while i < tasks.count {
            var end = i + 1
            guard tasks[i].part >= 0 else {
                i = end
                continue
            }
            while end < tasks.count, tasks[end].from > tasks[i].from { end += 1 }
            layer.merge(tasks[i..<end], spans[tasks[i].span], parts, a)
            i = end
        }
    }
}

/// How the work of a step is cut: blocks of queries that share a key head, and, when those are too few to keep the threads busy, keys
/// in chunks of 256 whose results are merged in order.
struct AttentionPlan {
    let spans: [SequenceSpan]
    let shape: AttentionShape
    let threads: Int

    private var queriesPerTask: Int { max(1, Int(LARES_ROWS) / shape.group) }

    func fill(_ tasks: inout [AttentionTask]) {
        tasks.removeAll(keepingCapacity: true)
        let whole = spans.reduce(0) { $0 + ($1.count + queriesPerTask - 1) / queriesPerTask } * shape.kvHeads
        let splits = whole < 4 * threads
        for (index, span) in spans.enumerated() {
            // The last queries see the most keys: first, so that no thread starts them when the others are done.
            for first in stride(from: (span.count - 1) / queriesPerTask * queriesPerTask, through: 0, by: -queriesPerTask) {
                let count = min(queriesPerTask, span.count - first)
                let position = span.position + first
                let from = (shape.window.map { max(0, position - $0 + 1) } ?? 0) / chunk * chunk
                let to = position + count
                for head in 0..<shape.kvHeads {
                    let task = AttentionTask(span: index, first: first, count: count, head: head, from: from, to: to, part: -1)
                    if splits && to - from > chunk { split(task, into: &tasks) } else { tasks.append(task) }
                }
            }
        }
    }

    private func split(_ task: AttentionTask, into tasks: inout [AttentionTask]) {
        for from in stride(from: task.from, to: task.to, by: chunk) {
            var part = task
            part.from = from
            part.to = min(task.to, from + chunk)
            part.part = tasks.count
            tasks.append(part)
        }
    }

    /// Floats the parts of all tasks take: rows of a head, then a maximum and a sum per row.
    func partFloats(_ tasks: [AttentionTask]) -> Int { tasks.contains { $0.part >= 0 } ? tasks.count * partStride(shape) : 0 }
}

private let chunk = Int(LARES_CHUNK)
private func partStride(_ shape: AttentionShape) -> Int { Int(LARES_ROWS) * (shape.headDimension + 2) }

/// The cache of one layer as the kernels see it.
struct CachedLayer {
    let cache: KVPages
    let shape: AttentionShape
    let kernels: UnsafePointer<lares_kernel_set>

    private func turn(_ x: UnsafeMutablePointer<Float>, _ row: Int, _ norm: [Float]?, _ rotary: RotaryTable?, _ epsilon: Float) {
        if let norm { kernels.pointee.rms_norm(x, norm, epsilon, shape.headDimension, x) }
        guard let rotary else { return }
        let (cosines, pairs) = (rotary.cosines(row), rotary.frequencies.count)
        kernels.pointee.rotate(x, cosines, cosines + pairs, pairs, rotary.pairing == .interleaved ? 1 : 0)
    }

    /// Turns the queries of one row, and rounds them: scores are products of halves, as keys are. That is what ggml computes.
    func prepare(_ queries: UnsafeMutablePointer<Float>, _ row: Int, _ norm: [Float]?, _ rotary: RotaryTable?, _ epsilon: Float) {
        for head in 0..<shape.heads {
            let q = queries + head * shape.headDimension
            turn(q, row, norm, rotary, epsilon)
            kernels.pointee.round_half(q, shape.headDimension)
        }
    }

    /// Turns the keys of one row and writes them and its values where they belong.
    func store(
        _ keys: UnsafeMutablePointer<Float>, _ values: UnsafePointer<Float>, _ row: Int, _ place: CachePlace, _ norm: [Float]?,
        _ rotary: RotaryTable?, _ epsilon: Float
    ) {
        for head in 0..<shape.kvHeads {
            let (k, v) = (keys + head * shape.headDimension, values + head * shape.headDimension)
            turn(k, row, norm, rotary, epsilon)
            write(key: k, value: v, page: Int(place.page), head: head, slot: place.slot)
        }
    }

    private func write(key: UnsafePointer<Float>, value: UnsafePointer<Float>, page: Int, head: Int, slot: Int) {
        let dimension = shape.headDimension
        let start = (page * shape.kvHeads + head) * dimension * KVPages.tokens
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: dimension) { half in
            guard let bits = half.baseAddress else { return }
            kernels.pointee.to_half(key, bits, dimension)
            lares_write_key(bits, dimension, slot, cache.keys + start)
        }
        kernels.pointee.to_half(value, cache.values + start + slot * dimension, dimension)
    }

    func run(_ task: AttentionTask, _ span: SequenceSpan, _ queries: Buffer, _ parts: UnsafeMutablePointer<Float>, _ a: Activations) {
        let row = span.firstRow + task.first
        let column = task.head * shape.group * shape.headDimension
        let part = task.part >= 0 ? parts + task.part * partStride(shape) : nil
        var block = lares_queries()
        block.set = kernels
        block.queries = UnsafePointer(queries.base + row * queries.columns + column)
        block.query_stride = queries.columns
        block.out = part ?? (a.plain + row * a.columns + column)
        block.out_stride = part == nil ? a.columns : shape.group * shape.headDimension
        block.count = task.count
        block.heads = shape.group
        block.position = Int32(span.position + task.first)
        block.window = Int32(clamping: shape.window ?? 0)
        span.pages.withUnsafeBufferPointer { pages in
            var job = self.job(task, pages)
            if let part {
                job.maximum = part + Int(LARES_ROWS) * shape.headDimension
                job.sum = job.maximum + Int(LARES_ROWS)
            }
            lares_attend_queries(&block, &job)
        }
    }

    private func job(_ task: AttentionTask, _ pages: UnsafeBufferPointer<UInt32>) -> lares_attend {
        var job = lares_attend()
        let head = task.head * shape.headDimension * KVPages.tokens
        job.head = shape.headDimension
        job.keys = UnsafePointer(cache.keys + head)
        job.values = UnsafePointer(cache.values + head)
        job.page_stride = KVPages.elements(kvHeads: shape.kvHeads, headDimension: shape.headDimension)
        job.pages = pages.baseAddress
        job.from = Int32(task.from)
        job.to = Int32(task.to)
        job.scale = shape.scale
        return job
    }

    /// Merges the parts of one block of queries in the order of their keys and finishes its rows.
    func merge(_ tasks: ArraySlice<AttentionTask>, _ span: SequenceSpan, _ parts: UnsafeMutablePointer<Float>, _ a: Activations) {
        guard let task = tasks.first else { return }
        let (rows, dimension) = (Int(LARES_ROWS), shape.headDimension)
        for r in 0..<(task.count * shape.group) {
            let head = task.head * shape.group + r % shape.group
            let out = a.plain + (span.firstRow + task.first + r / shape.group) * a.columns + head * dimension
            var (maximum, sum) = (Float(0), Float(0))
            for part in tasks {
                let source = parts + part.part * partStride(shape)
                let state = source + rows * dimension
                kernels.pointee.merge(out, &maximum, &sum, source + r * dimension, state[r], state[rows + r], dimension)
            }
            kernels.pointee.scale(out, sum > 0 ? 1 / sum : 0, dimension)
        }
    }
}
