public import LaresNeural
public import LaresTensor

/// An LSTM reads the source both ways, another writes the target, looking back at what was read (Bahdanau et al. 2015; Luong et al. 2015).
public struct RecurrentTranslator: Translator {
    /// Vectors of the symbols.
    public var source: Embedding, target: Embedding
    /// Readers of the source and of its reverse, and the writer.
    public var forward: LSTM, backward: LSTM, writer: LSTM
    /// From both readers to the width of the writer: what it looks at, and how it begins.
    public var memory: Linear, start: Linear
    /// What was found and what was written, together; and the logits.
    public var mix: Linear, output: Linear
    /// On embeddings and before the logits.
    public var dropout: Dropout

    /// One width throughout.
    public init(_ sources: Int, _ targets: Int, width: Int = 256, dropout: Float = 0, using random: inout SeededRandom) {
        source = Embedding(sources, width, deviation: 0.1, using: &random)
        target = Embedding(targets, width, deviation: 0.1, using: &random)
        forward = LSTM(width, width, using: &random)
        backward = LSTM(width, width, using: &random)
        writer = LSTM(width, width, using: &random)
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
        let time = source.shape[1], turned = Indices(Array((0..<time).reversed()))
        let x = dropout(self.source(source)).transposed(0, 1)
        let (there, first) = forward(x)
        let (back, last) = backward(x.rows(turned))
        let seen = memory(concatenated([there, back.rows(turned)], along: -1))
        let end = start(concatenated([first.output, last.output], along: -1), then: .tanh)
        return concatenated([seen, end.expanded(at: 0)]).transposed(0, 1)
    }

    /// Logits of what comes next.
    public func logits(_ written: Indices, memory: Tensor) -> Tensor {
        let time = memory.shape[1] - 1, begin = memory.at(time, along: 1)
        let x = dropout(target(written)).transposed(0, 1)
        let query = writer(x, from: LSTM.State(output: begin, cell: .zeros(begin.shape))).outputs.transposed(0, 1)
        let keys = memory.slice(0..<time, along: 1)
        let found = attention(query, keys, keys, heads: 1)
        return output(dropout(mix(concatenated([found, query], along: -1), then: .tanh)))
    }
}
