import CLaresKernels

/// The rows of word vectors in training, and the loop that trains them. Threads share the rows without locks (Hogwild, Niu et al. 2011):
/// on one thread a seed gives the same bits, on several nearly the same vectors.
package final class WordVectorKernel {
    /// Lists of rows, one after another: those of item i are `rows[starts[i]..<starts[i + 1]]`.
    package struct Lists: Sendable {
        package var starts: [UInt32] = [0]
        package var rows: [UInt32] = []
        package init() {}

        /// Ends the list of the next item.
        package mutating func append(_ list: some Sequence<UInt32>) {
            rows += list
            starts.append(UInt32(rows.count))
        }
    }

    /// What a word's outputs are told apart by.
    package enum Outputs {
        /// `count` words drawn from a table (Walker 1977): of a place below its threshold of 2³² itself, else the other word.
        case negatives(count: Int, draws: [(threshold: UInt32, other: UInt32)])
        /// Nodes of a binary tree, and beside each whether the path turns to the second child there.
        case paths(Lists, branches: [Bool])
    }

    /// How training goes. Words are 0..<keep.count.
    package struct Plan {
        /// The mean of a window tells its middle (CBOW); else each word of it does (skip-gram).
        package var isBag: Bool
        /// Words to each side, 1...127.
        package var window: Int
        /// A word of the text stays when 32 random bits are at most this.
        package var keep: [UInt32]
        package var outputs: Outputs
        /// Rows of n-grams of each word, those of `inputs`; nil without.
        package var grams: Lists?

        package init(isBag: Bool, window: Int, keep: [UInt32], outputs: Outputs, grams: Lists? = nil) {
            self.isBag = isBag
            self.window = window
            self.keep = keep
            self.outputs = outputs
            self.grams = grams
        }
    }

    /// Most floats of a vector.
    package static let mostDimensions = Int(LARES_WORD_DIMENSIONS)
    /// Most outputs of a word.
    package static let mostOutputs = Int(LARES_WORD_OUTPUTS)
    /// Rows of words, then of n-grams; columns past the dimensions are zero.
    package let inputs: Buffer
    /// Rows of words or of the tree's inner nodes.
    package let outputs: Buffer
    private let pool: ComputePool
    private let kept: FixedArray<UInt32>
    private let draws: FixedArray<lares_alias>
    private let branches: FixedArray<UInt8>
    private let paths: FixedLists
    private let grams: FixedLists?
    private let isBag: Bool
    private let window: Int
    private let negatives: Int

    /// Input rows begin evenly spread within ± `spread`, outputs at zero. Sizes out of bounds trap.
    package init(
        _ plan: Plan, dimensions: Int, buckets: Int, spread: Float, pool: ComputePool, using random: inout some RandomNumberGenerator
    ) {
        precondition((1...WordVectorKernel.mostDimensions).contains(dimensions) && (1...127).contains(plan.window))
        let stride = (dimensions + 15) / 16 * 16
        (isBag, window, self.pool) = (plan.isBag, plan.window, pool)
        inputs = Buffer(rows: plan.keep.count + buckets, columns: stride)
        outputs = Buffer(rows: plan.keep.count, columns: stride)
        kept = FixedArray(plan.keep)
        grams = plan.grams.map(FixedLists.init)
        switch plan.outputs {
        case .negatives(let count, let table):
            precondition((1..<WordVectorKernel.mostOutputs).contains(count) && table.count == plan.keep.count)
            draws = FixedArray(table.map { lares_alias(threshold: $0.threshold, other: $0.other) })
            (negatives, branches, paths) = (count, FixedArray([]), FixedLists(Lists()))
        case .paths(let lists, let turns):
            precondition(lists.starts.count == plan.keep.count + 1 && turns.count == lists.rows.count)
            (negatives, branches, paths) = (0, FixedArray(turns.map { $0 ? 1 : 0 }), FixedLists(lists))
            draws = FixedArray([])
        }
        for row in 0..<inputs.rows {
            let values = inputs[row]
            for column in 0..<dimensions { values[column] = (Float(random.next() >> 40) * 0x1p-23 - 1) * spread }
        }
    }

    /// Trains on parts of a text, each by one thread as threads become free.
    ///
    /// - Parameters:
    ///   - tokens: Words of the plan; a negative number ends a sentence.
    ///   - ends: Part i is `tokens[ends[i]..<ends[i + 1]]`.
    ///   - rate: Learning rate.
    ///   - seed: Names the random numbers of the first part; the next ones count on from it.
    /// - Returns: The sum of the losses of some predictions, and how many these were.
    package func train(_ tokens: [Int32], ends: [Int], rate: Float, seed: UInt64) -> (loss: Double, predictions: Int) {
        let parts = ends.count - 1
        guard parts > 0 else { return (0, 0) }
        precondition(zip(ends, ends.dropFirst()).allSatisfy { 0 <= $0 && $0 <= $1 && $1 <= tokens.count })
        var model = model
        let losses = FixedArray([Double](repeating: 0, count: parts)), counts = FixedArray([UInt64](repeating: 0, count: parts))
        let ends = FixedArray(ends)
        tokens.withUnsafeBufferPointer { tokens in
            withUnsafePointer(to: &model) { model in
                var round = lares_word_round(
                    model: model, tokens: tokens.baseAddress, ends: ends.base, seed: seed, rate: rate, losses: losses.base,
                    counts: counts.base)
                pool.run(parts, pool.kernels.pointee.learn.pointee.word_vectors, &round)
            }
        }
        return (losses.array.reduce(0, +), Int(counts.array.reduce(0, +)))
    }

    /// Whether no number of the rows is infinite or NaN.
    package var isFinite: Bool { [inputs, outputs].allSatisfy { rows in rows.all.allSatisfy { $0.isFinite } } }

    /// Puts rows back that `inputs.all` and `outputs.all` were once. Others trap.
    package func restore(inputs rows: [Float], outputs: [Float]) {
        precondition(rows.count == inputs.all.count && outputs.count == self.outputs.all.count, "rows of another training")
        _ = inputs.all.update(fromContentsOf: rows)
        _ = self.outputs.all.update(fromContentsOf: outputs)
    }

    private var model: lares_word_model {
        lares_word_model(
            stride: inputs.columns, inputs: inputs.base, outputs: outputs.base, words: UInt32(kept.count), window: UInt32(window),
            negatives: UInt32(negatives), bag: isBag ? 1 : 0, keep: kept.base, draws: draws.base, paths: paths.lists,
            branches: branches.base, grams: grams?.lists ?? lares_row_lists())
    }

    /// One step on rows of its own, for tests: the outputs after it, and what the inputs should move by.
    package static func step(
        inputs: [[Float]], outputs: [[Float]], labels: [Float], rate: Float, kernels name: String? = nil
    ) -> (outputs: [[Float]], changes: [[Float]])? {
        guard let set = name.map({ lares_kernels_named($0) }) ?? lares_kernels(), let width = inputs.first?.count else { return nil }
        precondition(width % 16 == 0 && inputs.count <= LARES_WORD_INPUTS && outputs.count <= LARES_WORD_OUTPUTS)
        let rows = FixedArray(inputs.flatMap { $0 }), out = FixedArray(outputs.flatMap { $0 }), errors = FixedArray(inputs.flatMap { $0 })
        var step = lares_word_step()
        (step.stride, step.inputs, step.outputs, step.rate, step.errors) = (width, inputs.count, outputs.count, rate, errors.base)
        withUnsafeMutableBytes(of: &step.in) { pointers in
            let pointers = pointers.bindMemory(to: UnsafePointer<Float>?.self)
            for i in inputs.indices { pointers[i] = UnsafePointer(rows.base + i * width) }
        }
        withUnsafeMutableBytes(of: &step.out) { pointers in
            let pointers = pointers.bindMemory(to: UnsafeMutablePointer<Float>?.self)
            for i in outputs.indices { pointers[i] = out.base + i * width }
        }
        withUnsafeMutableBytes(of: &step.labels) { bytes in
            let floats = bytes.bindMemory(to: Float.self)
            for i in labels.indices { floats[i] = labels[i] }
        }
        set.pointee.learn.pointee.word_step(&step)
        func split(_ all: [Float]) -> [[Float]] { stride(from: 0, to: all.count, by: width).map { Array(all[$0..<($0 + width)]) } }
        return (split(out.array), split(errors.array))
    }
}

/// Elements that stay where they are, for C to read and write.
private final class FixedArray<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    init(_ elements: [Element]) {
        count = elements.count
        base = .allocate(capacity: max(1, elements.count))
        base.initialize(from: elements, count: elements.count)
    }

    deinit { base.deallocate() }

    var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}

private final class FixedLists {
    private let starts, rows: FixedArray<UInt32>
    init(_ lists: WordVectorKernel.Lists) { (starts, rows) = (FixedArray(lists.starts), FixedArray(lists.rows)) }
    var lists: lares_row_lists { lares_row_lists(starts: starts.base, rows: rows.base) }
}
