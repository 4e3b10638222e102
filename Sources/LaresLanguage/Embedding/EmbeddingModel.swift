import Foundation
public import LaresTensor
import Synchronization

/// A text embedding model: a BERT encoder from a folder with `model.safetensors`, `config.json` and `tokenizer.json`.
///
///     let model = try EmbeddingModel(directory: "all-MiniLM-L6-v2", pool: pool)
///     let vectors = try model.embed([model.tokenizer.encode("The light is on", addSpecial: true, parseSpecial: false)])
///
/// How the vectors of the tokens become one (mean or first, normalised or not) is read from the files of sentence-transformers, if they are there.
public final class EmbeddingModel: Sendable {
    /// The name of the folder.
    public let name: String
    /// Length of a vector.
    public let dimensions: Int
    /// The longest text, in tokens.
    public let contextLength: Int
    /// Number of weights.
    public let parameterCount: Int
    /// Bytes of the weights' file.
    public let fileBytes: Int
    /// Text to tokens.
    public let tokenizer: any Tokenizer
    private let configuration: EncoderConfiguration
    private let weights: EncoderWeights
    private let pool: ComputePool
    private let workspace: Mutex<EncoderWorkspace>

    /// Whether the files of a folder make a model: sizes, tensors and tokenizer, nothing repacked. Throws what loading it would.
    public static func check(directory: String) throws {
        try EncoderWeights.check(try SafeTensors(contentsOf: directory + "/model.safetensors"), EncoderConfiguration(directory: directory))
        _ = try TokenizerJSON(contentsOf: directory + "/tokenizer.json")
    }

    /// Reads, checks and repacks a model. Throws `LanguageModelError`, `SafeTensorsError` or a tokenizer's error.
    public convenience init(directory: String, pool: ComputePool = .shared) throws {
        try self.init(directory: directory, pool: pool, rows: EncoderWorkspace.usualRows)
    }

    /// The same, at first with memory for texts of so many tokens.
    package init(directory: String, pool: ComputePool, rows: Int) throws {
        let shape = try EncoderConfiguration(directory: directory)
        guard AttentionShape(heads: shape.heads, kvHeads: shape.heads, headDimension: shape.headSize, scale: 1).isSupported else {
            throw LanguageModelError(
                .badModel, "'\(directory)': heads of \(shape.headSize) values have no kernel; multiples of 16 up to 256 have")
        }
        let path = directory + "/model.safetensors"
        let file = try SafeTensors(contentsOf: path)
        let weights = try EncoderWeights(file, shape, pool: pool)
        tokenizer = try TokenizerJSON(contentsOf: directory + "/tokenizer.json")
        parameterCount = file.tensors.values.reduce(0) { $1.dtype == nil ? $0 : $0 + $1.shape.reduce(1, *) }
        fileBytes = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        file.dropPages()
        name = URL(fileURLWithPath: directory).lastPathComponent
        (dimensions, contextLength) = (shape.width, shape.contextLength)
        (configuration, self.weights, self.pool) = (shape, weights, pool)
        workspace = Mutex(EncoderWorkspace(weights, shape, rows: rows))
    }

    /// Bytes of the weights in memory; word embeddings stay in the file.
    public var weightBytes: Int { weights.byteCount }

    /// One vector for each text, given as tokens with the special ones (CLS, SEP). A vector does not depend on the texts beside it.
    ///
    /// Call it within `ComputePool.withTurn`. Throws `LanguageModelError` when a text is empty, too long or has a token outside the vocabulary.
    public func embed(_ texts: [[Token]]) throws -> [[Float]] { try embed(texts) { false } ?? [] }

    /// The same; nil, and nothing is kept, when `isInterrupted` became true between two layers.
    package func embed(_ texts: [[Token]], isInterrupted: @Sendable () -> Bool) throws -> [[Float]]? {
        for text in texts {
            guard text.count <= contextLength else {
                throw LanguageModelError(
                    .contextTooLong, "a text of \(text.count) tokens does not fit the \(contextLength) of '\(name)'; split it")
            }
            guard !text.isEmpty, text.allSatisfy({ $0 >= 0 && $0 < configuration.vocabularySize }) else {
                throw LanguageModelError(.badToken, "a text needs tokens between 0 and \(configuration.vocabularySize - 1)")
            }
        }
        return workspace.withLock { space in
            space = space.holding(texts.reduce(0) { max($0, $1.count) }, weights, configuration)
            var vectors: [[Float]] = []
            var rest = texts[...]
            while !rest.isEmpty {
                var rows = 0
                let pass = rest.prefix { text in
                    rows += text.count
                    return rows <= space.capacity
                }
                rest = rest.dropFirst(pass.count)
                guard let found = run(Array(pass), space, isInterrupted) else { return nil }
                vectors += found
            }
            return vectors
        }
    }

    private func run(_ texts: [[Token]], _ space: EncoderWorkspace, _ isInterrupted: @Sendable () -> Bool) -> [[Float]]? {
        var spans: [Range<Int>] = []
        var rows = 0
        for text in texts {
            spans.append(rows..<(rows + text.count))
            for (position, token) in text.enumerated() { embed(token, at: position, into: space.stream[rows + position]) }
            rows += text.count
        }
        normalise(space, weights.embeddingNorm, adding: nil, rows: rows)
        for layer in weights.layers {
            pool.matmul(
                space.input,
                [layer.query.product(into: space.queries), layer.key.product(into: space.keys), layer.value.product(into: space.values)])
            pool.encoderAttention(
                queries: space.queries, keys: space.keys, values: space.values, spans: spans, heads: configuration.heads,
                headDimension: configuration.headSize, scale: 1 / Float(configuration.headSize).squareRoot(), scratch: space.scratch,
                into: space.mixed)
            pool.matmul(space.mixed, [layer.output.product(into: space.part)])
            normalise(space, layer.attentionNorm, adding: space.part, rows: rows)
            pool.feedForward(space.input, up: layer.up.matrix, bias: layer.up.bias, activation: .geluErf, into: space.hidden)
            pool.matmul(space.hidden, [layer.down.product(into: space.part)])
            normalise(space, layer.outputNorm, adding: space.part, rows: rows)
            pool.yieldTurn()
            if isInterrupted() { return nil }
        }
        return spans.map { pool(space.stream, $0) }
    }

    /// stream = LayerNorm(stream + part), ready for the next matrices.
    private func normalise(_ space: EncoderWorkspace, _ norm: EncoderWeights.Norm, adding part: Buffer?, rows: Int) {
        pool.layerNorm(
            space.stream, adding: part, count: rows, weight: norm.weight, bias: norm.bias, epsilon: configuration.normEpsilon,
            into: space.input)
    }

    private func embed(_ token: Token, at position: Int, into row: UnsafeMutableBufferPointer<Float>) {
        let bytes = weights.words.bytes
        let length = bytes.count / configuration.vocabularySize
        let slice = UnsafeRawBufferPointer(rebasing: bytes[(Int(token) * length)..<((Int(token) + 1) * length)])
        weights.words.dtype?.decode(slice, into: row)
        let start = position * dimensions
        for i in row.indices { row[i] += weights.positions[start + i] }
    }

    /// The vectors of a text's tokens as one.
    private func pool(_ stream: Buffer, _ span: Range<Int>) -> [Float] {
        var vector = Array(stream[span.lowerBound])
        if configuration.pooling == .mean {
            for row in span.dropFirst() {
                for i in vector.indices { vector[i] += stream[row][i] }
            }
            for i in vector.indices { vector[i] /= Float(span.count) }
        }
        guard configuration.normalises else { return vector }
        let length = max(1e-12, vector.reduce(0) { $0 + $1 * $1 }.squareRoot())
        return vector.map { $0 / length }
    }
}

/// The memory of an encoder's pass, allocated once and again for a longer text than before.
final class EncoderWorkspace {
    static let usualRows = 512

    let capacity: Int
    let stream, part, queries, keys, values: Buffer
    let input, mixed, hidden: Activations
    let scratch = AttentionScratch()

    /// This memory, or larger one for a text of so many tokens.
    func holding(_ rows: Int, _ weights: EncoderWeights, _ shape: EncoderConfiguration) -> EncoderWorkspace {
        if rows <= capacity { return self }
        return EncoderWorkspace(weights, shape, rows: (rows + Self.usualRows - 1) / Self.usualRows * Self.usualRows)
    }

    init(_ weights: EncoderWeights, _ shape: EncoderConfiguration, rows: Int) {
        let (width, layers) = (shape.width, weights.layers)
        capacity = rows
        stream = Buffer(rows: rows, columns: width)
        part = Buffer(rows: rows, columns: width)
        queries = Buffer(rows: rows, columns: width)
        keys = Buffer(rows: rows, columns: width)
        values = Buffer(rows: rows, columns: width)
        input = Activations(rows: rows, columns: width, for: layers.flatMap { [$0.query, $0.key, $0.value, $0.up].map(\.matrix) })
        mixed = Activations(rows: rows, columns: width, for: layers.map(\.output.matrix))
        hidden = Activations(rows: rows, columns: shape.feedForward, for: layers.map(\.down.matrix))
    }
}
