public import LaresNeural
public import LaresTensor

/// Two recurrent layers read the source, one from each end; a third writes the target, looking back at what was read (Bahdanau et al. 2015;
/// Luong et al. 2015). `RecurrentTranslator<LSTM>` or `RecurrentTranslator<GRU>`.
public struct RecurrentTranslator<Cell: RecurrentLayer>: Translator {
    /// Vectors of the symbols.
    public var source: Embedding, target: Embedding
    /// Readers of the source and of its reverse, and the writer.
    public var forward: Cell, backward: Cell, writer: Cell
    /// From both readers to the width of the writer: what it looks at, and how it begins.
    public var memory: Linear, start: Linear
    /// What was found and what was written, together; and the logits.
    public var mix: Linear, output: Linear
    /// On embeddings, on what the readers say and before the logits.
    public var dropout: Dropout

    /// One width throughout.
    public init(_ sources: Int, _ targets: Int, width: Int = 256, dropout: Float = 0, using random: inout SeededRandom) {
        source = Embedding(sources, width, deviation: 0.1, using: &random)
        target = Embedding(targets, width, deviation: 0.1, using: &random)
        forward = Cell(width, width, using: &random)
        backward = Cell(width, width, using: &random)
        writer = Cell(width, width, using: &random)
        memory = Linear(2 * width, width, using: &random)
        start = Linear(2 * width, width, using: &random)
        mix = Linear(2 * width, width, using: &random)
        output = Linear(width, targets, using: &random)
        self.dropout = Dropout(dropout)
    }

    /// Names its parts.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("source", &source)
        visitor.visit("target", &target)
        visitor.visit("forward", &forward)
        visitor.visit("backward", &backward)
        visitor.visit("writer", &writer)
        visitor.visit("memory", &memory)
        visitor.visit("start", &start)
        visitor.visit("mix", &mix)
        visitor.visit("output", &output)
        visitor.visit("dropout", &dropout)
    }

    /// The last of the time axis is what both readers ended with, from which the writer begins.
    public func read(_ source: Indices) -> Tensor {
        // A mask for the symbols, not for each place, leaves a table whose map the layers look up.
        let symbols = Embedding(dropout(self.source.weight)), tokens = source.transposed(), last = tokens.shape[0] - 1
        let turned = (0...last).reversed()
        let there = forward.outputs(over: tokens, in: symbols, after: nil)
        let back = backward.outputs(over: tokens.rows(turned), in: symbols, after: nil)
        let seen = memory(dropout(concatenated([there, back.rows(Indices(turned))], along: -1)))
        let end = start(concatenated([there.at(last), back.at(last)], along: -1), then: .tanh)
        return concatenated([seen, end.expanded(at: 0)]).transposed(0, 1)
    }

    /// Logits of what comes next.
    public func logits(_ written: Indices, memory: Tensor) -> Tensor {
        let time = memory.shape[1] - 1, symbols = Embedding(dropout(target.weight))
        let query = writer.outputs(over: written.transposed(), in: symbols, after: memory.at(time, along: 1)).transposed(0, 1)
        return says(query, over: memory.slice(0..<time, along: 1))
    }

    /// What was read, and what the writer carries.
    public func draft(of memory: Tensor) -> Draft {
        let time = memory.shape[1] - 1, read = memory.slice(0..<time, along: 1)
        // In one piece: attention would copy the slice for every symbol.
        return Draft(sources: [read.reshaped(read.shape)], written: writer.state(after: memory.at(time, along: 1)))
    }

    /// One step of the writer.
    public func next(_ symbols: [Int32], in draft: inout Draft) -> Tensor {
        draft.written = writer.step(target(Indices(symbols, [symbols.count])), from: draft.written)
        let keys = draft.sources[0], query = draft.written[0].reshaped([keys.shape[0], -1, keys.shape[2]])
        return says(query, over: keys).reshaped([symbols.count, -1])
    }

    /// Logits `[batch, time, symbols]` of outputs of the writer, which look back at what was read.
    private func says(_ query: Tensor, over keys: Tensor) -> Tensor {
        let found = attention(query, keys, keys, heads: 1)
        return output(dropout(mix(concatenated([found, query], along: -1), then: .tanh)))
    }
}
