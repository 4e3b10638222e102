import Foundation
import LaresTensor

/// A decoder of the Llama family as Hugging Face's libraries keep it: `config.json`, `model.safetensors`, `tokenizer.json` and, where they are,
/// `tokenizer_config.json` and `chat_template.jinja`.
///
/// ```swift
/// try LlamaFolder("SmolLM2-135M").contents.write(to: "smollm2.gguf")
/// ```
public struct LlamaFolder: Sendable {
    /// What a GGUF file of it holds: weights as they are stored, those of 32 bits as F16.
    public let contents: GGUFContents

    /// Whether a folder says of itself that it holds one: cheap, it may still be damaged.
    public static func isAnnounced(in directory: String) -> Bool {
        guard let bytes = try? bytes(of: "config.json", in: directory) else { return false }
        return (try? JSONDecoder().decode(Announcement.self, from: Data(bytes)))?.model_type == "llama"
    }

    /// Reads and checks a folder; weights are read when the contents are written.
    ///
    /// - Throws: `LanguageModelError` with code `badModel`; `TokenizerError`, `SafeTensorsError` for those files.
    public init(_ directory: String) throws {
        let config = try LlamaConfig(directory)
        guard let tokenizer = try Self.bytes(of: "tokenizer.json", in: directory, atMost: 1 << 26) else {
            throw LanguageModelError(.badModel, "'\(directory)/tokenizer.json' is missing; a language model needs it")
        }
        let file = try SafeTensors(contentsOf: directory + "/model.safetensors")
        var contents = GGUFContents(architecture: Family.llama.architecture)
        contents.values.merge(config.values) { own, _ in own }
        contents.values.merge(try TokenizerJSON.ggufValues(of: tokenizer, tokens: config.vocab_size)) { own, _ in own }
        contents.values["general.name"] = .string(URL(fileURLWithPath: directory).lastPathComponent)
        if let end = config.end { contents.values["tokenizer.ggml.eos_token_id"] = .count(end) }
        if let template = try Self.chatTemplate(directory) { contents.values["tokenizer.chat_template"] = .string(template) }
        var writer = LlamaWriter(file, config, directory, contents)
        try writer.appendAll()
        self.contents = writer.contents
    }

    private struct Announcement: Decodable { var model_type: String? }

    private struct TokenizerConfig: Decodable { var chat_template: String? }

    private static func chatTemplate(_ directory: String) throws -> String? {
        if let bytes = try bytes(of: "chat_template.jinja", in: directory) { return String(decoding: bytes, as: UTF8.self) }
        // A list of several templates, which some files have, is none that could be chosen from here.
        guard let bytes = try bytes(of: "tokenizer_config.json", in: directory, atMost: 1 << 24) else { return nil }
        return (try? JSONDecoder().decode(TokenizerConfig.self, from: Data(bytes)))?.chat_template
    }

    /// A small file of the folder; nil when it isn't there.
    static func bytes(of name: String, in directory: String, atMost limit: Int = 1 << 20) throws -> [UInt8]? {
        let path = directory + "/" + name
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { throw LanguageModelError(.badModel, error.message) }
        guard file.bytes.count <= limit else {
            throw LanguageModelError(.badModel, "'\(path)' has \(file.bytes.count) bytes; \(limit) are the most")
        }
        return withExtendedLifetime(file) { Array(file.bytes) }
    }
}

/// Writes the tensors of a folder under the names and in the order of rows that GGUF has.
private struct LlamaWriter {
    let file: SafeTensors
    let config: LlamaConfig
    let directory: String
    var contents: GGUFContents

    init(_ file: SafeTensors, _ config: LlamaConfig, _ directory: String, _ contents: GGUFContents) {
        (self.file, self.config, self.directory, self.contents) = (file, config, directory, contents)
    }

    mutating func appendAll() throws {
        let (width, inner) = (config.hidden_size, config.intermediate_size)
        let (all, shared) = (config.num_attention_heads * config.headSize, config.keyValueHeads * config.headSize)
        try append("model.embed_tokens", "token_embd", [config.vocab_size, width])
        try append("model.norm", "output_norm", [width])
        if !config.isTied { try append("lm_head", "output", [config.vocab_size, width]) }
        for layer in 0..<config.num_hidden_layers {
            let (from, to) = ("model.layers.\(layer)", "blk.\(layer)")
            try append("\(from).input_layernorm", "\(to).attn_norm", [width])
            try append("\(from).post_attention_layernorm", "\(to).ffn_norm", [width])
            try append("\(from).self_attn.q_proj", "\(to).attn_q", [all, width], heads: config.num_attention_heads)
            try append("\(from).self_attn.k_proj", "\(to).attn_k", [shared, width], heads: config.keyValueHeads)
            try append("\(from).self_attn.v_proj", "\(to).attn_v", [shared, width])
            try append("\(from).self_attn.o_proj", "\(to).attn_output", [width, all])
            try append("\(from).mlp.gate_proj", "\(to).ffn_gate", [inner, width])
            try append("\(from).mlp.up_proj", "\(to).ffn_up", [inner, width])
            try append("\(from).mlp.down_proj", "\(to).ffn_down", [width, inner])
        }
        if let factors = config.ropeFactors { contents.append("rope_freqs.weight", Tensor(factors), as: .f32) }
    }

    private mutating func append(_ name: String, _ to: String, _ shape: [Int], heads: Int? = nil) throws {
        guard let stored = file.tensors[name + ".weight"], stored.shape == shape, let type = stored.dtype else {
            let found = file.tensors[name + ".weight"].map { "\($0.typeName) \($0.shape)" } ?? "missing"
            throw LanguageModelError(
                .badModel, "'\(directory)/model.safetensors': '\(name).weight' must be floats of shape \(shape); it is \(found)")
        }
        contents.append(to + ".weight", Shape(shape), as: type == .bf16 ? .bf16 : .f16) {
            let value = stored.value ?? Tensor.zeros(Shape(shape))
            return heads.map { Self.interleaved(value, heads: $0) } ?? value
        }
    }

    /// Pairs that turn together lie half a head apart in the folder, side by side in GGUF.
    private static func interleaved(_ x: Tensor, heads: Int) -> Tensor {
        let (rows, half) = (x.shape[0], x.shape[0] / heads / 2)
        let order = (0..<rows).map { row in
            let (head, place) = (row / (2 * half), row % (2 * half))
            return head * 2 * half + place / 2 + (place % 2) * half
        }
        return x.rows(Indices(order))
    }
}
