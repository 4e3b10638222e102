import Foundation

/// A `tokenizer.json` of the Hugging Face `tokenizers` library: WordPiece with BERT's normalizer, byte-level BPE, and BPE over
/// characters with byte tokens.
///
///     let tokenizer = try TokenizerJSON(contentsOf: "minilm/tokenizer.json")
///     let tokens = tokenizer.encode("two words", addSpecial: true, parseSpecial: false)
///
/// Truncation and padding in the file are left to the caller. Parts that would change tokens and are not supported are an error.
public struct TokenizerJSON: Tokenizer {
    private let tokenizer: any Tokenizer

    /// Reads and checks a file of at most 64 MB. Throws `TokenizerError`.
    public init(contentsOf path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw TokenizerError(.unreadable, "'\(path)' cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= 1 << 26 else {
            throw TokenizerError(.tooLarge, "'\(path)' has \(data.count) bytes, a tokenizer.json at most \(1 << 26)")
        }
        try self.init([UInt8](data))
    }

    /// Reads and checks the bytes of a file. Throws `TokenizerError`.
    public init(_ bytes: [UInt8]) throws {
        let json = try JSONText.parse(bytes)
        guard let model = json["model"], model.members != nil else {
            throw TokenizerError(.missing, "there is no 'model'; is this a tokenizer.json?")
        }
        // Older files leave the type out; only WordPiece has a prefix for what continues a word.
        let type = model["type"]?.string ?? (model["max_input_chars_per_word"] == nil ? "BPE" : "WordPiece")
        switch type {
        case "WordPiece": tokenizer = try TokenizerParts(json, model).wordPiece()
        case "BPE": tokenizer = try TokenizerParts(json, model).bpe()
        default: throw TokenizerError(.unsupported, "the model type '\(type)' is not supported; these are: WordPiece, BPE")
        }
    }

    /// Number of tokens, added ones too.
    public var vocabularySize: Int { tokenizer.vocabularySize }
    /// The first token the post-processor puts before a text (CLS, BOS).
    public var beginToken: Token? { tokenizer.beginToken }
    /// Tokens known by their texts to end a generation.
    public var endTokens: Set<Token> { tokenizer.endTokens }
    /// The tokens of a text; see `Tokenizer`.
    public func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token] {
        tokenizer.encode(text, addSpecial: addSpecial, parseSpecial: parseSpecial)
    }
    /// The text bytes of a token; of WordPiece, a piece that begins a word comes with a space before it.
    public func bytes(of token: Token) -> [UInt8] { tokenizer.bytes(of: token) }
    /// Whether a token has no text.
    public func isControl(_ token: Token) -> Bool { tokenizer.isControl(token) }
    /// The entry of the vocabulary as the file has it.
    public func piece(_ token: Token) -> String { tokenizer.piece(token) }
}
