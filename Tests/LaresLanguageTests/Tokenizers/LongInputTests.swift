import LaresLanguage
import LaresTensor
import Testing

@Suite struct LongInputTests {
    private static let texts = ["a", " ", "\n", "ab", "中", "7", "<", "'s", "é!", " \n", "<|im_end|", "aé中7 "]

    @Test(.timeLimit(.minutes(1)), arguments: ["gpt2", "smollm", "llama3", "qwen2", "merges"])
    func longRunsEndSoon(name: String) throws {
        let tokenizer = try GoldenTokens.tokenizer(name)
        for text in Self.texts {
            let long = String(repeating: text, count: (1 << 16) / text.utf8.count)
            let tokens = tokenizer.encode(long, addSpecial: false, parseSpecial: true)
            // One more for the space that SentencePiece puts before a text.
            #expect(tokens.count > 100 && tokens.count <= long.utf8.count + 1)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["llama3", "merges"]) func aMegabyteOfOneWordEndsSoon(name: String) throws {
        let tokenizer = try GoldenTokens.tokenizer(name)
        let long = String(repeating: "a", count: 1 << 20)
        #expect(tokenizer.decode(tokenizer.encode(long, addSpecial: false, parseSpecial: false)).suffix(1 << 20) == long)
    }

    @Test func longWordsMergeAsShortOnesDo() throws {
        // The search for few pieces and the heap for many must agree: the same word, alone and with its pieces doubled up to the limit and past it.
        let tokenizer = try GoldenTokens.tokenizer("merges")
        var random = SeededRandom(seed: 5)
        for length in 40..<60 {
            for _ in 0..<20 {
                let word = String((0..<length).map { _ in "abehlotrinsw".randomElement(using: &random) ?? "a" })
                let alone = tokenizer.encode(word, addSpecial: false, parseSpecial: false)
                // A character no token reaches across, so that the word's tokens stay what they were.
                let padded = word + String(repeating: "\u{2}", count: 60)
                let tokens = tokenizer.encode(padded, addSpecial: false, parseSpecial: false)
                #expect(Array(tokens.prefix(alone.count)) == alone, "seed 5: \(word)")
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func aMegabyteOfOneWordIsUnknownToWordPiece() throws {
        let tokenizer = try TokenizerJSON(Array(TokenizerJSONTests.wordPiece.utf8))
        let long = String(repeating: "light", count: 200_000)
        #expect(tokenizer.encode(long, addSpecial: false, parseSpecial: false).map(tokenizer.piece) == ["[UNK]"])
    }
}
