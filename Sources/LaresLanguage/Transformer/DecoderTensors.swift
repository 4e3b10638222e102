import LaresTensor

/// The tensors of a decoder, found by name and checked against the configuration; both engines start from this.
package struct DecoderTensors: Sendable {
    /// One transformer layer. Vectors are small and unpacked, matrices stay as the file has them.
    package struct Layer: Sendable {
        package var attentionNorm: [Float]
        package var query, key, value, output, down: Projection
        package var queryNorm, keyNorm: [Float]?
        package var attentionOutputNorm: [Float]?
        package var feedForwardNorm: [Float]
        package var gate, up: GGUFTensor
        package var feedForwardOutputNorm: [Float]?
    }

    /// A matrix with the bias it may have.
    package struct Projection: Sendable {
        package var weight: GGUFTensor
        package var bias: [Float]?
    }

    package let configuration: DecoderConfiguration
    package let embedding: GGUFTensor
    package let layers: [Layer]
    package let outputNorm: [Float]
    /// The output head; the embedding itself when the file has no other.
    package let head: GGUFTensor

    package var vocabularySize: Int { embedding.rows }
    package var isTied: Bool { head.name == embedding.name }

    /// Finds and checks everything. Throws `GGUFError`.
    package init(_ file: GGUFFile) throws {
        let family = try Family.of(file.metadata)
        var finder = TensorFinder(file)
        let factors = try finder.vectorIfPresent("rope_freqs.weight", count: nil)
        let shape = try DecoderConfiguration(file.metadata, family: family, ropeFactors: factors)
        configuration = shape
        embedding = try finder.matrix("token_embd.weight", columns: shape.width, rows: nil)
        guard embedding.rows <= 1 << 22 else {
            throw GGUFError(.outOfRange, "a vocabulary of \(embedding.rows) entries is beyond the supported 4194304")
        }
        outputNorm = try finder.vector("output_norm.weight", count: shape.width)
        head =
            file.tensors["output.weight"] == nil
            ? embedding : try finder.matrix("output.weight", columns: shape.width, rows: embedding.rows)
        layers = try (0..<shape.layers).map { try Layer(&finder, prefix: "blk.\($0).", shape: shape, family: family) }
        try finder.refuseUnused()
    }
}

extension DecoderTensors.Layer {
    init(_ finder: inout TensorFinder, prefix: String, shape: DecoderConfiguration, family: Family) throws {
        let (width, head) = (shape.width, shape.headSize)
        let (queryRows, keyRows) = (shape.heads * head, shape.keyValueHeads * head)
        attentionNorm = try finder.vector(prefix + "attn_norm.weight", count: width)
        query = try finder.projection(prefix + "attn_q", columns: width, rows: queryRows)
        key = try finder.projection(prefix + "attn_k", columns: width, rows: keyRows)
        value = try finder.projection(prefix + "attn_v", columns: width, rows: keyRows)
        output = try finder.projection(prefix + "attn_output", columns: queryRows, rows: width)
        if family.normalisesQueryAndKey {
            queryNorm = try finder.vector(prefix + "attn_q_norm.weight", count: head)
            keyNorm = try finder.vector(prefix + "attn_k_norm.weight", count: head)
        }
        feedForwardNorm = try finder.vector(prefix + "ffn_norm.weight", count: width)
        gate = try finder.matrix(prefix + "ffn_gate.weight", columns: width, rows: shape.feedForward)
        up = try finder.matrix(prefix + "ffn_up.weight", columns: width, rows: shape.feedForward)
        down = try finder.projection(prefix + "ffn_down", columns: shape.feedForward, rows: width)
        if family.normalisesOutputs {
            attentionOutputNorm = try finder.vector(prefix + "post_attention_norm.weight", count: width)
            feedForwardOutputNorm = try finder.vector(prefix + "post_ffw_norm.weight", count: width)
        }
    }
}

/// Looks tensors up by name and shape, and remembers which were asked for.
struct TensorFinder {
    private let file: GGUFFile
    private var used: Set<String> = []

    init(_ file: GGUFFile) {
        self.file = file
    }

    mutating func matrix(_ name: String, columns: Int, rows: Int?) throws -> GGUFTensor {
        used.insert(name)
        let tensor = try file.tensor(name)
        guard tensor.dimensions.count == 2, tensor.columns == columns, rows.map({ $0 == tensor.rows }) ?? true else {
            let wanted = "[\(columns), \(rows.map(String.init) ?? "any")]"
            throw GGUFError(.badDimensions, "tensor '\(name)' is \(tensor.dimensions), the model's sizes need \(wanted)")
        }
        return tensor
    }

    mutating func projection(_ name: String, columns: Int, rows: Int) throws -> DecoderTensors.Projection {
        let weight = try matrix(name + ".weight", columns: columns, rows: rows)
        return DecoderTensors.Projection(weight: weight, bias: try vectorIfPresent(name + ".bias", count: rows))
    }

    mutating func vector(_ name: String, count: Int?) throws -> [Float] {
        used.insert(name)
        let tensor = try file.tensor(name)
        guard tensor.dimensions.count == 1, count.map({ $0 == tensor.columns }) ?? true, tensor.columns <= 1 << 22 else {
            throw GGUFError(
                .badDimensions,
                "tensor '\(name)' is \(tensor.dimensions), the model's sizes need \(count.map(String.init) ?? "one dimension")")
        }
        return tensor.floats
    }

    mutating func vectorIfPresent(_ name: String, count: Int?) throws -> [Float]? {
        file.tensors[name] == nil ? nil : try vector(name, count: count)
    }

    /// A tensor nobody asked for means a variant this family does not know; its answers would be silently wrong.
    func refuseUnused() throws {
        let unused = file.tensors.keys.filter { !used.contains($0) }.sorted()
        guard let first = unused.first else { return }
        throw GGUFError(
            .unsupportedModel,
            "\(unused.count) tensors are not used by this architecture, such as '\(first)'; this variant is not supported")
    }
}
