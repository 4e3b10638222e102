import LaresLanguage
import Testing

/// Metadata of small tokenizers, right until a test breaks it.
struct TokenizerMetadata {
    var model = "gpt2"
    var pre: String? = "gpt-2"
    var tokens: [String]
    var types: [Int32]?
    var scores: [Float]?
    var merges: [String]?
    var ids: [String: Int] = [:]
    var flags: [String: Bool] = [:]

    /// "hello" in one merge after another, and a control token; every byte is there.
    static var bytePairs: TokenizerMetadata {
        let bytes = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyzĠĊ".map(String.init)
        let tokens = bytes + ["he", "ll", "hell", "hello", "<|im_start|>", "<|im_end|>", "[tool]"]
        let count = tokens.count
        return TokenizerMetadata(
            tokens: tokens, types: (0..<count).map { $0 == count - 1 ? 4 : $0 >= count - 3 ? 3 : 1 },
            merges: ["h e", "l l", "he ll", "hell o"], ids: ["bos": count - 3, "eos": count - 2])
    }

    /// Byte tokens, a few characters and words with scores.
    static var scored: TokenizerMetadata {
        let bytes = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "<0x\(digits.count == 1 ? "0" : "")\(digits)>"
        }
        let words = ["▁", "h", "e", "l", "o", "he", "ll", "hell", "hello", "▁hello"]
        return TokenizerMetadata(
            model: "llama", pre: nil, tokens: ["<unk>", "<s>", "</s>"] + bytes + words,
            types: [2, 3, 3] + Array(repeating: 6, count: 256) + Array(repeating: 1, count: words.count),
            scores: Array(repeating: 0, count: 259) + words.indices.map { -Float(20 - $0) }, ids: ["bos": 1, "eos": 2, "unknown": 0])
    }

    func builder() -> GGUFBuilder {
        var builder = GGUFBuilder()
        builder.add("tokenizer.ggml.model", model)
        if let pre { builder.add("tokenizer.ggml.pre", pre) }
        builder.add("tokenizer.ggml.tokens", tokens)
        if let types { builder.add("tokenizer.ggml.token_type", types) }
        if let scores { builder.add("tokenizer.ggml.scores", scores) }
        if let merges { builder.add("tokenizer.ggml.merges", merges) }
        for (name, id) in ids.sorted(by: { $0.key < $1.key }) { builder.add("tokenizer.ggml.\(name)_token_id", id) }
        for (name, flag) in flags.sorted(by: { $0.key < $1.key }) { builder.add("tokenizer.ggml.\(name)", flag) }
        return builder
    }

    func tokenizer() throws -> any Tokenizer { try makeTokenizer(from: builder().file().metadata) }
}

@Suite struct MetadataTests {
    private static func pieces(_ text: String, _ tokenizer: any Tokenizer, special: Bool = false, parsed: Bool = false) -> [String] {
        tokenizer.encode(text, addSpecial: special, parseSpecial: parsed).map(tokenizer.piece)
    }

    private static func code(_ change: (inout TokenizerMetadata) -> Void, _ start: TokenizerMetadata = .bytePairs) -> TokenizerError.Code? {
        var metadata = start
        change(&metadata)
        do { _ = try metadata.tokenizer() } catch let error as TokenizerError { return error.code } catch {}
        return nil
    }

    @Test func mergesRunInTheirOrder() throws {
        #expect(Self.pieces("hello hell", try TokenizerMetadata.bytePairs.tokenizer()) == ["hello", "Ġ", "hell"])
        #expect(Self.pieces("hello hell", try TokenizerMetadata.scored.tokenizer()) == ["▁hello", "▁", "hell"])
    }

    @Test func controlTokensAreParsedOnlyWhenAskedAndUserTokensAlways() throws {
        let tokenizer = try TokenizerMetadata.bytePairs.tokenizer()
        #expect(Self.pieces("<|im_end|>", tokenizer, parsed: true) == ["<|im_end|>"])
        #expect(!Self.pieces("<|im_end|>", tokenizer).contains("<|im_end|>"))
        #expect(Self.pieces("a[tool]b", tokenizer) == ["a", "[tool]", "b"])
        #expect(tokenizer.decode(tokenizer.encode("a[tool]<|im_end|>", addSpecial: true, parseSpecial: true)) == "a[tool]")
    }

    @Test func beginAndEndFollowTheFlags() throws {
        var metadata = TokenizerMetadata.bytePairs
        #expect(Self.pieces("he", try metadata.tokenizer(), special: true) == ["he"])
        metadata.flags = ["add_bos_token": true, "add_eos_token": true]
        #expect(Self.pieces("he", try metadata.tokenizer(), special: true) == ["<|im_start|>", "he", "<|im_end|>"])
        #expect(Self.pieces("he", try metadata.tokenizer()) == ["he"])
        #expect(Self.pieces("he", try TokenizerMetadata.scored.tokenizer(), special: true) == ["<s>", "▁", "he"])
    }

    @Test func aLlamaVocabularyWritesWhatItLacksAsBytes() throws {
        var metadata = TokenizerMetadata.scored
        metadata.flags = ["add_space_prefix": false]
        let tokenizer = try metadata.tokenizer()
        #expect(Self.pieces("é<", tokenizer) == ["<0xC3>", "<0xA9>", "<0x3C>"])
        #expect(tokenizer.decode(tokenizer.encode("中 hello", addSpecial: true, parseSpecial: false)) == "中 hello")
    }

    @Test func llama3TakesAWordThatIsATokenWithoutMerging() throws {
        var metadata = TokenizerMetadata.bytePairs
        metadata.merges = ["h e"]
        #expect(Self.pieces("hello", try metadata.tokenizer()) == ["he", "l", "l", "o"])
        metadata.pre = "llama-bpe"
        #expect(Self.pieces("hello", try metadata.tokenizer()) == ["hello"])
        #expect(Self.pieces("hello", try metadata.tokenizer(), special: true) == ["<|im_start|>", "hello"])
    }

    @Test func idsOutOfRangeHaveNoText() throws {
        for tokenizer in [try TokenizerMetadata.bytePairs.tokenizer(), try TokenizerMetadata.scored.tokenizer()] {
            for token: Token in [-1, Token(tokenizer.vocabularySize), .max, .min] {
                #expect(tokenizer.bytes(of: token).isEmpty && tokenizer.piece(token).isEmpty && !tokenizer.isControl(token))
            }
        }
    }

    @Test func metadataThatIsWrongIsRefused() {
        #expect(Self.code { $0.model = "rwkv" } == .unsupported)
        #expect(Self.code { $0.pre = "unheard-of" } == .unsupported)
        #expect(Self.code { $0.pre = nil } == .missing)
        #expect(
            Self.code {
                $0.tokens.append("hello"); $0.types?.append(1)
            } == .duplicateToken)
        #expect(Self.code { $0.types?.removeLast() } == .mismatchedCounts)
        #expect(Self.code { $0.merges = nil } == .missing)
        #expect(Self.code { $0.merges?.append("nospace") } == .badMerge)
        #expect(Self.code { $0.merges?.append("h ") } == .badMerge)
        #expect(Self.code { $0.merges?.append("h zz") } == .badMerge)
        #expect(Self.code { $0.merges?.append("h l") } == .badMerge)
        #expect(Self.code { $0.ids["bos"] = 100_000 } == .outOfRange)
        #expect(
            Self.code {
                $0.tokens = []; $0.types = []
            } == .wrongType)
        #expect(Self.code({ $0.scores?.removeLast() }, .scored) == .mismatchedCounts)
        #expect(Self.code({ $0.scores?[9] = .nan }, .scored) == .outOfRange)
        #expect(Self.code({ $0.scores = nil }, .scored) == .missing)
        #expect(Self.code({ $0.ids["eos"] = Int(UInt32.max) }, .scored) == .outOfRange)
    }

    @Test(arguments: ["<0xZZ>", "<0x-1>", "<0x1>", "0x41", "<0x0041>", "<0x+1>"]) func byteTokensThatAreNotBytesAreRefused(text: String) {
        #expect(Self.code({ $0.tokens[10] = text }, .scored) == .badByteToken)
    }

    @Test func scoresOfTheWrongTypeAreRefused() throws {
        var metadata = TokenizerMetadata.scored
        metadata.scores = nil
        var builder = metadata.builder()
        builder.addArray("tokenizer.ggml.scores", .uint8, metadata.tokens.count, Array(repeating: 0, count: metadata.tokens.count))
        let file = try builder.file()
        #expect { try makeTokenizer(from: file.metadata) } throws: { ($0 as? TokenizerError)?.code == .wrongType }
    }

    @Test func anUnknownPreTokenizerIsAnErrorThatNamesTheKnownOnes() throws {
        var metadata = TokenizerMetadata.bytePairs
        metadata.pre = "unheard-of"
        #expect { try metadata.tokenizer() } throws: { error in
            let message = (error as? TokenizerError)?.message ?? ""
            return ["unheard-of", "gpt-2", "smollm", "llama-bpe", "qwen2"].allSatisfy(message.contains)
        }
    }

    @Test func gptOssEndsAtItsReturnAndNotAtItsEnd() throws {
        var metadata = TokenizerMetadata.bytePairs
        metadata.tokens += ["<|end|>", "<|return|>", "<|call|>"]
        metadata.types? += [3, 3, 3]
        let tokenizer = try metadata.tokenizer()
        #expect(Set(tokenizer.endTokens.map(tokenizer.piece)) == ["<|im_end|>", "<|return|>", "<|call|>"])
    }
}
