/// Text to the numbers a model reads, and back.
///
///     let tokens = tokenizer.encode("Why is the sky blue?", addSpecial: true, parseSpecial: false)
///     let text = tokenizer.decode(tokens)
public protocol Tokenizer: Sendable {
    /// Number of tokens; ids are 0 ..< this.
    var vocabularySize: Int { get }
    /// The token a text begins with (BOS, CLS), if the model has one.
    var beginToken: Token? { get }
    /// Every token that ends a generation.
    var endTokens: Set<Token> { get }
    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - addSpecial: add what the model's metadata says goes around a text (BOS/EOS, CLS/SEP).
    ///   - parseSpecial: `<|im_start|>` in the text becomes its token. False for anything a user wrote; tokens the
    ///     model declares as plain user-defined text are matched either way.
    func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token]
    /// The text bytes of a token; empty for control tokens and ids out of range. May be a part of a UTF-8 character.
    func bytes(of token: Token) -> [UInt8]
    /// Whether a token steers the model and has no text (control and unknown tokens).
    func isControl(_ token: Token) -> Bool
    /// The entry of the vocabulary as the file has it; empty for ids out of range.
    func piece(_ token: Token) -> String
}

extension Tokenizer {
    /// The text of tokens, with what is not UTF-8 replaced by U+FFFD.
    public func decode(_ tokens: [Token]) -> String {
        var bytes: [UInt8] = []
        for token in tokens { bytes += self.bytes(of: token) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
