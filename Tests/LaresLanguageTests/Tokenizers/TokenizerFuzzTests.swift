import Foundation
import LaresLanguage
import LaresTensor
import Testing

@Suite struct TokenizerFuzzTests {
    static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 100_000
    static let probe = "Hello hello, 中文 <|im_end|>[tool] 123 \u{301}\u{0}\n  lights"

    /// Everything a caller may ask of a tokenizer that was accepted.
    private func use(_ tokenizer: any Tokenizer, _ random: inout SeededRandom) {
        var stream = TextStream(tokenizer)
        var streamed = ""
        let tokens =
            tokenizer.encode(Self.probe, addSpecial: true, parseSpecial: Bool.random(using: &random))
            + (0..<4).map { _ in Token.random(in: -9...Token(tokenizer.vocabularySize + 9), using: &random) }
        for token in tokens { streamed += stream.append(token) }
        streamed += stream.finish()
        #expect(Array(streamed.utf8) == Array(tokenizer.decode(tokens).utf8))
        #expect(tokenizer.endTokens.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize })
    }

    @Test(arguments: [1, 2]) func mutatedMetadataIsReadOrRefused(kind: Int) throws {
        let seed = UInt64(100 + kind)
        var random = SeededRandom(seed: seed)
        let start = kind == 1 ? TokenizerMetadata.bytePairs : .scored
        var accepted = 0
        for _ in 0..<Self.inputs / 4 {
            var metadata = start
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&metadata, &random) }
            do {
                use(try metadata.tokenizer(), &random)
                accepted += 1
            } catch is TokenizerError {} catch is GGUFError {}
        }
        #expect(accepted > 0, "seed \(seed): every mutation was refused, so nothing was tried")
    }

    private func mutate(_ metadata: inout TokenizerMetadata, _ random: inout SeededRandom) {
        let words = ["", " ", "hello", "<0xZZ>", "<0x-1>", "he", "▁", "Ġ", "</s>", "<|end|>", "中", "a b", "h e", "\u{FFFD}", "he  llo"]
        let word = words.randomElement(using: &random) ?? ""
        let place = Int.random(in: 0..<metadata.tokens.count, using: &random)
        let (types, scores) = (max(1, metadata.types?.count ?? 1), max(1, metadata.scores?.count ?? 1))
        switch Int.random(in: 0..<10, using: &random) {
        case 0: metadata.tokens[place] = word
        case 1: metadata.tokens.append(word)
        case 2 where metadata.tokens.count > 1: metadata.tokens.remove(at: place)
        case 3: metadata.types?[place % types] = Int32.random(in: -2...8, using: &random)
        case 4: metadata.types?.append(1)
        case 5: metadata.scores?[place % scores] = Float(bitPattern: UInt32.random(in: 0 ... .max, using: &random))
        case 6: metadata.merges?.append(word)
        case 7: metadata.ids[["bos", "eos", "unknown", "eot", "fim_pad"].randomElement(using: &random) ?? "bos"] = place * 2
        case 8: metadata.flags[["add_bos_token", "add_eos_token", "add_space_prefix"].randomElement(using: &random) ?? ""] = true
        default: metadata.pre = ["gpt-2", "llama-bpe", "qwen2", "smollm", "no"].randomElement(using: &random)
        }
    }

    @Test func mutatedFilesAreReadOrRefused() throws {
        let seed: UInt64 = 103
        var random = SeededRandom(seed: seed)
        let bytePairs = """
            {"added_tokens":[{"id":9,"content":"<|im_end|>","special":true}],"normalizer":{"type":"NFC"},
            "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},"post_processor":{"type":"TemplateProcessing",
            "single":[{"SpecialToken":{"id":"x","type_id":0}},{"Sequence":{"id":"A"}}],"special_tokens":{"x":{"id":"x","ids":[9]}}},
            "model":{"type":"BPE","vocab":{"h":0,"e":1,"l":2,"o":3,"he":4,"ll":5,"hell":6,"hello":7,"Ġ":8},"merges":["h e",["l","l"],"he ll","hell o"]}}
            """
        let originals = [Array(TokenizerJSONTests.wordPiece.utf8), Array(bytePairs.utf8)]
        var accepted = 0
        for round in 0..<Self.inputs / 2 {
            let bytes = Self.mutate(originals[round % 2], &random)
            do {
                use(try TokenizerJSON(bytes), &random)
                accepted += 1
            } catch is TokenizerError {}
        }
        #expect(accepted > 0, "seed \(seed): every mutation was refused, so nothing was tried")
    }

    private static func mutate(_ original: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        let patches = [
            "{", "}", "[", "]", "\"", ":", ",", "null", "-1", "1e400", "999999999999", "\\ud800", "\\u0000", "true", "0.5", "\u{0}",
            "[[[[[[[[",
        ]
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &random)))
            case 3: bytes.insert(contentsOf: Array((patches.randomElement(using: &random) ?? "").utf8), at: min(place, bytes.count))
            default: if Int.random(in: 0..<8, using: &random) == 0 { bytes.removeSubrange(place...) }
            }
        }
        return bytes
    }
}
