import LaresNeural
import LaresTensor
import Testing

private struct Point: Module {
    var position = Tensor([2, -1])
    mutating func visit(_ visitor: inout some ParameterVisitor) { visitor.visit("position", &position) }
}

/// Steps down x² + y²/2, beside the papers' formulas in double precision.
@Suite struct OptimizerTests {
    private func path(_ optimizer: some Optimizer, steps: Int = 5) -> [Float] {
        var (point, optimizer) = (Point(), optimizer)
        for _ in 0..<steps {
            let (_, gradient) = valueAndGradient(at: point) { (square($0.position) * Tensor([1, 0.5])).sum() }
            optimizer.update(&point, along: gradient)
        }
        return point.position.array
    }

    /// The same with `step(w, g, memory, t)`; memory holds two numbers.
    private func reference(_ step: (Double, Double, inout (Double, Double), Int) -> Double) -> [Double] {
        zip([2.0, -1.0], [2.0, 1.0]).map { start, curve in
            var (w, memory) = (start, (0.0, 0.0))
            for t in 1...5 { w = step(w, curve * w, &memory, t) }
            return w
        }
    }

    private func expectClose(_ found: [Float], _ right: [Double]) {
        for (a, b) in zip(found, right) { #expect(abs(Double(a) - b) < 1e-5) }
    }

    @Test func descentFollowsTheGradient() {
        expectClose(path(SGD(learningRate: 0.1)), reference { w, g, _, _ in w - 0.1 * g })
        expectClose(path(SGD(learningRate: 0.1, decay: .all(0.5))), reference { w, g, _, _ in w - 0.1 * (g + 0.5 * w) })
    }

    @Test func momentumKeepsTheDirection() {
        expectClose(
            path(SGD(learningRate: 0.1, momentum: 0.9)),
            reference { w, g, m, _ in
                m.0 = 0.9 * m.0 + g
                return w - 0.1 * m.0
            })
        expectClose(
            path(SGD(learningRate: 0.1, momentum: 0.9, isNesterov: true)),
            reference { w, g, m, _ in
                m.0 = 0.9 * m.0 + g
                return w - 0.1 * (g + 0.9 * m.0)
            })
    }

    @Test(arguments: [0, 0.1]) func adamIsThePapers(_ decay: Double) {
        expectClose(
            path(AdamW(learningRate: 0.1, decay: .all(Float(decay)))),
            reference { w, g, m, t in
                m = (0.9 * m.0 + 0.1 * g, 0.999 * m.1 + 0.001 * g * g)
                var (first, second) = (1.0, 1.0)
                for _ in 0..<t { (first, second) = (first * 0.9, second * 0.999) }
                return w - 0.1 * decay * w - 0.1 * (m.0 / (1 - first)) / ((m.1 / (1 - second)).squareRoot() + 1e-8)
            })
    }

    @Test func adaptiveRatesDivideByPastGradients() {
        expectClose(
            path(RMSProp(learningRate: 0.1)),
            reference { w, g, m, _ in
                m.0 = 0.99 * m.0 + 0.01 * g * g
                return w - 0.1 * g / (m.0.squareRoot() + 1e-8)
            })
        expectClose(
            path(Adagrad(learningRate: 0.1)),
            reference { w, g, m, _ in
                m.0 += g * g
                return w - 0.1 * g / (m.0.squareRoot() + 1e-10)
            })
    }

    @Test func decayOfMatricesSparesBiases() {
        var random = SeededRandom(seed: 1)
        var model = Linear(3, 2, using: &random)
        let before = model
        var optimizer = AdamW(learningRate: 0.1, decay: .matrices(0.5))
        optimizer.update(&model, along: Gradient(tensors: [.zeros([3, 2]), .zeros([2])]))
        #expect(model.bias == before.bias)
        #expect(model.weight == before.weight * 0.95)
    }

    private struct Three: Module {
        var weight = Tensor([2, -1, 0.5, 3], [2, 2]), bias = Tensor([4, -2]), scale = Tensor([1, 0.25])
        mutating func visit(_ visitor: inout some ParameterVisitor) {
            visitor.visit("weight", &weight)
            visitor.visit("bias", &bias)
            visitor.visit("scale", &scale)
        }
    }

    /// The first step of each optimizer, by hand: `w`, `g`, the group's decay and its rate.
    private static let firstSteps: [(any Optimizer, @Sendable (Double, Double, Double, Double) -> Double)] = [
        (SGD(learningRate: 0.1, decay: groups), { w, g, decay, rate in w - rate * (g + decay * w) }),
        (
            SGD(learningRate: 0.1, momentum: 0.9, isNesterov: true, decay: groups),
            { w, g, decay, rate in w - rate * 1.9 * (g + decay * w) }
        ),
        (AdamW(learningRate: 0.1, decay: groups), { w, g, decay, rate in w - rate * decay * w - rate * g / (abs(g) + 1e-8) }),
        (
            RMSProp(learningRate: 0.1, decay: groups),
            { w, g, decay, rate in w - rate * (g + decay * w) / (0.1 * abs(g + decay * w) + 1e-8) }
        ),
        (Adagrad(learningRate: 0.1, decay: groups), { w, g, decay, rate in w - rate * (g + decay * w) / (abs(g + decay * w) + 1e-10) }),
    ]
    private static let groups = WeightDecay([
        WeightDecay.Group(0.5, rate: 0.2) { name, _ in name == "bias" }, WeightDecay.Group(0.25) { _, shape in shape.count >= 2 },
        WeightDecay.Group(9) { name, _ in name == "weight" },
    ])

    @Test(arguments: firstSteps.indices) func theFirstGroupOfAParameterDecidesItsDecayAndItsRate(_ index: Int) {
        let (optimizer, step) = Self.firstSteps[index]
        let gradient = Gradient(tensors: [Tensor([0.5, -2, 1, 0.25], [2, 2]), Tensor([3, 0.125]), Tensor([-1, 2])])
        let slopes = gradient.tensors.map(\.array), before = Three()
        let after = updated(before, optimizer, gradient)
        let figures = [(before.weight, after.weight, 0.25, 0.1), (before.bias, after.bias, 0.5, 0.02), (before.scale, after.scale, 0, 0.1)]
        for ((old, new, decay, rate), slopes) in zip(figures, slopes) {
            expectClose(new.array, zip(old.array, slopes).map { step(Double($0), Double($1), decay, rate) })
        }
        #expect(gradient.tensors.map(\.array) == slopes)
    }

    private func updated(_ model: Three, _ optimizer: some Optimizer, _ gradient: Gradient) -> Three {
        var (model, optimizer) = (model, optimizer)
        optimizer.update(&model, along: gradient)
        return model
    }

    @Test func clippingShortensOnlyWhatIsLonger() {
        let gradient = Gradient(tensors: [Tensor([3, 0]), Tensor([4])])
        #expect(gradient.norm == 5)
        #expect(abs(gradient.clipped(toNorm: 1).norm - 1) < 1e-6)
        #expect(gradient.clipped(toNorm: 10).tensors == gradient.tensors)
        #expect(gradient.clipped(toValue: 3.5).tensors[1].array == [3.5])
        #expect(!Gradient(tensors: [Tensor([.nan])]).isFinite)
    }

    /// The last one's numbers are finite, but their squares aren't: shortening would make zeros of it, and NaN of an infinite one.
    @Test(arguments: [Float.infinity, .nan, 1e30]) func aGradientThatIsntFiniteIsNotShortened(_ number: Float) {
        let gradient = Gradient(tensors: [Tensor([number, 1])]), clipped = gradient.clipped(toNorm: 1)
        #expect(!gradient.isFinite && !clipped.isFinite)
        #expect(clipped.tensors[0].array[1] == 1)
    }

    @Test func aStepIsShortenedOrRefusedAndThenChangesNothing() throws {
        var random = SeededRandom(seed: 3)
        let start = Linear(2, 1, using: &random), weight = Tensor([3, 0], [2, 1])
        var (model, clipped, optimizer) = (start, start, SGD(learningRate: 0.1))
        let gradient = Gradient(tensors: [weight, Tensor([4])])
        try optimizer.update(&model, along: gradient, of: 2, clippedTo: 1)
        optimizer.update(&clipped, along: gradient.clipped(toNorm: 1))
        #expect(model.weight == clipped.weight && model.bias == clipped.bias && model.weight != start.weight)
        let bad: [(Gradient, Float)] = [
            (gradient, .nan), (gradient, .infinity), (Gradient(tensors: [weight, Tensor([.nan])]), 2),
            (Gradient(tensors: [weight, Tensor([-.infinity])]), 2), (Gradient(tensors: [weight, Tensor([1e30])]), 2),
        ]
        for (gradient, loss) in bad {
            let error = #expect(throws: TrainingDiverged.self) { try optimizer.update(&model, along: gradient, of: loss, clippedTo: 1) }
            #expect(error?.place == "step 3" && error?.description.contains("smaller learning rate") == true)
        }
        #expect(model.weight == clipped.weight && model.bias == clipped.bias && optimizer.state.steps == 2)
    }

    @Test func schedulesRiseAndFall() {
        let schedule = Schedule.cosine(1, to: 0.1, over: 100).warmedUp(over: 10)
        #expect(schedule.rate(at: 0) == 0.1 && schedule.rate(at: 9) == 1 && schedule.rate(at: 10) == 1)
        #expect(abs(schedule.rate(at: 60) - 0.55) < 1e-6 && abs(schedule.rate(at: 500) - 0.1) < 1e-6)
        #expect(Schedule.stepped(1, factor: 0.5, every: 3).rate(at: 7) == 0.25)
        #expect(Schedule.linear(1, to: 0, over: 4).rate(at: 1) == 0.75)
    }

    @Test func trainingEndsWhenItNoLongerGetsBetter() {
        var stopping = EarlyStopping(patience: 2)
        #expect([3, 2, .nan, 2.5].map { stopping.look($0) } == [.better, .better, .worse, .stop])
    }
}
