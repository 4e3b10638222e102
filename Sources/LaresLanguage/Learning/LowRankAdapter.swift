public import LaresNeural
public import LaresTensor

/// A change of a linear map of low rank: x · down · up · scale (LoRA; Hu et al. 2022).
public struct LowRankMap: Module {
    /// `[inputs, rank]`
    public var down: Tensor
    /// `[rank, outputs]`; zero at first, so that nothing changes.
    public var up: Tensor
    /// alpha / rank.
    public let scale: Float

    init(_ inputs: Int, _ outputs: Int, rank: Int, alpha: Float, using random: inout SeededRandom) {
        down = .normal([inputs, rank], deviation: 1 / Float(inputs).squareRoot(), using: &random)
        up = .zeros([rank, outputs])
        scale = alpha / Float(rank)
    }

    init(down: Tensor, up: Tensor, scale: Float) { (self.down, self.up, self.scale) = (down, up, scale) }

    /// Names `down` and `up`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("down", &down)
        visitor.visit("up", &up)
    }

    /// What is added to the map's result.
    func callAsFunction(_ x: Tensor) -> Tensor { matmul(matmul(x, down), up) * scale }

    /// What is added to the map's weight.
    var merged: Tensor { matmul(down, up) * scale }
}

/// Changes of the linear maps of a layer; nil: none.
public struct LowRankBlock: Module {
    /// Of attention.
    public var query: LowRankMap?, key: LowRankMap?, value: LowRankMap?, output: LowRankMap?
    /// Of the feed-forward network.
    public var gate: LowRankMap?, up: LowRankMap?, down: LowRankMap?

    /// Names its maps as GGUF does.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        for (name, place) in Self.places {
            guard var map = self[keyPath: place].take() else { continue }
            visitor.visit(name, &map)
            self[keyPath: place] = map
        }
    }

    static var places: [(name: String, WritableKeyPath<LowRankBlock, LowRankMap?>)] {
        [
            ("attn_q", \.query), ("attn_k", \.key), ("attn_v", \.value), ("attn_output", \.output), ("ffn_gate", \.gate), ("ffn_up", \.up),
            ("ffn_down", \.down),
        ]
    }
}

/// Changes of low rank of every layer: all that a fine-tuning learns, and all that it has to keep.
public struct LowRankAdapter: Module {
    /// One for each layer.
    public var blocks: [LowRankBlock]
    /// Numbers between the two factors.
    public let rank: Int
    /// The changes are multiplied by alpha / rank.
    public let alpha: Float

    /// Which linear maps change.
    public enum Target: Sendable, Hashable, CaseIterable {
        /// Query and value, as the paper has it.
        case queryAndValue
        /// All of a layer.
        case all
    }

    /// Changes nothing until it learns.
    public init(_ network: CausalTransformer, rank: Int = 8, alpha: Float = 16, target: Target = .all, using random: inout SeededRandom) {
        (self.rank, self.alpha) = (rank, alpha)
        var source = random
        blocks = network.blocks.map { block in
            func change(_ map: Linear) -> LowRankMap {
                LowRankMap(map.weight.shape[0], map.weight.shape[1], rank: rank, alpha: alpha, using: &source)
            }
            var changes = LowRankBlock(query: change(block.query), value: change(block.value))
            guard target == .all else { return changes }
            (changes.key, changes.output) = (change(block.key), change(block.output))
            (changes.gate, changes.up, changes.down) = (change(block.gate), change(block.up), change(block.down))
            return changes
        }
        random = source
    }

    init(blocks: [LowRankBlock], rank: Int, alpha: Float) { (self.blocks, self.rank, self.alpha) = (blocks, rank, alpha) }

    /// Names its layers as GGUF does.
    public mutating func visit(_ visitor: inout some ParameterVisitor) { visitor.visit("blk", &blocks) }
}

/// A network that stays as it is, with changes that learn: the module to fine-tune.
///
/// ```swift
/// var tuned = AdaptedTransformer(network, LowRankAdapter(network, using: &random))
/// let (loss, gradient) = valueAndGradient(at: tuned) { crossEntropy($0(batch.inputs), batch.labels) }
/// ```
public struct AdaptedTransformer: NextTokenModel {
    /// Not among the parameters.
    public let network: CausalTransformer
    /// The parameters.
    public var adapter: LowRankAdapter

    /// An adapter for that network; others trap.
    public init(_ network: CausalTransformer, _ adapter: LowRankAdapter) {
        precondition(
            adapter.blocks.count == network.blocks.count, "an adapter of \(adapter.blocks.count) layers for \(network.blocks.count)")
        (self.network, self.adapter) = (network, adapter)
    }

    /// The adapter's parameters only.
    public mutating func visit(_ visitor: inout some ParameterVisitor) { adapter.visit(&visitor) }

    /// Logits of what comes next: `[batch, time]` to `[batch, time, vocabulary]`.
    public func callAsFunction(_ tokens: Indices) -> Tensor { network.logits(tokens, adapter: adapter) }

    /// The network with the changes added to its weights.
    public var merged: CausalTransformer {
        var result = network
        for (place, changes) in adapter.blocks.enumerated() {
            result.blocks[place].add(changes)
        }
        return result
    }
}

extension CausalTransformer.Block {
    fileprivate mutating func add(_ changes: LowRankBlock) {
        func add(_ change: LowRankMap?, to map: inout Linear) {
            if let change { map.weight = map.weight + change.merged }
        }
        add(changes.query, to: &query)
        add(changes.key, to: &key)
        add(changes.value, to: &value)
        add(changes.output, to: &output)
        add(changes.gate, to: &gate)
        add(changes.up, to: &up)
        add(changes.down, to: &down)
    }
}
