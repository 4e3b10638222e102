package import LaresTensor

/// The fast decoder: weights repacked for this processor, and a step for a whole batch of sequences.
package final class Decoder: Sendable {
    struct Layer: Sendable {
        let attentionNorm, feedForwardNorm: [Float]
        let query, key, value, output, down: Linear
        let gate, up: Matrix
        let queryNorm, keyNorm: [Float]?
        let attentionOutputNorm, feedForwardOutputNorm: [Float]?
        let attention: AttentionShape
        let isLocal: Bool
    }

    /// A repacked matrix with the bias it may have.
    struct Linear: Sendable {
        let matrix: Matrix
        let bias: [Float]?

        func product(into buffer: Buffer, adding: Bool = false) -> Product {
            Product(matrix, into: buffer, bias: bias, adding: adding)
        }
    }

    package let configuration: DecoderConfiguration
    package let vocabularySize: Int
    let pool: ComputePool
    let layers: [Layer]
    let outputNorm: [Float]
    let head: OutputHead
    private let embedding: Embedding

    /// Where token embeddings come from: the head when tied, else straight from the mapped file, a row at a time.
    private enum Embedding: Sendable {
        case head
        case file(GGUFTensor)
    }

    /// How numbers meet weights.
    package enum Precision: Sendable {
        /// Weights as stored, activations rounded to 8 bits in blocks of 32: what serves.
        case stored
        /// Weights unpacked to single precision, activations not rounded: the engine without its largest source of noise, for tests.
        case single
    }

    /// Repacks the weights of a checked file; the pages of the file are given back as it goes. Throws `GGUFError`.
    package convenience init(_ file: GGUFFile, pool: ComputePool, precision: Precision = .stored) throws {
        try self.init(DecoderTensors(file), of: file, pool: pool, precision: precision)
    }

    /// The same for tensors that were found in the file before.
    package init(_ tensors: DecoderTensors, of file: GGUFFile, pool: ComputePool, precision: Precision = .stored) throws {
        configuration = tensors.configuration
        vocabularySize = tensors.vocabularySize
        self.pool = pool
        let loader = WeightLoader(file: file, pool: pool, precision: precision)
        outputNorm = tensors.outputNorm
        head = OutputHead(try loader.matrix(tensors.head))
        embedding = tensors.isTied ? .head : .file(tensors.embedding)
        try WeightLoader.checkAttention(tensors.configuration)
        layers = try tensors.layers.enumerated().map { try loader.layer($1, index: $0, shape: tensors.configuration) }
        file.dropPages()
    }

    /// Bytes of the repacked weights.
    package var weightBytes: Int {
        head.matrix.byteCount + layers.reduce(0) { $0 + $1.matrices.reduce(0) { $0 + $1.byteCount } }
    }

    /// Bytes of weights that a step of one token reads, when estimates of the logits do.
    package var stepBytes: Int { weightBytes - head.matrix.byteCount + head.estimateBytes }

    /// Bytes of one page of a cache over all layers.
    package var bytesPerPage: Int {
        let elements = KVPages.elements(kvHeads: configuration.keyValueHeads, headDimension: configuration.headSize)
        return 2 * elements * MemoryLayout<UInt16>.stride * configuration.layers
    }

    package func makeCache(pages: Int) -> KVCache { KVCache(pages: pages, decoder: self) }

    /// Writes the scaled embedding of a token.
    func embed(_ token: Token, into row: UnsafeMutableBufferPointer<Float>) {
        guard let start = row.baseAddress else { return }
        switch embedding {
        case .head: head.matrix.decodeRow(Int(token), into: start)
        case .file(let tensor):
            let length = tensor.bytes.count / tensor.rows
            let first = Int(token) * length
            tensor.type.decode(UnsafeRawBufferPointer(rebasing: tensor.bytes[first..<(first + length)]), into: row)
        }
        if configuration.embeddingScale != 1 {
            for i in row.indices { row[i] *= configuration.embeddingScale }
        }
    }
}

extension Decoder.Layer {
    var matrices: [Matrix] { [query, key, value, output, down].map(\.matrix) + [gate, up] }
}

/// Turns checked tensors into repacked weights.
struct WeightLoader {
    let file: GGUFFile
    let pool: ComputePool
    let precision: Decoder.Precision

    func matrix(_ tensor: GGUFTensor) throws -> Matrix {
        if precision == .single { return try unpacked(tensor) }
        try Self.check(tensor)
        return try Matrix(tensor.bytes, type: tensor.type, rows: tensor.rows, columns: tensor.columns, pool: pool)
    }

    static func check(_ tensor: GGUFTensor) throws {
        guard Matrix.isSupported(type: tensor.type, rows: tensor.rows, columns: tensor.columns) else {
            throw GGUFError(
                .unsupportedModel,
                "tensor '\(tensor.name)' of \(tensor.columns) × \(tensor.rows) \(tensor.type.name) has no kernel; use another quantisation")
        }
    }

    private func unpacked(_ tensor: GGUFTensor) throws -> Matrix {
        try tensor.floats.withUnsafeBytes { try Matrix($0, type: .f32, rows: tensor.rows, columns: tensor.columns, pool: pool) }
    }

    static func checkAttention(_ shape: DecoderConfiguration) throws {
        let attention = AttentionShape(
            heads: shape.heads, kvHeads: shape.keyValueHeads, headDimension: shape.headSize, scale: shape.attentionScale)
        guard attention.isSupported else {
            throw GGUFError(.unsupportedModel, "heads of \(shape.headSize) values have no kernel; multiples of 16 up to 256 have")
        }
    }

    func layer(_ tensors: DecoderTensors.Layer, index: Int, shape: DecoderConfiguration) throws -> Decoder.Layer {
        defer { file.dropPages() }
        func linear(_ projection: DecoderTensors.Projection) throws -> Decoder.Linear {
            Decoder.Linear(matrix: try matrix(projection.weight), bias: projection.bias)
        }
        let window = shape.window(ofLayer: index)
        return Decoder.Layer(
            attentionNorm: tensors.attentionNorm, feedForwardNorm: tensors.feedForwardNorm,
            query: try linear(tensors.query), key: try linear(tensors.key), value: try linear(tensors.value),
            output: try linear(tensors.output), down: try linear(tensors.down), gate: try matrix(tensors.gate), up: try matrix(tensors.up),
            queryNorm: tensors.queryNorm, keyNorm: tensors.keyNorm,
            attentionOutputNorm: tensors.attentionOutputNorm, feedForwardOutputNorm: tensors.feedForwardOutputNorm,
            attention: AttentionShape(
                heads: shape.heads, kvHeads: shape.keyValueHeads, headDimension: shape.headSize, scale: shape.attentionScale, window: window
            ),
            isLocal: window != nil)
    }
}
