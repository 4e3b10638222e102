import Foundation
import LaresLanguage

/// A language model of one layer and 32 values, all weights zero, written to a file for the time of a test.
struct TinyModel {
    var tokenizer = TokenizerMetadata.bytePairs
    /// Rows of the embedding; as many as the tokenizer has tokens when nil.
    var vocabulary: Int?
    var contextLength = 64
    /// More metadata, under the family's prefix.
    var floats: [String: Float] = [:]
    var strings: [String: String] = [:]

    func builder() -> GGUFBuilder {
        var builder = tokenizer.builder()
        builder.add("general.architecture", "llama")
        builder.add("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}")
        let sizes = [
            "block_count": 1, "embedding_length": 32, "feed_forward_length": 64, "attention.head_count": 2, "context_length": contextLength,
        ]
        for (key, size) in sizes { builder.add("llama.\(key)", size) }
        builder.add("llama.attention.layer_norm_rms_epsilon", Float(1e-5))
        for (key, value) in floats { builder.add("llama.\(key)", value) }
        for (key, value) in strings { builder.add("llama.\(key)", value) }
        let matrices = [
            "token_embd": [32, vocabulary ?? tokenizer.tokens.count], "blk.0.attn_q": [32, 32], "blk.0.attn_k": [32, 32],
            "blk.0.attn_v": [32, 32],
            "blk.0.attn_output": [32, 32], "blk.0.ffn_gate": [32, 64], "blk.0.ffn_up": [32, 64], "blk.0.ffn_down": [64, 32],
            "output_norm": [32], "blk.0.attn_norm": [32], "blk.0.ffn_norm": [32],
        ]
        for (name, size) in matrices.sorted(by: { $0.key < $1.key }) {
            builder.addTensor(name + ".weight", [Float](repeating: 0, count: size.reduce(1, *)), dimensions: size)
        }
        return builder
    }

    /// Gives `body` the path of the file.
    func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = NSTemporaryDirectory() + "lares-\(UUID().uuidString).gguf"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(builder().build()).write(to: URL(fileURLWithPath: path))
        return try body(path)
    }

    /// The angular speeds that the file gives.
    func rope() throws -> Rope { try DecoderTensors(builder().file()).configuration.rope }
}
