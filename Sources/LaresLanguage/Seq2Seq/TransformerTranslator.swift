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

    /// One width throughout; sequences of at most `longest` symbols, longer ones trap.
    public init(
        _ sources: Int, _ targets: Int, width: Int = 256, layers: Int = 3, heads: Int = 4, dropout: Float = 0, longest: Int = 128,
        using random: inout SeededRandom
    ) {
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

    private func placed(_ x: Tensor) -> Tensor {
        precondition(x.shape[1] <= places.shape[0], "a sequence of \(x.shape[1]) symbols; at most \(places.shape[0]) have places")
        return x + places.slice(0..<x.shape[1])
    }
}

extension Indices {
    /// Sequences `[batch, time]` with their end behind them.
    fileprivate var ended: Indices {
        let time = shape[1]
        return Indices((0..<shape[0]).flatMap { values[($0 * time)..<(($0 + 1) * time)] + [SymbolTable.end] }, [shape[0], time + 1])
    }
}
