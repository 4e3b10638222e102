import Foundation
import LaresTensor
import Testing

/// One step against the textbook: L = −Σₒ log σ(±hᵢ·vₒ); its gradients are Σₒ (σ − label) vₒ for hᵢ and Σᵢ (σ − label) hᵢ for vₒ.
struct WordVectorStepTests {
    private func rows(_ count: Int, _ random: inout SeededRandom) -> [[Float]] {
        (0..<count).map { _ in (0..<32).map { _ in random.normal() * 0.3 } }
    }

    private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
    private func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    @Test(arguments: [(1, 1), (1, 6), (7, 6), (16, 8), (3, 13), (5, 40)]) func aStepIsTheTextbooks(_ inputs: Int, _ outputs: Int) throws {
        var random = SeededRandom(seed: UInt64(inputs * 100 + outputs))
        let h = rows(inputs, &random), v = rows(outputs, &random), rate: Float = 0.1
        let labels = (0..<outputs).map { Float($0 % 3 == 0 ? 1 : 0) }
        let result = try #require(WordVectorKernel.step(inputs: h, outputs: v, labels: labels, rate: rate))
        let slope = h.map { x in zip(v, labels).map { rate * ($1 - sigmoid(dot(x, $0))) } }
        for i in h.indices {
            for c in 0..<32 {
                let wanted = v.indices.reduce(Float(0)) { $0 + slope[i][$1] * v[$1][c] }
                #expect(abs(result.changes[i][c] - wanted) < 1e-5)
            }
        }
        for o in v.indices {
            for c in 0..<32 {
                let wanted = v[o][c] + h.indices.reduce(Float(0)) { $0 + slope[$1][o] * h[$1][c] }
                #expect(abs(result.outputs[o][c] - wanted) < 1e-5)
            }
        }
    }

    @Test func allKernelsAgree() throws {
        var random = SeededRandom(seed: 5)
        let h = rows(9, &random), v = rows(11, &random), labels = (0..<11).map { Float($0 == 4 ? 1 : 0) }
        let plain = try #require(WordVectorKernel.step(inputs: h, outputs: v, labels: labels, rate: 0.2, kernels: "portable"))
        for name in ["avx2", "avx512", "neon"] {
            guard let other = WordVectorKernel.step(inputs: h, outputs: v, labels: labels, rate: 0.2, kernels: name) else { continue }
            for (a, b) in zip((plain.outputs + plain.changes).joined(), (other.outputs + other.changes).joined()) {
                #expect(abs(a - b) < 1e-5)
            }
        }
    }
}
