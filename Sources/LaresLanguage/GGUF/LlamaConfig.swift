import Foundation

/// What `config.json` says of a Llama.
struct LlamaConfig: Decodable {
    var hidden_size, intermediate_size, num_hidden_layers, num_attention_heads, vocab_size, max_position_embeddings: Int
    var num_key_value_heads, head_dim, bos_token_id: Int?
    var rms_norm_eps: Double
    var rope_theta: Double?
    var rope_scaling, rope_parameters: Scaling?
    var hidden_act: String?
    var tie_word_embeddings, attention_bias, mlp_bias: Bool?
    var eos_token_id: Ends?

    /// How rotary embedding is stretched; newer files keep the base with it.
    struct Scaling: Decodable {
        var rope_type, type: String?
        var rope_theta, factor, low_freq_factor, high_freq_factor, original_max_position_embeddings: Double?
        var name: String { rope_type ?? type ?? "default" }
    }

    /// One token, or several.
    enum Ends: Decodable {
        case tokens([Int])
        init(from decoder: any Swift.Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(Int.self) { self = .tokens([one]) } else { self = .tokens(try container.decode([Int].self)) }
        }
    }

    /// Reads and checks the file of a folder. Throws `LanguageModelError` with code `badModel`.
    init(_ directory: String) throws {
        func wrong(_ what: String) -> LanguageModelError { LanguageModelError(.badModel, "'\(directory)/config.json' \(what)") }
        guard let bytes = try LlamaFolder.bytes(of: "config.json", in: directory) else { throw wrong("is missing") }
        do { self = try JSONDecoder().decode(LlamaConfig.self, from: Data(bytes)) } catch {
            throw wrong("is not that of a Llama: \(error)")
        }
        let sizes = [
            ("hidden_size", hidden_size, 65_536), ("intermediate_size", intermediate_size, 1_048_576),
            ("num_hidden_layers", num_hidden_layers, 512),
            ("num_attention_heads", num_attention_heads, 1024), ("vocab_size", vocab_size, 1 << 24), ("head_dim", headSize, 1024),
            ("max_position_embeddings", max_position_embeddings, 16_777_216), ("num_key_value_heads", keyValueHeads, num_attention_heads),
        ]
        for (name, size, most) in sizes where !(1...max(1, most)).contains(size) {
            throw wrong("has \(name) \(size); 1 to \(most) are possible")
        }
        guard num_attention_heads.isMultiple(of: keyValueHeads), headSize.isMultiple(of: 2) else {
            throw wrong(
                "has \(num_attention_heads) heads of \(headSize) numbers, \(keyValueHeads) of them for keys: that can't be shared out")
        }
        guard [nil, "silu"].contains(hidden_act), attention_bias != true, mlp_bias != true else {
            throw wrong("has another activation than 'silu', or biases: only plain Llamas can be taken over")
        }
        guard ["default", "llama3"].contains(scaling.name), ropeBase > 1, ropeBase <= 1e12, (0...1).contains(rms_norm_eps) else {
            throw wrong("stretches rotary embedding by '\(scaling.name)', which can't be taken over: 'default' and 'llama3' can")
        }
        guard scaling.name == "default" || ropeFactors != nil else {
            throw wrong("lacks the factors of 'llama3', or has some that can't be")
        }
    }

    var headSize: Int { head_dim ?? (num_attention_heads > 0 ? hidden_size / num_attention_heads : 0) }
    var keyValueHeads: Int { num_key_value_heads ?? num_attention_heads }
    var isTied: Bool { tie_word_embeddings ?? false }
    private var scaling: Scaling { rope_parameters ?? rope_scaling ?? Scaling() }
    private var ropeBase: Double { rope_parameters?.rope_theta ?? rope_theta ?? 10_000 }

    /// The token that ends a text; the others are known by their texts.
    var end: Int? {
        if case .tokens(let tokens)? = eos_token_id, let first = tokens.first, (0..<vocab_size).contains(first) { first } else { nil }
    }

    /// One divisor for each pair of a head (Llama 3.1): slow pairs turn slower, quick ones as ever, between them a ramp. Nil: none.
    var ropeFactors: [Float]? {
        guard scaling.name == "llama3", let factor = scaling.factor, let low = scaling.low_freq_factor, let high = scaling.high_freq_factor,
            let length = scaling.original_max_position_embeddings, factor > 0, low > 0, high > low, length > 0
        else { return nil }
        return (0..<(headSize / 2)).map { pair in
            let wave = 2 * Double.pi * pow(ropeBase, Double(2 * pair) / Double(headSize))
            if wave < length / high { return 1 }
            if wave > length / low { return Float(factor) }
            let smooth = (length / wave - low) / (high - low)
            return Float(1 / ((1 - smooth) / factor + smooth))
        }
    }

    /// The same for a GGUF file.
    var values: [String: GGUFValue] {
        var values: [String: GGUFValue] = [
            "general.type": .string("model"), "llama.block_count": .count(num_hidden_layers),
            "llama.context_length": .count(max_position_embeddings), "llama.embedding_length": .count(hidden_size),
            "llama.feed_forward_length": .count(intermediate_size), "llama.attention.head_count": .count(num_attention_heads),
            "llama.attention.head_count_kv": .count(keyValueHeads), "llama.attention.key_length": .count(headSize),
            "llama.attention.value_length": .count(headSize), "llama.attention.layer_norm_rms_epsilon": .number(Float(rms_norm_eps)),
            "llama.rope.freq_base": .number(Float(ropeBase)), "llama.rope.dimension_count": .count(headSize),
            "llama.vocab_size": .count(vocab_size),
        ]
        if let begin = bos_token_id, (0..<vocab_size).contains(begin) { values["tokenizer.ggml.bos_token_id"] = .count(begin) }
        return values
    }
}
