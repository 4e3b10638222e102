import LaresLanguage
import LaresTensor
import Testing

/// A vocabulary of the 256 bytes, to stream any bytes at all.
private struct ByteTokenizer: Tokenizer {
    let vocabularySize = 256
    let beginToken: Token? = nil
    let endTokens: Set<Token> = []
    func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token] { text.utf8.map(Token.init) }
    func bytes(of token: Token) -> [UInt8] { (0..<256).contains(token) ? [UInt8(token)] : [] }
    func isControl(_ token: Token) -> Bool { false }
    func piece(_ token: Token) -> String { "\(token)" }
}

@Suite struct TextStreamTests {
    private static func stream(_ tokens: [Token], _ tokenizer: any Tokenizer) -> [String] {
        var stream = TextStream(tokenizer)
        return tokens.map { stream.append($0) } + [stream.finish()]
    }

    @Test func aCharacterOfSeveralTokensComesWhole() {
        let pieces = Self.stream(Array("a中👍🏽".utf8).map(Token.init), ByteTokenizer())
        #expect(pieces == ["a", "", "", "中", "", "", "", "👍", "", "", "", "🏽", ""])
    }

    @Test func whatIsNotTextIsReplacedAsSoonAsItIsKnown() {
        #expect(Self.stream([0x80, 0x41], ByteTokenizer()) == ["\u{FFFD}", "A", ""])
        #expect(Self.stream([0xE4, 0x41], ByteTokenizer()) == ["", "\u{FFFD}A", ""])
        #expect(Self.stream([0xED, 0xA0], ByteTokenizer()) == ["", "\u{FFFD}\u{FFFD}", ""])
        #expect(Self.stream([0xF0, 0x9F, 0x91], ByteTokenizer()) == ["", "", "", "\u{FFFD}"])
    }

    @Test func piecesOfRandomBytesAreTogetherTheDecodedText() {
        var random = SeededRandom(seed: 11)
        let likely: [Token] = [0x41, 0x80, 0xBF, 0xC2, 0xE0, 0xE4, 0xED, 0xF0, 0xF4, 0xF5, 0xFF, 0x9F, 0xA0, 0x8F, 0x90]
        for _ in 0..<20_000 {
            let tokens = (0..<Int.random(in: 0..<14, using: &random)).map { _ in
                Bool.random(using: &random) ? Token.random(in: 0..<256, using: &random) : likely.randomElement(using: &random) ?? 0
            }
            let pieces = Self.stream(tokens, ByteTokenizer())
            #expect(Array(pieces.joined().utf8) == Array(ByteTokenizer().decode(tokens).utf8), "seed 11, \(tokens)")
        }
    }

    @Test(arguments: ["gpt2", "merges"]) func piecesOfRandomTokensAreTogetherTheDecodedText(name: String) throws {
        let tokenizer = try GoldenTokens.tokenizer(name)
        var random = SeededRandom(seed: 12)
        for _ in 0..<10_000 {
            let tokens = (0..<12).map { _ in Token.random(in: -3..<Token(tokenizer.vocabularySize + 3), using: &random) }
            let pieces = Self.stream(tokens, tokenizer)
            #expect(Array(pieces.joined().utf8) == Array(tokenizer.decode(tokens).utf8), "seed 12, \(tokens)")
        }
    }

    @Test func streamedTextIsTheTextThatWasEncoded() throws {
        let tokenizer = try GoldenTokens.tokenizer("llama3")
        for text in try GoldenTokens.texts() {
            let pieces = Self.stream(tokenizer.encode(text, addSpecial: false, parseSpecial: false), tokenizer)
            #expect(Array(pieces.joined().utf8) == Array(text.utf8))
            #expect(pieces.allSatisfy { !$0.unicodeScalars.contains("\u{FFFD}") } || text.unicodeScalars.contains("\u{FFFD}"))
        }
    }
}
