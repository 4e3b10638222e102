import LaresNeural
import LaresTensor
import Testing

/// The network of the textbooks: σ(σ(x W + b) V + c) with half the squared error (Rumelhart, Hinton & Williams 1986).
@Suite struct SigmoidNetworkTests {
    private let inputs = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
    private let targets = Tensor([[0], [1], [1], [0]])

    private func network(_ inputs: Int, _ hidden: Int, _ outputs: Int, seed: UInt64) -> Sequential {
        var random = SeededRandom(seed: seed)
        return Sequential(Linear(inputs, hidden, using: &random), Sigmoid(), Linear(hidden, outputs, using: &random), Sigmoid())
    }

    @Test func gradientsAreTheTextbooks() {
        var random = SeededRandom(seed: 2)
        let x = Tensor.normal([5, 3], using: &random), t = Tensor.uniform([5, 2], in: 0..<1, using: &random)
        let model = network(3, 4, 2, seed: 3)
        let (_, gradient) = valueAndGradient(at: model) { square($0(x) - t).sum() * 0.5 }

        let p = model.parameters.map(\.value)
        let h = sigmoid(matmul(x, p[0]) + p[1]), y = sigmoid(matmul(h, p[2]) + p[3])
        let outputDelta = (y - t) * y * (1 - y)  // δ = (y - t) σ'
        let hiddenDelta = matmul(outputDelta, p[2].transposed()) * h * (1 - h)  // δ = (δ Vᵀ) σ'
        let expected = [
            matmul(x.transposed(), hiddenDelta), hiddenDelta.sum(along: 0), matmul(h.transposed(), outputDelta), outputDelta.sum(along: 0),
        ]
        for (found, right) in zip(gradient.tensors, expected) {
            #expect(found.shape == right.shape)
            for (a, b) in zip(found.array, right.array) { #expect(abs(a - b) < 1e-6) }
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func itLearnsExclusiveOr(_ seed: UInt64) {
        var model = network(2, 8, 1, seed: seed)
        var optimizer = Adam(learningRate: 0.05)
        for _ in 0..<1500 {
            let (_, gradient) = valueAndGradient(at: model) { square($0(inputs) - targets).mean() }
            optimizer.update(&model, along: gradient)
        }
        for (y, t) in zip(model(inputs).array, targets.array) { #expect(abs(y - t) < 0.2, "seed \(seed)") }
    }

    /// Without a function between the layers the whole is linear, and no linear map is exclusive or.
    @Test func withoutAHiddenFunctionItCannot() {
        var random = SeededRandom(seed: 1)
        var model = Sequential(Linear(2, 4, using: &random), Linear(4, 1, using: &random), Sigmoid())
        var optimizer = Adam(learningRate: 0.05)
        for _ in 0..<1500 {
            let (_, gradient) = valueAndGradient(at: model) { square($0(inputs) - targets).mean() }
            optimizer.update(&model, along: gradient)
        }
        #expect(zip(model(inputs).array, targets.array).contains { abs($0 - $1) > 0.4 })
    }

    @Test func itReadsNoisyDigits() {
        var random = SeededRandom(seed: 11)
        let digits = noisyDigits(800, &random), unseen = noisyDigits(300, &random)
        var model = Sequential(Linear(15, 32, using: &random), Sigmoid(), Linear(32, 10, using: &random))
        var optimizer = Adam(learningRate: 1e-2)
        for _ in 0..<12 {
            for batch in digits.batches(of: 64, shuffledBy: &random) {
                let (_, gradient) = valueAndGradient(at: model) { crossEntropy($0(batch.images), batch.labels) }
                optimizer.update(&model, along: gradient)
            }
        }
        #expect(accuracy(model(unseen.inputs), unseen.labels) > 0.97)
    }

    /// Digits of five rows of three dots, with noise.
    private func noisyDigits(_ count: Int, _ random: inout SeededRandom) -> LabelledSamples {
        let dots: [Int] = [0x7b6f, 0x2492, 0x73e7, 0x73cf, 0x5bc9, 0x79cf, 0x79ef, 0x7249, 0x7bef, 0x7bcf]
        let labels = (0..<count).map { _ in Int.random(in: 0..<10, using: &random) }
        let clean = Tensor(labels.flatMap { label in (0..<15).map { Float(dots[label] >> (14 - $0) & 1) } }, [count, 15])
        return LabelledSamples(clean + Tensor.normal([count, 15], deviation: 0.15, using: &random), Indices(labels))
    }
}
