public import LaresNeural
public import LaresTensor

/// A decoder of the Llama family that learns: RMS norms, rotary places, gated feed-forward networks (Touvron et al. 2023).
///
/// What it learnt is written as a GGUF file, which the engine serves like any other model. Parameters have the names GGUF gives them.
public struct CausalTransformer: NextTokenModel {
    /// Sizes of the network.
    public let size: Size
    /// `[vocabulary, width]`
    public var embedding: Embedding
    /// The layers.
    public var blocks: [Block]
    /// Behind the last layer.
    public var norm: RMSNorm
    /// The output head; nil: the embedding itself.
    public var head: Linear?
    let rotation: Rotation

    /// Sizes of the network.
    public struct Size: Sendable, Hashable {
        /// Tokens, of which one is predicted.
        public var vocabulary: Int
        /// Numbers of a token between layers.
        public var width: Int
        /// How many layers.
        public var layers: Int
        /// Query heads, and key-value heads that they share evenly.
        public var heads: Int, keyValueHeads: Int
        /// Numbers of a head; even.
        public var headSize: Int
        /// Numbers inside a feed-forward network.
        public var feedForward: Int
        /// The longest sequence.
        public var context: Int
        /// Added to the mean square in norms.
        public var normEpsilon: Float = 1e-5
        /// The base of the angles' frequencies.
        public var ropeBase: Float = 10000

        /// Feed-forward networks are 8/3 as wide as the rest unless told otherwise, rounded up to 32.
        public init(vocabulary: Int, width: Int, layers: Int, heads: Int, feedForward: Int? = nil, context: Int) {
            (self.vocabulary, self.width, self.layers, self.heads, keyValueHeads) = (vocabulary, width, layers, heads, heads)
            self.feedForward = feedForward ?? (width * 8 / 3 + 31) / 32 * 32
            (headSize, self.context) = (width / heads, context)
        }
    }

    /// One layer: attention and a gated network, each behind a norm and around a short cut.
    public struct Block: Module {
        /// Before each part.
        public var attentionNorm: RMSNorm, feedForwardNorm: RMSNorm
        /// Without biases.
        public var query: Linear, key: Linear, value: Linear, output: Linear
        /// Without biases.
        public var gate: Linear, up: Linear, down: Linear

        init(_ size: Size, using random: inout SeededRandom) {
            func linear(_ inputs: Int, _ outputs: Int) -> Linear { Linear(inputs, outputs, hasBias: false, using: &random) }
            let (all, shared) = (size.heads * size.headSize, size.keyValueHeads * size.headSize)
            attentionNorm = RMSNorm(size.width, epsilon: size.normEpsilon)
            feedForwardNorm = attentionNorm
            (query, key, value, output) = (
                linear(size.width, all), linear(size.width, shared), linear(size.width, shared), linear(all, size.width)
            )
            (gate, up, down) = (
                linear(size.width, size.feedForward), linear(size.width, size.feedForward), linear(size.feedForward, size.width)
            )
        }

        /// Names its parts as GGUF does.
        public mutating func visit(_ visitor: inout some ParameterVisitor) {
            visitor.visit("attn_norm", &attentionNorm)
            visitor.visit("attn_q", &query)
            visitor.visit("attn_k", &key)
            visitor.visit("attn_v", &value)
            visitor.visit("attn_output", &output)
            visitor.visit("ffn_norm", &feedForwardNorm)
            visitor.visit("ffn_gate", &gate)
            visitor.visit("ffn_up", &up)
            visitor.visit("ffn_down", &down)
        }

        /// `[batch, time, width]`; `adapter` changes the linear maps.
        func callAsFunction(_ x: Tensor, _ size: Size, _ rotation: Rotation, _ adapter: LowRankBlock?) -> Tensor {
            let a = attentionNorm(x)
            let q = apply(query, a, adapter?.query).rotated(by: rotation, heads: size.heads)
            let k = apply(key, a, adapter?.key).rotated(by: rotation, heads: size.keyValueHeads)
            let v = apply(value, a, adapter?.value)
            let mixed = attention(q, shared(k, size), shared(v, size), heads: size.heads, mask: .causal)
            let y = x + apply(output, mixed, adapter?.output)
            let b = feedForwardNorm(y)
            return y + apply(down, silu(apply(gate, b, adapter?.gate)) * apply(up, b, adapter?.up), adapter?.down)
        }

        private func apply(_ map: Linear, _ x: Tensor, _ change: LowRankMap?) -> Tensor { change.map { map(x) + $0(x) } ?? map(x) }

        /// Keys or values, once for every query head.
        private func shared(_ x: Tensor, _ size: Size) -> Tensor {
            guard size.keyValueHeads != size.heads else { return x }
            let (batch, time, group) = (x.shape[0], x.shape[1], size.heads / size.keyValueHeads)
            let heads = x.reshaped([batch, time, size.keyValueHeads, 1, size.headSize]) + Tensor.zeros([1, 1, 1, group, 1])
            return heads.reshaped([batch, time, size.heads * size.headSize])
        }
    }

    /// A network that knows nothing: weights of a normal distribution of deviation 0.02, less into the short cuts (Radford et al. 2019).
    public init(_ size: Size, using random: inout SeededRandom) {
        self.size = size
        embedding = Embedding(size.vocabulary, size.width, deviation: 0.02, using: &random)
        var source = random
        blocks = (0..<size.layers).map { _ in Block(size, using: &source) }
        norm = RMSNorm(size.width, epsilon: size.normEpsilon)
        rotation = Rotation(places: size.context, frequencies: Rope(size: size.headSize, base: size.ropeBase).frequencies)
        let deep = 0.02 / Float(2 * size.layers).squareRoot()
        forEachParameter { name, parameter in
            guard parameter.shape.count == 2, name.hasPrefix("blk.") else { return }
            let isDeep = name.hasSuffix("attn_output.weight") || name.hasSuffix("ffn_down.weight")
            parameter = .normal(parameter.shape, deviation: isDeep ? deep : 0.02, using: &source)
        }
        random = source
    }

    /// Names its parts as GGUF does.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("token_embd", &embedding)
        visitor.visit("blk", &blocks)
        visitor.visit("output_norm", &norm)
        if var present = head.take() {
            visitor.visit("output", &present)
            head = present
        }
    }

    /// Logits of what comes next after each token: `[batch, time]` to `[batch, time, vocabulary]`. Traps past the context.
    public func callAsFunction(_ tokens: Indices) -> Tensor { logits(tokens, adapter: nil) }

    func logits(_ tokens: Indices, adapter: LowRankAdapter?) -> Tensor {
        var x = embedding(tokens)
        for (place, block) in blocks.enumerated() { x = block(x, size, rotation, adapter?.blocks[place]) }
        let y = norm(x)
        return head.map { $0(y) } ?? matmul(y, embedding.weight.transposed())
    }
}
