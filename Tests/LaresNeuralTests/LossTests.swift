import LaresNeural
import LaresTensor
import Testing

@Suite struct LossTests {
    private let prediction = Tensor([0.5, -1, 3]), target = Tensor([0, 1, 2.5])

    @Test func valuesAreTheDefinitions() {
        expectClose(meanSquaredError(prediction, target), (0.25 + 4 + 0.25) / 3)
        expectClose(meanAbsoluteError(prediction, target), 1)
        expectClose(huberLoss(prediction, target), (0.125 + 1.5 + 0.125) / 3)
        expectClose(quantileLoss(prediction, target, quantile: 0.9), (0.05 + 1.8 + 0.05) / 3)
        expectClose(binaryCrossEntropy(Tensor([0, 100, -100]), Tensor([1, 1, 0])), 0.6931472 / 3)
    }

    @Test func smoothingMixesInEveryClass() {
        let logits = Tensor([[2, 0, -1]]), label = Indices([0], [1])
        let each = (0..<3).map { crossEntropy(logits, Indices([Int32($0)], [1])).scalar }
        expectClose(crossEntropy(logits, label, smoothing: 0.3), 0.7 * each[0] + 0.3 * (each[0] + each[1] + each[2]) / 3)
    }

    @Test func paddingDoesntCount() {
        let logits = Tensor([[2, 0], [5, 5]])
        expectClose(crossEntropy(logits, Indices([0, -1], [2])), crossEntropy(logits.slice(0..<1), Indices([0], [1])).scalar)
    }

    @Test func gradientsAreThoseOfFiniteDifferences() {
        let (prediction, target) = (prediction, target)
        let losses: [@Sendable (Tensor) -> Tensor] = [
            { meanSquaredError($0, target) }, { meanAbsoluteError($0, target) }, { huberLoss($0, target) },
            { quantileLoss($0, target, quantile: 0.3) }, { binaryCrossEntropy($0, Tensor([1, 0, 0.5])) },
        ]
        for loss in losses {
            let tape = Tape(), x = tape.watch(prediction)
            let gradient = tape.gradients(of: loss(x)).of(x).array
            for i in 0..<3 {
                let step = Tensor((0..<3).map { $0 == i ? 0.01 : 0 })
                let slope = (loss(prediction + step).scalar - loss(prediction - step).scalar) / 0.02
                #expect(abs(gradient[i] - slope) < 1e-3)
            }
        }
    }

    private func expectClose(_ found: Tensor, _ right: Float) { #expect(abs(found.scalar - right) < 1e-6, "\(found.scalar), not \(right)") }
}
