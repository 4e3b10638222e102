import LaresTensor

/// What a language model takes, known from its checked file before it is loaded. Sizes are in bytes.
public struct LanguageModelNeeds: Sendable, Hashable {
    /// Its repacked weights.
    public var weightBytes: Int
    /// One page of its cache: `KVCache.pageTokens` positions over all layers.
    public var pageBytes: Int
    /// The activations of a cache's steps; rows that are never used cost nothing.
    public var workspaceBytes: Int
    /// One row of logits.
    public var logitBytes: Int
    /// The longest sequence, in tokens.
    public var contextLength: Int
}

extension LanguageModel {
    /// What the model of a file will take. Throws `GGUFError` where loading it would.
    public static func needs(of file: GGUFFile) throws -> LanguageModelNeeds {
        let tensors = try DecoderTensors(file)
        let shape = tensors.configuration
        try WeightLoader.checkAttention(shape)
        for tensor in tensors.matrices { try WeightLoader.check(tensor) }
        let page = KVPages.elements(kvHeads: shape.keyValueHeads, headDimension: shape.headSize)
        return LanguageModelNeeds(
            weightBytes: tensors.matrices.reduce(0) { $0 + Matrix.byteCount(type: $1.type, rows: $1.rows, columns: $1.columns) },
            pageBytes: 2 * page * MemoryLayout<UInt16>.stride * shape.layers, workspaceBytes: Workspace.byteCount(tensors),
            logitBytes: tensors.vocabularySize * MemoryLayout<Float>.stride, contextLength: shape.contextLength)
    }
}

extension DecoderTensors {
    /// The matrices that are repacked.
    var matrices: [GGUFTensor] { [head] + layers.flatMap(\.matrices) }
}

extension DecoderTensors.Layer {
    /// What meets the normalised stream.
    var inputs: [GGUFTensor] { [query, key, value].map(\.weight) + [gate, up] }
    var matrices: [GGUFTensor] { inputs + [output, down].map(\.weight) }
}

extension Workspace {
    /// Bytes of the workspace of a model that is not loaded.
    static func byteCount(_ tensors: DecoderTensors) -> Int {
        let (shape, layers) = (tensors.configuration, tensors.layers)
        let (queries, keys) = (shape.heads * shape.headSize, shape.keyValueHeads * shape.headSize)
        func activations(_ columns: Int, rows: Int = capacity, for matrices: [GGUFTensor]) -> Int {
            Activations.byteCount(rows: rows, columns: columns, quantised: matrices.contains { $0.type.isQuantised })
        }
        let parts = layers.contains { $0.attentionOutputNorm != nil } ? 2 : 1
        let turned = 2 * (shape.rope.frequencies.count + (shape.localRope?.frequencies.count ?? 0))
        return capacity * (parts * shape.width + queries + 2 * keys + turned) * MemoryLayout<Float>.stride
            + activations(shape.width, for: layers.flatMap(\.inputs)) + activations(queries, for: layers.map(\.output.weight))
            + activations(shape.feedForward, for: layers.map(\.down.weight))
            + activations(shape.width, rows: LogitRows.chunk, for: [tensors.head])
    }
}
