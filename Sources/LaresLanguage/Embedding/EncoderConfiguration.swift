import Foundation
import LaresTensor

/// The sizes of a BERT encoder from `config.json`, and how its outputs become one vector.
struct EncoderConfiguration: Sendable, Hashable {
    var layers, width, heads, feedForward, vocabularySize, positions: Int
    var normEpsilon: Float
    var contextLength: Int
    var pooling: Pooling
    var normalises: Bool

    /// How the vectors of the tokens become one.
    enum Pooling: Sendable, Hashable {
        /// Their mean.
        case mean
        /// The first one (CLS).
        case first
    }

    /// Longer texts than any known encoder takes; attention between all of their tokens would take minutes.
    static let longestText = ComputePool.longestText

    var headSize: Int { width / heads }

    private struct Network: Decodable {
        var model_type: String
        var num_hidden_layers, hidden_size, num_attention_heads, intermediate_size, vocab_size, max_position_embeddings: Int
        var layer_norm_eps: Float?
        var hidden_act: String?
        var position_embedding_type: String?
    }

    private struct PoolingFile: Decodable {
        var pooling_mode_mean_tokens: Bool?
        var pooling_mode_cls_token: Bool?
        var pooling_mode_max_tokens: Bool?
        var pooling_mode_mean_sqrt_len_tokens: Bool?
    }

    private struct Module: Decodable {
        var type: String
    }

    /// Reads `config.json` and, where they are, `1_Pooling/config.json` and `modules.json`.
    /// Throws `LanguageModelError.Code.badModel`.
    init(directory: String) throws {
        guard let network: Network = try Self.read("config.json", in: directory) else {
            throw LanguageModelError(.badModel, "'\(directory)/config.json' is missing; an embedding model needs it")
        }
        func demand(_ condition: Bool, _ message: String) throws {
            if !condition { throw LanguageModelError(.badModel, "'\(directory)/config.json': \(message)") }
        }
        try demand(network.model_type == "bert", "the model type '\(network.model_type)' is not supported; 'bert' is")
        try demand(["gelu", nil].contains(network.hidden_act), "the activation '\(network.hidden_act ?? "")' is not supported; 'gelu' is")
        try demand(["absolute", nil].contains(network.position_embedding_type), "only absolute positions are supported")
        try demand((1...512).contains(network.num_hidden_layers), "\(network.num_hidden_layers) layers; 1 to 512 are possible")
        try demand((1...65536).contains(network.hidden_size), "a width of \(network.hidden_size); 1 to 65536 are possible")
        try demand((1...1024).contains(network.num_attention_heads), "\(network.num_attention_heads) heads; 1 to 1024 are possible")
        try demand(network.hidden_size.isMultiple(of: network.num_attention_heads), "the heads do not divide the width")
        try demand((1...1_048_576).contains(network.intermediate_size), "an inner width of \(network.intermediate_size)")
        try demand((1...(1 << 22)).contains(network.vocab_size), "a vocabulary of \(network.vocab_size)")
        try demand((1...1_048_576).contains(network.max_position_embeddings), "\(network.max_position_embeddings) positions")
        (layers, width, heads) = (network.num_hidden_layers, network.hidden_size, network.num_attention_heads)
        (feedForward, vocabularySize, positions) = (network.intermediate_size, network.vocab_size, network.max_position_embeddings)
        normEpsilon = network.layer_norm_eps ?? 1e-12
        // The shorter length in sentence_bert_config.json is where the trainers cut texts, not a limit of the network.
        contextLength = min(positions, Self.longestText)
        pooling = try Self.pooling(in: directory)
        let modules: [Module]? = try Self.read("modules.json", in: directory)
        normalises = modules?.contains { $0.type.hasSuffix("Normalize") } ?? true
    }

    private static func pooling(in directory: String) throws -> Pooling {
        guard let file: PoolingFile = try read("1_Pooling/config.json", in: directory) else { return .mean }
        if file.pooling_mode_cls_token == true { return .first }
        guard file.pooling_mode_mean_tokens == true, file.pooling_mode_max_tokens != true, file.pooling_mode_mean_sqrt_len_tokens != true
        else {
            throw LanguageModelError(
                .badModel, "'\(directory)/1_Pooling/config.json' asks for a pooling that is not supported; mean and cls are")
        }
        return .mean
    }

    private static func read<Value: Decodable>(_ name: String, in directory: String) throws -> Value? {
        let path = directory + "/" + name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            guard size <= 1 << 20 else {
                throw LanguageModelError(.badModel, "'\(path)' has \(size) bytes; a configuration is under a megabyte")
            }
            return try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch let error as LanguageModelError {
            throw error
        } catch {
            throw LanguageModelError(.badModel, "'\(path)' cannot be read: \(error)")
        }
    }
}
