/// The simplest vocabulary: a token for each byte, and one that ends a text. Any text in any language can be written with it.
public enum ByteVocabulary {
    /// 256 bytes and the end.
    public static let count = 257
    /// The token that ends a text.
    public static let end = 256

    /// A token for each byte of the text.
    public static func tokens(of text: String) -> [Int32] { text.utf8.map(Int32.init) }

    /// What a GGUF file says of this vocabulary: byte-level BPE without merges.
    public static var values: [String: GGUFValue] {
        let pieces = ByteAlphabet.pieces.map { String(decoding: $0, as: UTF8.self) } + ["<|endoftext|>"]
        let kinds = [Int32](repeating: Int32(TokenKind.normal.rawValue), count: 256) + [Int32(TokenKind.control.rawValue)]
        return [
            "tokenizer.ggml.model": .string("gpt2"), "tokenizer.ggml.pre": .string("gpt-2"), "tokenizer.ggml.tokens": .strings(pieces),
            "tokenizer.ggml.token_type": .integers(kinds), "tokenizer.ggml.merges": .strings([]),
            "tokenizer.ggml.bos_token_id": .count(end), "tokenizer.ggml.eos_token_id": .count(end),
            "tokenizer.ggml.add_bos_token": .bool(false),
        ]
    }
}
