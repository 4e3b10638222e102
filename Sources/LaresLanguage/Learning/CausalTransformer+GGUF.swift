import LaresNeural
public import LaresTensor

extension CausalTransformer {
    /// Unpacks a model of the Llama family so that it can learn on. Throws `GGUFError`, also for the other families.
    public init(_ file: GGUFFile) throws {
        let tensors = try Self.tensors(file), shape = tensors.configuration
        var size = Size(
            vocabulary: tensors.vocabularySize, width: shape.width, layers: shape.layers, heads: shape.heads,
            feedForward: shape.feedForward, context: shape.contextLength)
        (size.keyValueHeads, size.headSize, size.normEpsilon) = (shape.keyValueHeads, shape.headSize, shape.normEpsilon)
        size.ropeBase = try file.metadata.floatIfPresent("llama.rope.freq_base") ?? 10000
        self.size = size
        embedding = Embedding(tensors.embedding.matrix)
        blocks = tensors.layers.map { Block($0, size) }
        norm = RMSNorm(Tensor(tensors.outputNorm), epsilon: size.normEpsilon)
        head = tensors.isTied ? nil : Linear(tensors.head.matrix.transposed())
        // Longer texts than this are not learnt from; the table of a whole context would be large.
        rotation = Rotation(places: min(size.context, 8192), frequencies: shape.rope.frequencies, magnitude: shape.rope.magnitude)
    }

    /// Throws `GGUFError` when a model isn't one that can learn on; nothing is unpacked.
    public static func check(_ file: GGUFFile) throws { _ = try tensors(file) }

    private static func tensors(_ file: GGUFFile) throws -> DecoderTensors {
        let family = try Family.of(file.metadata).architecture
        guard family == Family.llama.architecture else {
            throw GGUFError(
                .unsupportedModel,
                "models of the family '\(family)' can be served but not trained: choose one of the family 'llama', such as smollm2")
        }
        let tensors = try DecoderTensors(file)
        let hasBias = tensors.layers.contains { layer in
            [layer.query, layer.key, layer.value, layer.output, layer.down].contains { $0.bias != nil }
        }
        guard !hasBias else {
            throw GGUFError(
                .unsupportedModel,
                "a model with biases can be served but not trained: choose one of the family 'llama' without, such as smollm2")
        }
        return tensors
    }

    /// The file's contents, with the values that say how to read text (`ByteVocabulary.values`, or those of the file it came from).
    ///
    /// Matrices are stored as `type`; one of `DType.writable`.
    public func contents(_ values: [String: GGUFValue], as type: DType = .f16) -> GGUFContents {
        var contents = GGUFContents(architecture: Family.llama.architecture)
        let sizes: [String: GGUFValue] = [
            "general.type": .string("model"), "general.file_type": .count(type.fileType),
            "llama.block_count": .count(size.layers), "llama.context_length": .count(size.context),
            "llama.embedding_length": .count(size.width), "llama.feed_forward_length": .count(size.feedForward),
            "llama.attention.head_count": .count(size.heads), "llama.attention.head_count_kv": .count(size.keyValueHeads),
            "llama.attention.key_length": .count(size.headSize), "llama.attention.value_length": .count(size.headSize),
            "llama.attention.layer_norm_rms_epsilon": .number(size.normEpsilon), "llama.rope.freq_base": .number(size.ropeBase),
            "llama.rope.dimension_count": .count(size.headSize), "llama.vocab_size": .count(size.vocabulary),
        ]
        contents.values.merge(values.merging(sizes) { _, own in own }) { own, _ in own }
        for (name, value) in parameters {
            // GGUF has the rows of a matrix by its results, a linear map here by its inputs.
            let isMap = value.shape.count == 2 && name != "token_embd.weight"
            contents.append(name, isMap ? value.transposed() : value, as: type)
        }
        return contents
    }
}

extension CausalTransformer.Block {
    fileprivate init(_ layer: DecoderTensors.Layer, _ size: CausalTransformer.Size) {
        func map(_ tensor: GGUFTensor) -> Linear { Linear(tensor.matrix.transposed()) }
        attentionNorm = RMSNorm(Tensor(layer.attentionNorm), epsilon: size.normEpsilon)
        feedForwardNorm = RMSNorm(Tensor(layer.feedForwardNorm), epsilon: size.normEpsilon)
        (query, key, value, output) = (map(layer.query.weight), map(layer.key.weight), map(layer.value.weight), map(layer.output.weight))
        (gate, up, down) = (map(layer.gate), map(layer.up), map(layer.down.weight))
    }
}

extension GGUFTensor {
    /// The numbers, `[rows, columns]`.
    var matrix: Tensor { Tensor(floats, [rows, columns]) }
}
