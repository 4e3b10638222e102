import LaresLanguage
import Testing

@Suite struct GoldenTokenTests {
    @Test(arguments: ["gpt2", "smollm", "llama3", "qwen2", "merges"])
    func tokensOfTrainedFilesEqualTheReference(name: String) throws {
        try GoldenTokens.named(name).check(GoldenTokens.tokenizer(name))
    }

    @Test(arguments: ["smollm2", "gemma3"])
    func tokensOfModelFilesEqualLlamaCpp(name: String) throws {
        let file = try GGUFFile(contentsOf: GoldenTokens.model("\(name).gguf"))
        try GoldenTokens.named(name).check(makeTokenizer(from: file.metadata))
    }

    @Test func tokensOfMiniLMEqualTheReference() throws {
        try GoldenTokens.named("minilm").check(TokenizerJSON(contentsOf: GoldenTokens.model("minilm/tokenizer.json")))
    }

    @Test func tokensOfScoredPiecesEqualSentencePiece() throws {
        let golden = try GoldenTokens.named("sentencepiece")
        let kinds = try #require(golden.kinds).map { TokenKind(rawValue: $0) ?? .undefined }
        let vocabulary = try Vocabulary(try #require(golden.pieces).map { Array($0.utf8) }, kinds: kinds)
        var specials = Specials()
        specials.prefix = [1]
        specials.unknown = 0
        try golden.check(SentencePieceTokenizer(vocabulary, scores: try #require(golden.scores), specials: specials))
    }

    @Test(arguments: ["gpt2", "smollm", "llama3", "qwen2"])
    func textOfByteLevelTokensIsTheTextThatWasEncoded(name: String) throws {
        let tokenizer = try GoldenTokens.tokenizer(name)
        for text in try GoldenTokens.texts() {
            let tokens = tokenizer.encode(text, addSpecial: false, parseSpecial: false)
            #expect(Array(tokenizer.decode(tokens).utf8) == Array(text.utf8))
        }
    }

    @Test func endTokensAreThoseLlamaCppFinds() throws {
        for (name, ends) in [("smollm2", ["<|endoftext|>", "<|im_end|>", "<reponame>"]), ("gemma3", ["<eos>", "<end_of_turn>", "</s>"])] {
            let tokenizer = try makeTokenizer(from: GGUFFile(contentsOf: GoldenTokens.model("\(name).gguf")).metadata)
            #expect(Set(tokenizer.endTokens.map(tokenizer.piece)) == Set(ends))
            #expect(tokenizer.endTokens.allSatisfy { tokenizer.isControl($0) && tokenizer.bytes(of: $0).isEmpty })
        }
    }
}
