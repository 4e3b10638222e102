public import LaresNeural
public import LaresTensor

/// Reads and writes by attention alone (Vaswani et al. 2017).
public struct TransformerTranslator: Translator {
    /// Vectors of the symbols.
    public var source: Embedding, target: Embedding
    /// Layers that read, and layers that write.
    public var reader: [TransformerEncoderBlock], writer: [TransformerDecoderBlock]
    /// Behind them.
    public var readerNorm: LayerNorm, writerNorm: LayerNorm
    /// The logits.
    public var output: Linear
    private let places: Tensor

    /// One width throughout, and at least one layer; sequences of at most `longest` symbols, longer ones trap.
    public init(
        _ sources: Int, _ targets: Int, width: Int = 256, layers: Int = 3, heads: Int = 4, dropout: Float = 0, longest: Int = 128,
        using random: inout SeededRandom
    ) {
        precondition(layers > 0, "a translator of \(layers) layers")
        var drawn = random
        source = Embedding(sources, width, using: &drawn)
        target = Embedding(targets, width, using: &drawn)
        reader = (0..<layers).map { _ in TransformerEncoderBlock(width, heads: heads, dropout: dropout, using: &drawn) }
        writer = (0..<layers).map { _ in TransformerDecoderBlock(width, heads: heads, dropout: dropout, using: &drawn) }
        (readerNorm, writerNorm) = (LayerNorm(width), LayerNorm(width))
        output = Linear(width, targets, using: &drawn)
        places = positionalEncoding(longest + 1, width)
        random = drawn
    }

    /// Names its parts.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("source", &source)
        visitor.visit("target", &target)
        visitor.visit("reader", &reader)
        visitor.visit("writer", &writer)
        visitor.visit("readerNorm", &readerNorm)
        visitor.visit("writerNorm", &writerNorm)
        visitor.visit("output", &output)
    }

    /// What it keeps of the source and of its end, which says how long it is.
    public func read(_ source: Indices) -> Tensor {
        readerNorm(reader.reduce(placed(self.source(source.ended))) { x, block in block(x) })
    }

    /// Logits of what comes next.
    public func logits(_ written: Indices, memory: Tensor) -> Tensor {
        output(writerNorm(writer.reduce(placed(target(written))) { x, block in block(x, over: memory) }))
    }

    /// Keys and values of what was read, layer by layer.
    public func draft(of memory: Tensor) -> Draft {
        Draft(sources: writer.map { $0.memoryAttention.known(memory) }.flatMap { [$0.keys, $0.values] })
    }

    /// One more place of every layer; its keys and values join those before it.
    public func next(_ symbols: [Int32], in draft: inout Draft) -> Tensor {
        typealias Known = MultiHeadAttention.Known
        let place = draft.written.first?.shape[1] ?? 0
        check(place + 1)
        var x = (target(Indices(symbols, [symbols.count])) + places.at(place)).expanded(at: 1), written: [Tensor] = []
        for (layer, block) in writer.enumerated() {
            let (keys, values) = (2 * layer, 2 * layer + 1)
            var known = place == 0 ? nil : Known(keys: draft.written[keys], values: draft.written[values])
            x = block.next(x, after: &known, over: Known(keys: draft.sources[keys], values: draft.sources[values]))
            written += known.map { [$0.keys, $0.values] } ?? []
        }
        draft.written = written
        return output(writerNorm(x)).at(0, along: 1)
    }

    private func placed(_ x: Tensor) -> Tensor {
        check(x.shape[1])
        return x + places.slice(0..<x.shape[1])
    }

    private func check(_ count: Int) {
        precondition(count <= places.shape[0], "a sequence of \(count) symbols; at most \(places.shape[0]) have places")
    }
}

extension Indices {
    /// Sequences `[batch, time]` with their end behind them.
    fileprivate var ended: Indices {
        let time = shape[1]
        return Indices((0..<shape[0]).flatMap { values[($0 * time)..<(($0 + 1) * time)] + [SymbolTable.end] }, [shape[0], time + 1])
    }
}
