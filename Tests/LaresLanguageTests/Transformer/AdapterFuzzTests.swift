import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// Mutated adapters: each is read, and computed with, or refused, and never traps.
@Suite struct AdapterFuzzTests {
    @Test func mutatedAdaptersAreReadOrRefused() throws {
        var random = SeededRandom(seed: 2_615)
        let network = CausalTransformer(
            .init(vocabulary: ByteVocabulary.count, width: 8, layers: 1, heads: 2, feedForward: 16, context: 8), using: &random)
        let adapter = LowRankAdapter(network, rank: 2, using: &random)
        let original = try withFile("") { path in
            try adapter.contents.write(to: path)
            return try bytes(of: path)
        }
        let rounds = GGUFFuzzTests.inputs / 10
        var accepted = 0
        for _ in 0..<rounds {
            let bytes = GGUFFuzzTests.mutate(original, &random)
            guard let file = try? GGUFFile(GGUFStorage(copying: bytes)), let read = try? LowRankAdapter(file, for: network) else {
                continue
            }
            _ = AdaptedTransformer(network, read)(Indices([1, 2, 3], [1, 3])).array
            accepted += 1
        }
        #expect(accepted > 0 && accepted < rounds)
    }
}
