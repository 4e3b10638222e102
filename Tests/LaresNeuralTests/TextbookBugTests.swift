import LaresNeural
import LaresTensor
import Testing

/// The mistakes that textbooks' programs make, and that the checks of `SigmoidNetworkTests` and of the examples must therefore find.
@Suite struct TextbookBugTests {
    private let inputs = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
    private let targets = Tensor([[0], [1], [1], [0]])

    private func network(seed: UInt64) -> Sequential {
        var random = SeededRandom(seed: seed)
        return Sequential(Linear(2, 8, using: &random), Sigmoid(), Linear(8, 1, using: &random), Sigmoid())
    }

    private func loss(_ model: Sequential) -> Tensor { square(model(inputs) - targets).mean() }

    private func cosine(_ a: Tensor, _ b: Tensor) -> Float {
        let (x, y) = (a.array, b.array)
        func dot(_ x: [Float], _ y: [Float]) -> Float { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
    }

    /// Three layers of one width, so that no shape betrays that a gradient went back through another layer's weights, or through the
    /// function of another layer's numbers.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func aGradientThroughTheWrongLayerPointsElsewhere(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        func layer() -> Linear { Linear(.normal([6, 6], using: &random), bias: .normal([6], using: &random)) }
        let model = Sequential(layer(), Sigmoid(), layer(), Sigmoid(), layer(), Sigmoid())
        let x = Tensor.normal([20, 6], using: &random), t = Tensor.uniform([20, 6], in: 0..<1, using: &random)
        let (_, gradient) = valueAndGradient(at: model) { square($0(x) - t).sum() * 0.5 }

        let p = model.parameters.map(\.value)
        let h = sigmoid(matmul(x, p[0]) + p[1]), g = sigmoid(matmul(h, p[2]) + p[3]), y = sigmoid(matmul(g, p[4]) + p[5])
        let last = (y - t) * y * (1 - y)
        func first(_ outer: Tensor, _ inner: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
            let middle = matmul(last, outer.transposed()) * a * (1 - a)
            return matmul(x.transposed(), matmul(middle, inner.transposed()) * b * (1 - b))
        }
        let found = gradient.tensors[0]
        #expect(cosine(found, first(p[4], p[2], g, h)) > 0.9999)
        #expect(cosine(found, first(p[4], p[0], g, h)) < 0.9, "through the weights of the first layer")
        #expect(cosine(found, first(p[2], p[4], g, h)) < 0.9, "through the layers in the wrong order")
        #expect(cosine(found, first(p[4], p[2].transposed(), g, h)) < 0.9, "through weights that were not turned round")
    }

    /// As long as the gradient, and in any direction.
    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func anUpdateByNoiseLowersNothing(_ seed: UInt64) {
        func trained(byNoise: Bool) -> Float {
            var random = SeededRandom(seed: seed)
            var (model, optimizer) = (network(seed: seed), SGD(learningRate: 4))
            for _ in 0..<2000 {
                var gradient = valueAndGradient(at: model, loss).gradient
                if byNoise {
                    let noise = Gradient(tensors: gradient.tensors.map { .normal($0.shape, using: &random) })
                    gradient = noise.scaled(by: gradient.norm / noise.norm)
                }
                optimizer.update(&model, along: gradient)
            }
            return loss(model).scalar
        }
        #expect(trained(byNoise: false) < 0.02)
        #expect(trained(byNoise: true) > 0.15)
    }

    /// A gradient that is found once and used for ever.
    @Test func aStaleGradientDoesNotLearn() {
        let start = network(seed: 1)
        var (model, optimizer) = (start, SGD(learningRate: 4))
        for _ in 0..<2000 {
            let (_, gradient) = valueAndGradient(at: start, loss)
            optimizer.update(&model, along: gradient)
        }
        #expect(loss(model).scalar > 0.2)
    }

    /// [4, 1] and [4] would broadcast to [4, 4], and the loss be one of all pairs.
    @Test func aTargetOfAnotherShapeEndsTheProgramWithBothShapes() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = meanSquaredError(Tensor.zeros([4, 1]), Tensor.zeros([4]))
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.contains("a prediction of shape [4, 1] for a target of shape [4]"), "\(said)")
    }

    @Test func factorsThatDoNotFitEndTheProgramWithBothShapes() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var random = SeededRandom(seed: 1)
            _ = Linear(3, 2, using: &random)(Tensor.zeros([4, 5]))
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.contains("[4, 5]") && said.contains("[3, 2]"), "\(said)")
    }
}
