import LaresControl
import LaresTesting
import Testing

@Suite("Keys of a proof")
struct ProofKeysTests {
    @Test func theyAreASet() {
        var random = SplitMix(seed: 7)
        var (keys, set) = (ProofKeys(), Set<[UInt8]>())
        for _ in 0..<50_000 {
            // Few enough that about half of them come again.
            let key = (0..<9).map { _ in UInt8.random(in: 0..<4, using: &random) & (Bool.random(using: &random) ? 3 : 1) }
            #expect(keys.insert(key) == set.insert(key).inserted)
        }
        #expect(keys.count == set.count && set.count > 20_000 && set.count < 45_000)
    }
}
