public import LaresTensor

/// The sizes and switches of one decoder-only transformer, read from a file and checked.
///
/// Shapes used everywhere: `T` tokens of a pass, `C` width, `H` query heads, `G` key-value heads, `D` head size, `F` feed-forward size, `V` vocabulary.
public struct DecoderConfiguration: Sendable, Hashable {
    /// The architecture as the file names it, such as `llama`.
    public var family: String
    /// Number of transformer layers.
    public var layers: Int
    /// C, the width of the residual stream.
    public var width: Int
    /// F, the inner width of the feed-forward part.
    public var feedForward: Int
    /// H, the number of query heads.
    public var heads: Int
    /// G, the number of key and value heads; `heads` is a multiple of it.
    public var keyValueHeads: Int
    /// D, the size of one head.
    public var headSize: Int
    /// The longest sequence the model was trained for, in tokens.
    public var contextLength: Int
    /// Added to the mean square in RMS normalisation.
    public var normEpsilon: Float
    /// Which pairs of a head rotary embedding turns.
    public var pairing: RotaryTable.Pairing
    /// Rotary embedding of the layers that see everything.
    public var rope: Rope
    /// Rotary embedding of the layers with a sliding window; nil: the same.
    public var localRope: Rope?
    /// The gate of the feed-forward part.
    public var activation: Activation = .silu
    /// Multiplies the token embeddings.
    public var embeddingScale: Float = 1
    /// Multiplies query · key before the softmax.
    public var attentionScale: Float
    /// Tokens a local layer looks back, itself included; nil: no layer is local.
    public var slidingWindow: Int?
    /// Of so many layers in a row the last one sees everything; used with `slidingWindow`.
    public var windowPattern = 1

    /// The window of a layer, or nil when it sees everything.
    public func window(ofLayer layer: Int) -> Int? {
        (layer + 1).isMultiple(of: windowPattern) ? nil : slidingWindow
    }

    /// The rotary embedding of a layer.
    public func rope(ofLayer layer: Int) -> Rope {
        window(ofLayer: layer) == nil ? rope : localRope ?? rope
    }

    /// Reads what all families have in common. Throws `GGUFError`.
    init(_ metadata: GGUFMetadata, family: Family, ropeFactors: [Float]?) throws {
        let values = FamilyMetadata(metadata, prefix: family.architecture)
        self.family = family.architecture
        layers = try values.size("block_count", 1...512)
        width = try values.size("embedding_length", 1...65536)
        feedForward = try values.size("feed_forward_length", 1...1_048_576)
        heads = try values.size("attention.head_count", 1...1024)
        keyValueHeads = try values.size("attention.head_count_kv", 1...1024, default: heads)
        headSize = try values.size("attention.key_length", 2...1024, default: max(2, width / heads))
        contextLength = try values.size("context_length", 1...16_777_216)
        normEpsilon = try values.number("attention.layer_norm_rms_epsilon", 0...1)
        pairing = family.pairing
        activation = family.activation
        attentionScale = 1 / Float(headSize).squareRoot()
        let ropeSize = try values.size("rope.dimension_count", 2...1024, default: headSize)
        rope = try Rope(values, size: ropeSize, contextLength: contextLength, factors: ropeFactors)
        try check(values, ropeSize: ropeSize)
        try family.configure(&self, values)
    }

    private func check(_ values: FamilyMetadata, ropeSize: Int) throws {
        func demand(_ condition: Bool, _ message: String) throws {
            if !condition { throw GGUFError(.unsupportedModel, message) }
        }
        try demand(heads.isMultiple(of: keyValueHeads), "\(heads) query heads cannot share \(keyValueHeads) key-value heads evenly")
        try demand(headSize.isMultiple(of: 2), "a head size of \(headSize) is odd; rotary embedding needs pairs")
        try demand(
            ropeSize <= headSize && ropeSize.isMultiple(of: 2), "rotary embedding over \(ropeSize) of \(headSize) values is not possible")
        let valueSize = try values.size("attention.value_length", 1...1024, default: headSize)
        try demand(valueSize == headSize, "value heads of \(valueSize) beside key heads of \(headSize) are not supported")
        let experts = try values.size("expert_count", 0...1_000_000, default: 0)
        try demand(experts == 0, "mixtures of experts (\(experts) experts) are not supported; choose a dense model")
    }
}

/// Metadata under the prefix of a family, with ranges.
struct FamilyMetadata {
    let all: GGUFMetadata
    let prefix: String

    init(_ all: GGUFMetadata, prefix: String) {
        self.all = all
        self.prefix = prefix
    }

    func key(_ name: String) -> String { "\(prefix).\(name)" }

    func size(_ name: String, _ range: ClosedRange<Int>, default fallback: Int? = nil) throws -> Int {
        let value = try all.intIfPresent(key(name)) ?? fallback ?? all.int(key(name))
        guard range.contains(value) else {
            throw GGUFError(.outOfRange, "'\(key(name))' is \(value); \(range.lowerBound) to \(range.upperBound) can be used")
        }
        return value
    }

    func number(_ name: String, _ range: ClosedRange<Float>, default fallback: Float? = nil) throws -> Float {
        let value = try all.floatIfPresent(key(name)) ?? fallback ?? all.float(key(name))
        guard range.contains(value) else {
            throw GGUFError(.outOfRange, "'\(key(name))' is \(value); \(range.lowerBound) to \(range.upperBound) can be used")
        }
        return value
    }
}
