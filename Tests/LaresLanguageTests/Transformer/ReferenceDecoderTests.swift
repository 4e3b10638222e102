import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// The plain decoder is held against llama.cpp; the fast one is held against both.
@Suite struct ReferenceDecoderTests {
    @Test(arguments: RandomGolden.all) func agreesWithLlamaCppOnRandomWeights(_ model: RandomGolden.Model) throws {
        let file = try GGUFFile(contentsOf: testModel("random/" + model.file))
        var decoder = ReferenceDecoder(try DecoderTensors(file))
        let rows = decoder.forward(model.tokens)
        let divergences = model.positions.map { $0.divergence(from: rows[$0.position]) }
        let mean = divergences.reduce(0, +) / Double(divergences.count)
        #expect(mean < model.allowed, "\(model.file): \(mean)")
        #expect(!divergences.isEmpty)
    }

    @Test func theGoldenModelsCoverEveryFamily() {
        let covered = Set(RandomGolden.all.map(\.family))
        #expect(Family.all.allSatisfy { covered.contains($0.architecture) })
    }

    @Test(arguments: ["smollm2", "gemma3"]) func agreesWithLlamaCppOnARealModel(_ name: String) throws {
        let golden = try LanguageGolden.named(name)
        let prompt = try #require(golden.logProbabilities.min { $0.tokens.count < $1.tokens.count })
        var decoder = ReferenceDecoder(try DecoderTensors(GGUFFile(contentsOf: testModel(name + ".gguf"))))
        let rows = decoder.forward(Array(prompt.tokens.prefix(8)))
        let positions = prompt.positions.filter { $0.position < rows.count }
        let mean = positions.reduce(0) { $0 + $1.divergence(from: rows[$1.position]) } / Double(positions.count)
        print("reference \(name): mean divergence from llama.cpp \(mean) over \(positions.count) positions")
        #expect(mean < 5e-3 && !positions.isEmpty)
    }
}
