import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor
import Testing

/// Decoders in the form of Hugging Face's libraries, as GGUF.
@Suite struct LlamaFolderTests {
    /// A folder with a small random Llama and a golden tokenizer, made from the network itself.
    private final class Folder {
        let path = NSTemporaryDirectory() + "lares-llama-\(UUID().uuidString)"
        let network: CausalTransformer
        var config: [String: Any] = [
            "model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "vocab_size": 1510, "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
            "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": [2, 3],
        ]

        init() throws {
            var random = SeededRandom(seed: 5)
            var size = CausalTransformer.Size(vocabulary: 1510, width: 64, layers: 2, heads: 4, feedForward: 96, context: 64)
            size.keyValueHeads = 2
            network = CausalTransformer(size, using: &random)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let golden = GoldenTokens.folder.appendingPathComponent("smollm.tokenizer.json").path
            try FileManager.default.copyItem(atPath: golden, toPath: path + "/tokenizer.json")
            try SafeTensors.write(tensors, to: path + "/model.safetensors")
            try writeConfig()
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func writeConfig() throws {
            try JSONSerialization.data(withJSONObject: config).write(to: URL(fileURLWithPath: path + "/config.json"))
        }

        /// The network's parameters under the folder's names, rows by results, pairs half a head apart.
        private var tensors: [(name: String, value: StoredTensor)] {
            let names = [
                "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
                "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
                "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
            ]
            return network.parameters.map { name, value in
                let parts = name.split(separator: ".").map(String.init)
                guard parts[0] == "blk" else {
                    let whole = parts[0] == "token_embd" ? "model.embed_tokens" : "model.norm"
                    return ("\(whole).weight", StoredTensor(value, as: .f16))
                }
                var rows = value.shape.count == 2 ? value.transposed() : value
                if ["attn_q", "attn_k"].contains(parts[2]) { rows = Self.halves(rows, size: 16) }
                return ("model.layers.\(parts[1]).\(names[parts[2]] ?? "").weight", StoredTensor(rows, as: .f16))
            }
        }

        /// Even rows of each head, then odd ones.
        private static func halves(_ x: Tensor, size: Int) -> Tensor {
            let heads = stride(from: 0, to: x.shape[0], by: size)
            let order = heads.flatMap { head in (0..<size).map { head + ($0 < size / 2 ? 2 * $0 : 2 * ($0 - size / 2) + 1) } }
            return x.rows(Indices(order))
        }
    }

    private static func failure(_ folder: Folder) -> String {
        do { return "no error: \(try LlamaFolder(folder.path).contents.tensorBytes)" } catch { return "\(error)" }
    }

    @Test func itsFileComputesWhatTheNetworkDoes() throws {
        let folder = try Folder(), file = folder.path + "/model.gguf"
        #expect(LlamaFolder.isAnnounced(in: folder.path))
        try LlamaFolder(folder.path).contents.write(to: file)
        let read = try GGUFFile(contentsOf: file)
        let again = try CausalTransformer(read)
        let tokens = Indices((0..<40).map { $0 * 37 % 1510 }).reshaped([1, 40])
        let (ours, theirs) = (again(tokens).array, folder.network(tokens).array)
        let largest = zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest < 5e-3)
        #expect(try read.metadata.intIfPresent("tokenizer.ggml.eos_token_id") == 2)
        let tokenizer = try makeTokenizer(from: read.metadata)
        #expect(tokenizer.vocabularySize == 1510)
        try GoldenTokens.named("smollm").check(tokenizer)
    }

    @Test(arguments: ["gpt2", "smollm", "llama3", "qwen2"]) func itsTokenizerIsTheSame(_ name: String) throws {
        let data = try Data(contentsOf: GoldenTokens.folder.appendingPathComponent("\(name).tokenizer.json"))
        let values = try TokenizerJSON.ggufValues(of: [UInt8](data), tokens: 1507)
        try GoldenTokens.named(name).check(makeTokenizer(from: GGUFMetadata(values)))
        #expect(throws: TokenizerError.self) { try TokenizerJSON.ggufValues(of: [UInt8](data), tokens: 1400) }
    }

    /// The factors that llama.cpp writes for Llama 3.2: quick pairs as ever, slow ones 32 times slower.
    @Test func ropeIsStretchedAsLlama3Does() throws {
        let folder = try Folder(), file = folder.path + "/model.gguf"
        folder.config["rope_theta"] = 500_000.0
        folder.config["rope_scaling"] =
            [
                "rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                "original_max_position_embeddings": 8192,
            ] as [String: Any]
        try folder.writeConfig()
        try LlamaFolder(folder.path).contents.write(to: file)
        let read = try GGUFFile(contentsOf: file)
        let factors = Array(try #require(read.tensors["rope_freqs.weight"]).bytes.bindMemory(to: Float.self))
        #expect(factors.count == 8 && factors[0] == 1 && factors[7] == 32)
        #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(arguments: [
        ("hidden_size", 0), ("hidden_size", 128), ("num_hidden_layers", 100_000), ("num_attention_heads", -4), ("num_key_value_heads", 3),
        ("vocab_size", 1_000), ("head_dim", 15), ("intermediate_size", 1 << 40), ("max_position_embeddings", 0),
    ])
    func sizesThatCanNotBeAreNamed(_ key: String, _ value: Int) throws {
        let folder = try Folder()
        folder.config[key] = value
        try folder.writeConfig()
        #expect(!Self.failure(folder).hasPrefix("no error"))
    }

    @Test func whatIsNotALlamaOrDamagedIsRefused() throws {
        let folder = try Folder()
        let changes: [(String, Any, String)] = [
            ("hidden_act", "gelu", "silu"), ("attention_bias", true, "biases"), ("rope_scaling", ["type": "yarn"], "yarn"),
            ("rope_scaling", ["type": "llama3"], "llama3"), ("tie_word_embeddings", false, "lm_head"),
            ("rms_norm_eps", "small", "config.json"),
        ]
        for (key, value, words) in changes {
            let before = folder.config
            folder.config[key] = value
            try folder.writeConfig()
            #expect(Self.failure(folder).contains(words), "\(key)")
            folder.config = before
        }
        try folder.writeConfig()
        let weights = URL(fileURLWithPath: folder.path + "/model.safetensors"), whole = try Data(contentsOf: weights)
        try whole.prefix(whole.count - 9).write(to: weights)
        #expect(!Self.failure(folder).hasPrefix("no error"))
        try whole.write(to: weights)
        try Data("{".utf8).write(to: URL(fileURLWithPath: folder.path + "/tokenizer.json"))
        #expect(Self.failure(folder).contains("JSON"))
        try FileManager.default.removeItem(atPath: folder.path + "/config.json")
        #expect(!LlamaFolder.isAnnounced(in: folder.path))
    }
}
