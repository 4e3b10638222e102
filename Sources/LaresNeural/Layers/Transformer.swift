import Glibc
public import LaresTensor

/// Attention of several heads (Vaswani et al. 2017).
public struct MultiHeadAttention: Module {
    /// Projections `[width, width]`.
    public var query: Linear, key: Linear, value: Linear, output: Linear
    /// How many heads share the width.
    public let heads: Int

    /// A width that the heads divide.
    public init(_ width: Int, heads: Int, using random: inout SeededRandom) {
        demand(heads > 0 && width % heads == 0, "\(heads) heads don't divide a width of \(width)")
        (query, key) = (Linear(width, width, using: &random), Linear(width, width, using: &random))
        (value, output) = (Linear(width, width, using: &random), Linear(width, width, using: &random))
        self.heads = heads
    }

    /// Names `query`, `key`, `value` and `output`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("query", &query)
        visitor.visit("key", &key)
        visitor.visit("value", &value)
        visitor.visit("output", &output)
    }

    /// Queries from `x`, keys and values from `memory` (itself when nil), all `[batch, time, width]`.
    public func callAsFunction(_ x: Tensor, over memory: Tensor? = nil, mask: AttentionMask = .none) -> Tensor {
        if memory == nil, x.count >= query.weight.count { return output(attention(joined(x), heads: heads, mask: mask)) }
        let source = memory ?? x
        return output(attention(query(x), key(source), value(source), heads: heads, mask: mask))
    }

    /// Keys and values of places `[batch, time, width]`, each of that shape: computed once where many queries come one after another.
    public struct Known: Sendable {
        /// What queries are compared with, and what they find.
        public var keys: Tensor, values: Tensor

        /// Those of `keys` and `values` of one shape.
        public init(keys: Tensor, values: Tensor) { (self.keys, self.values) = (keys, values) }

        /// With later places behind these.
        func joined(_ later: Known) -> Known {
            Known(keys: concatenated([keys, later.keys], along: 1), values: concatenated([values, later.values], along: 1))
        }
    }

    /// Keys and values of `x` `[batch, time, width]`.
    public func known(_ x: Tensor) -> Known { Known(keys: key(x), values: value(x)) }

    /// Queries from `x` `[batch, time, width]` over places that are known.
    public func callAsFunction(_ x: Tensor, over known: Known) -> Tensor {
        output(attention(query(x), known.keys, known.values, heads: heads))
    }

    /// Query, key and value side by side, by one product: for many places that is less work than three, for few the weights' copy is more.
    private func joined(_ x: Tensor) -> Tensor {
        let maps = [query, key, value]
        return linear(x, concatenated(maps.map(\.weight), along: 1), concatenated(maps.map { $0.bias ?? .zeros([$0.weight.shape[1]]) }))
    }
}

/// Two linear maps with a function between them, for each position.
public struct FeedForward: Layer {
    /// To the wider layer, and back.
    public var up: Linear, down: Linear
    /// The function between.
    public let function: Nonlinearity

    /// Four times as wide inside unless told otherwise.
    public init(_ width: Int, hidden: Int? = nil, function: Nonlinearity = .gelu, using random: inout SeededRandom) {
        up = Linear(width, hidden ?? 4 * width, using: &random)
        down = Linear(hidden ?? 4 * width, width, using: &random)
        self.function = function
    }

    /// Names `up` and `down`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("up", &up)
        visitor.visit("down", &down)
    }

    /// `[…, width]`
    public func callAsFunction(_ x: Tensor) -> Tensor { down(up(x, then: function)) }
}

/// Self-attention and a feed-forward network, each after a norm and around a short cut (pre-norm; Xiong et al. 2020).
///
/// With a causal mask it is the block of GPT-2.
public struct TransformerEncoderBlock: Module {
    /// Self-attention.
    public var attention: MultiHeadAttention
    /// The network behind it.
    public var feedForward: FeedForward
    /// Norms before each.
    public var attentionNorm: LayerNorm, feedForwardNorm: LayerNorm
    /// After each.
    public var dropout: Dropout

    /// A block of one width throughout.
    public init(
        _ width: Int, heads: Int, hidden: Int? = nil, function: Nonlinearity = .gelu, dropout: Float = 0, using random: inout SeededRandom
    ) {
        attention = MultiHeadAttention(width, heads: heads, using: &random)
        feedForward = FeedForward(width, hidden: hidden, function: function, using: &random)
        (attentionNorm, feedForwardNorm) = (LayerNorm(width), LayerNorm(width))
        self.dropout = Dropout(dropout)
    }

    /// Names its parts.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("attention", &attention)
        visitor.visit("feedForward", &feedForward)
        visitor.visit("attentionNorm", &attentionNorm)
        visitor.visit("feedForwardNorm", &feedForwardNorm)
        visitor.visit("dropout", &dropout)
    }

    /// `[batch, time, width]`
    public func callAsFunction(_ x: Tensor, mask: AttentionMask = .none) -> Tensor {
        let y = x + dropout(attention(attentionNorm(x), mask: mask))
        return y + dropout(feedForward(feedForwardNorm(y)))
    }
}

/// Causal self-attention, attention over an encoder's result, and a feed-forward network, each after a norm and around a short cut.
public struct TransformerDecoderBlock: Module {
    /// Over what was written so far.
    public var attention: MultiHeadAttention
    /// Over the encoder's result.
    public var memoryAttention: MultiHeadAttention
    /// The network behind them.
    public var feedForward: FeedForward
    /// Norms before each.
    public var attentionNorm: LayerNorm, memoryNorm: LayerNorm, feedForwardNorm: LayerNorm
    /// After each.
    public var dropout: Dropout

    /// A block of one width throughout.
    public init(
        _ width: Int, heads: Int, hidden: Int? = nil, function: Nonlinearity = .gelu, dropout: Float = 0, using random: inout SeededRandom
    ) {
        attention = MultiHeadAttention(width, heads: heads, using: &random)
        memoryAttention = MultiHeadAttention(width, heads: heads, using: &random)
        feedForward = FeedForward(width, hidden: hidden, function: function, using: &random)
        (attentionNorm, memoryNorm, feedForwardNorm) = (LayerNorm(width), LayerNorm(width), LayerNorm(width))
        self.dropout = Dropout(dropout)
    }

    /// Names its parts.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("attention", &attention)
        visitor.visit("memoryAttention", &memoryAttention)
        visitor.visit("feedForward", &feedForward)
        visitor.visit("attentionNorm", &attentionNorm)
        visitor.visit("memoryNorm", &memoryNorm)
        visitor.visit("feedForwardNorm", &feedForwardNorm)
        visitor.visit("dropout", &dropout)
    }

    /// `[batch, time, width]`; `memoryMask` says which of the memory is padding.
    public func callAsFunction(_ x: Tensor, over memory: Tensor, memoryMask: AttentionMask = .none) -> Tensor {
        var y = x + dropout(attention(attentionNorm(x), mask: .causal))
        y = y + dropout(memoryAttention(memoryNorm(y), over: memory, mask: memoryMask))
        return y + dropout(feedForward(feedForwardNorm(y)))
    }

    /// One more place `[rows, 1, width]` of sequences of which keys and values are `known`; nil before the first. What it gives is that place of the
    /// whole, without computing the others again.
    /// - Parameter memory: of `memoryAttention`, for sequences that stand beside equally many rows each, one after another.
    public func next(_ x: Tensor, after known: inout MultiHeadAttention.Known?, over memory: MultiHeadAttention.Known) -> Tensor {
        let own = attentionNorm(x), new = attention.known(own), all = known?.joined(new) ?? new
        known = all
        var y = x + dropout(attention(own, over: all))
        let side = memoryNorm(y).reshaped([memory.keys.shape[0], -1, x.shape[2]])
        y = y + dropout(memoryAttention(side, over: memory).reshaped(y.shape))
        return y + dropout(feedForward(feedForwardNorm(y)))
    }
}

/// Sines and cosines that tell places apart (Vaswani et al. 2017), `[places, width]`.
public func positionalEncoding(_ places: Int, _ width: Int) -> Tensor {
    Tensor(
        (0..<(places * width)).map { i in
            let (place, column) = (Double(i / width), i % width)
            let angle = place * pow(10000, -Double(column / 2 * 2) / Double(width))
            return Float(column % 2 == 0 ? sin(angle) : cos(angle))
        }, [places, width])
}
