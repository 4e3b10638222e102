import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// Mutated files of word vectors, in every format: each is read, and answers, or is refused, and never traps.
@Suite struct WordVectorFuzzTests {
    @Test(arguments: WordVectorFormat.allCases) func mutatedFilesAreReadOrRefused(_ format: WordVectorFormat) throws {
        var settings = WordVectorSettings()
        (settings.dimensions, settings.epochs, settings.grams) = (4, 1, format == .safetensors ? CharacterGrams(buckets: 20) : nil)
        let vectors = try WordVectorTrainer(try TrainingText(lines: ["the cat drinks milk", "der Bär trinkt 牛奶"]), settings).train()
        let original = try withFile("") { path in
            try vectors.write(to: path, as: format)
            return try bytes(of: path)
        }
        var random = SeededRandom(seed: 2_614)
        let rounds = GGUFFuzzTests.inputs / 10
        var accepted = 0
        for _ in 0..<rounds {
            accepted += try withFile(GGUFFuzzTests.mutate(original, &random)) { path in
                guard let read = try? WordVectors(contentsOf: path) else { return 0 }
                if let word = read.words.first {
                    _ = try? (read.nearest(to: word, count: 3), read.analogy(word, "cat", "unseen", count: 2))
                }
                return 1
            }
        }
        #expect(accepted > 0 && accepted < rounds)
    }
}
