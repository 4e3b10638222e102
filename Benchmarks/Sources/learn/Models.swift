import LaresNeural
import LaresTensor

/// An LSTM that reads, one that writes, and attention from the second to the first.
struct SequenceToSequence: Module {
    var source: Embedding, target: Embedding
    var encoder: LSTM, decoder: LSTM
    var output: Linear

    init(tokens: Int, hidden: Int, using random: inout SeededRandom) {
        (source, target) = (Embedding(tokens, hidden, using: &random), Embedding(tokens, hidden, using: &random))
        (encoder, decoder) = (LSTM(hidden, hidden, using: &random), LSTM(hidden, hidden, using: &random))
        output = Linear(2 * hidden, tokens, using: &random)
    }

    mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("source", &source)
        visitor.visit("target", &target)
        visitor.visit("encoder", &encoder)
        visitor.visit("decoder", &decoder)
        visitor.visit("output", &output)
    }

    func callAsFunction(_ read: Indices, _ written: Indices) -> Tensor {
        let (memory, state) = encoder(read, in: source)
        let query = decoder(written, in: target, from: state).outputs.transposed(0, 1), keys = memory.transposed(0, 1)
        return output(concatenated([query, attention(query, keys, keys, heads: 1)], along: -1))
    }
}

/// A causal transformer as GPT-2 has it.
struct SmallGPT: Module {
    var tokens: Embedding, places: Embedding
    var blocks: [TransformerEncoderBlock]
    var norm: LayerNorm
    var head: Linear

    init(tokens count: Int, width: Int, layers: Int, length: Int, using random: inout SeededRandom) {
        (tokens, places) = (Embedding(count, width, using: &random), Embedding(length, width, using: &random))
        blocks = []
        for _ in 0..<layers { blocks.append(TransformerEncoderBlock(width, heads: 8, using: &random)) }
        norm = LayerNorm(width)
        head = Linear(width, count, hasBias: false, using: &random)
    }

    mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("tokens", &tokens)
        visitor.visit("places", &places)
        visitor.visit("blocks", &blocks)
        visitor.visit("norm", &norm)
        visitor.visit("head", &head)
    }

    func callAsFunction(_ text: Indices) -> Tensor {
        head(norm(blocks.reduce(tokens(text) + places.weight) { $1($0, mask: .causal) }))
    }
}
