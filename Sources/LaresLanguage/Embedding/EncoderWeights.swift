import LaresTensor

/// The weights of a BERT encoder (Devlin et al. 2018), from safetensors in any float type.
struct EncoderWeights: Sendable {
    struct Layer: Sendable {
        let query, key, value, output, up, down: Dense
        let attentionNorm, outputNorm: Norm
    }

    /// A repacked matrix and its bias.
    struct Dense: Sendable {
        let matrix: Matrix
        let bias: [Float]

        func product(into buffer: Buffer) -> Product { Product(matrix, into: buffer, bias: bias) }
    }

    /// Scale and shift of a layer normalisation.
    struct Norm: Sendable {
        let weight, bias: [Float]
    }

    /// Word embeddings stay in the mapped file and are read a row at a time.
    let words: SafeTensors.Tensor
    /// Positions × C, with the embedding of token type 0 added in.
    let positions: [Float]
    let embeddingNorm: Norm
    let layers: [Layer]

    /// Whether the tensors a network of this shape needs are there, in types and shapes that can be used.
    static func check(_ file: SafeTensors, _ shape: EncoderConfiguration) throws {
        let reader = EncoderReader(file: file)
        let (width, inner) = (shape.width, shape.feedForward)
        for (name, rows) in [("word", shape.vocabularySize), ("token_type", nil), ("position", shape.positions)] {
            _ = try reader.tensor("embeddings.\(name)_embeddings.weight", [rows, width])
        }
        let parts = [
            ("attention.self.query", width, width), ("attention.self.key", width, width), ("attention.self.value", width, width),
            ("attention.output.dense", width, width), ("intermediate.dense", inner, width), ("output.dense", width, inner),
        ]
        for layer in 0..<shape.layers {
            for (name, rows, columns) in parts { _ = try reader.matrix("encoder.layer.\(layer).\(name)", rows, columns) }
        }
    }

    init(_ file: SafeTensors, _ shape: EncoderConfiguration, pool: ComputePool) throws {
        let reader = EncoderReader(file: file)
        let width = shape.width
        words = try reader.tensor("embeddings.word_embeddings.weight", [shape.vocabularySize, width])
        let types = try reader.floats("embeddings.token_type_embeddings.weight", rows: nil, columns: width)
        var positions = try reader.floats("embeddings.position_embeddings.weight", rows: shape.positions, columns: width)
        for i in positions.indices { positions[i] += types[i % width] }
        self.positions = positions
        embeddingNorm = try reader.norm("embeddings.LayerNorm", width)
        layers = try (0..<shape.layers).map { index in
            let name = "encoder.layer.\(index)."
            return Layer(
                query: try reader.dense(name + "attention.self.query", width, width, pool),
                key: try reader.dense(name + "attention.self.key", width, width, pool),
                value: try reader.dense(name + "attention.self.value", width, width, pool),
                output: try reader.dense(name + "attention.output.dense", width, width, pool),
                up: try reader.dense(name + "intermediate.dense", shape.feedForward, width, pool),
                down: try reader.dense(name + "output.dense", width, shape.feedForward, pool),
                attentionNorm: try reader.norm(name + "attention.output.LayerNorm", width),
                outputNorm: try reader.norm(name + "output.LayerNorm", width))
        }
    }

    var byteCount: Int {
        let matrices = layers.flatMap { [$0.query, $0.key, $0.value, $0.output, $0.up, $0.down] }
        return matrices.reduce(0) { $0 + $1.matrix.byteCount } + positions.count * MemoryLayout<Float>.stride
    }
}

/// Finds the tensors of an encoder by name, with or without the prefix `bert.`, and checks their shapes.
private struct EncoderReader {
    let file: SafeTensors

    func tensor(_ name: String, _ shape: [Int?]) throws -> SafeTensors.Tensor {
        guard let tensor = file.tensors[name] ?? file.tensors["bert." + name] else {
            throw LanguageModelError(.badModel, "the tensor '\(name)' is missing; is this a BERT encoder?")
        }
        let fits =
            tensor.shape.count == shape.count && zip(tensor.shape, shape).allSatisfy { $1 == nil || $0 == $1 } && !tensor.shape.contains(0)
        guard fits, tensor.dtype != nil else {
            throw LanguageModelError(
                .badModel,
                "the tensor '\(name)' is \(tensor.typeName) \(tensor.shape), config.json needs floats of \(shape.map { $0.map(String.init) ?? "any" })"
            )
        }
        return tensor
    }

    func floats(_ name: String, rows: Int?, columns: Int) throws -> [Float] {
        try tensor(name, [rows, columns]).floats() ?? []
    }

    func norm(_ name: String, _ count: Int) throws -> EncoderWeights.Norm {
        EncoderWeights.Norm(
            weight: try tensor(name + ".weight", [count]).floats() ?? [], bias: try tensor(name + ".bias", [count]).floats() ?? [])
    }

    func matrix(_ name: String, _ rows: Int, _ columns: Int) throws -> (tensor: SafeTensors.Tensor, type: DType) {
        let weight = try tensor(name + ".weight", [rows, columns])
        guard let type = weight.dtype, Matrix.isSupported(type: type, rows: rows, columns: columns) else {
            throw LanguageModelError(
                .badModel, "the tensor '\(name)' of \(rows) × \(columns) has no kernel; widths must be multiples of 32")
        }
        return (weight, type)
    }

    func dense(_ name: String, _ rows: Int, _ columns: Int, _ pool: ComputePool) throws -> EncoderWeights.Dense {
        let (weight, type) = try matrix(name, rows, columns)
        let matrix = try Matrix(weight.bytes, type: type, form: .words, rows: rows, columns: columns, pool: pool)
        return EncoderWeights.Dense(matrix: matrix, bias: try tensor(name + ".bias", [rows]).floats() ?? [])
    }
}
