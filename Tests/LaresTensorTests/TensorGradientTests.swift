import LaresTensor
import Testing

private let places = Indices([2, 0, 2], [3])
private let someTokens = Indices([3, 0, 1, 1, 0, 3], [3, 2])

private let operators: [Checked] = [
    Checked(name: "+", shapes: [[3, 4], [3, 4]]) { $0[0] + $0[1] },
    Checked(name: "+ of a row", shapes: [[2, 3, 4], [4]]) { $0[0] + $0[1] },
    Checked(name: "- of a column", shapes: [[3, 4], [3, 1]]) { $0[0] - $0[1] },
    Checked(name: "* of a scalar", shapes: [[3, 4], []]) { $0[0] * $0[1] },
    Checked(name: "* broadcast both ways", shapes: [[3, 1], [1, 5]]) { $0[0] * $0[1] },
    Checked(name: "/", shapes: [[3, 4], [4]], range: 0.8..<2) { $0[0] / $0[1] },
    Checked(name: "a number less", shapes: [[5]]) { 3 - $0[0] },
    Checked(name: "a tensor twice", shapes: [[5]]) { $0[0] * $0[0] + $0[0] },
    Checked(name: "maximum", shapes: [[40], [40]]) { maximum($0[0], $0[1] + 8) + maximum($0[0] + 8, $0[1]) },
    Checked(name: "minimum", shapes: [[40], [40]]) { minimum($0[0], $0[1] + 8) },
    Checked(name: "rotated", shapes: [[2, 3, 12]]) { $0[0].rotated(by: Rotation(places: 4, frequencies: [1, 0.3]), heads: 2) },
    Checked(name: "relu", shapes: [[37]], range: 0.1..<2) { relu($0[0]) + relu(-$0[0]) },
    Checked(name: "abs", shapes: [[37]], range: 0.1..<2) { abs($0[0]) + abs(-$0[0]) * 2 },
    Checked(name: "sigmoid", shapes: [[37]]) { sigmoid($0[0]) },
    Checked(name: "tanh", shapes: [[37]]) { tanh($0[0]) },
    Checked(name: "gelu", shapes: [[37]]) { gelu($0[0]) },
    Checked(name: "silu", shapes: [[37]]) { silu($0[0]) },
    Checked(name: "exp", shapes: [[37]]) { exp($0[0]) },
    Checked(name: "log", shapes: [[37]], range: 0.5..<2) { log($0[0]) },
    Checked(name: "sqrt", shapes: [[37]], range: 0.5..<2) { sqrt($0[0]) },
    Checked(name: "square", shapes: [[37]]) { square($0[0]) },
    Checked(name: "sum", shapes: [[3, 5]]) { $0[0].sum() },
    Checked(name: "mean", shapes: [[3, 5]]) { $0[0].mean() },
    Checked(name: "sum along the first axis", shapes: [[3, 4, 2]]) { $0[0].sum(along: 0) },
    Checked(name: "mean along the last axis", shapes: [[3, 4, 2]]) { $0[0].mean(along: -1, keepingAxis: true) },
    Checked(name: "variance", shapes: [[3, 7]]) { $0[0].variance(along: 1) },
    Checked(name: "max", shapes: [[3, 4]]) { ($0[0] * 0.01 + Tensor([0, 1, 2, 3])).max(along: 1) },
    Checked(name: "min", shapes: [[3, 4]]) { ($0[0] * 0.01 + Tensor([0, 1, 2, 3])).min(along: 1) },
    Checked(name: "reshaped", shapes: [[3, 4]]) { $0[0].reshaped([2, -1]) },
    Checked(name: "permuted", shapes: [[2, 3, 4]]) { $0[0].permuted([2, 0, 1]) },
    Checked(name: "transposed, then reshaped", shapes: [[3, 4]]) { $0[0].transposed().reshaped([12]) },
    Checked(name: "slice", shapes: [[3, 5]]) { $0[0].slice(1..<4, along: 1) },
    Checked(name: "slices of one tensor", shapes: [[4, 3]]) { $0[0].at(0) * $0[0].at(2) + $0[0].at(0) },
    Checked(name: "padded", shapes: [[2, 3]]) { $0[0].padded(along: 1, before: 1, after: 2) },
    Checked(name: "concatenated", shapes: [[2, 3], [2, 1]]) { concatenated([$0[0], $0[1], $0[0]], along: 1) },
    Checked(name: "stacked", shapes: [[3], [3]]) { stacked([$0[0], $0[1]], along: 1) },
    Checked(name: "rows", shapes: [[4, 3]]) { $0[0].rows(places) },
    Checked(name: "adding at rows", shapes: [[4, 2], [3, 2]]) { $0[0].adding($0[1], atRows: places) },
    Checked(name: "taking", shapes: [[3, 4]]) { $0[0].taking(places) },
    Checked(name: "taking along the first axis", shapes: [[4, 3]]) { $0[0].taking(places, along: 0) },
    Checked(name: "choose", shapes: [[4], [4]]) { Tensor.choose(where: Tensor([1, 0, 0, 1]), $0[0], else: $0[1]) },
    Checked(name: "matmul", shapes: [[5, 7], [7, 3]]) { matmul($0[0], $0[1]) },
    Checked(name: "matmul of transposes", shapes: [[7, 5], [3, 7]]) { matmul($0[0].transposed(), $0[1].transposed()) },
    Checked(name: "matmul of many rows", shapes: [[2, 3, 4], [4, 5]]) { matmul($0[0], $0[1]) },
    Checked(name: "matmul of many", shapes: [[2, 3, 4], [2, 4, 5]]) { matmul($0[0], $0[1]) },
    Checked(name: "matmul of many transposed", shapes: [[2, 3, 4], [2, 5, 4]]) { matmul($0[0], $0[1].transposed()) },
    Checked(name: "linear", shapes: [[4, 6], [6, 5], [5]]) { linear($0[0], $0[1], $0[2]) },
    Checked(name: "linear without a bias", shapes: [[2, 2, 6], [6, 5]]) { linear($0[0], $0[1], nil) },
    Checked(name: "linear, then sigmoid", shapes: [[4, 6], [6, 5], [5]]) { linear($0[0], $0[1], $0[2], then: .sigmoid) },
    Checked(name: "linear, then tanh", shapes: [[4, 6], [6, 5], [5]]) { linear($0[0], $0[1], $0[2], then: .tanh) },
    Checked(name: "linear, then relu", shapes: [[4, 6], [6, 5], [5]], range: 0.1..<1) { linear($0[0], $0[1], $0[2], then: .relu) },
    Checked(name: "linear, then gelu", shapes: [[4, 6], [6, 5], [5]]) { linear($0[0], $0[1], $0[2], then: .gelu) },
    Checked(name: "linear, then silu", shapes: [[4, 6], [6, 5], [5]]) { linear($0[0], $0[1], $0[2], then: .silu) },
    Checked(name: "softmax", shapes: [[3, 19]]) { softmax($0[0]) },
    Checked(name: "logSoftmax", shapes: [[3, 5]]) { logSoftmax($0[0]) },
    Checked(name: "crossEntropy", shapes: [[3, 5]]) { crossEntropy($0[0], places) },
    Checked(name: "crossEntropy, smoothed, with padding", shapes: [[2, 2, 5]]) {
        crossEntropy($0[0], Indices([1, -1, 4, 0], [2, 2]), smoothing: 0.1)
    },
    Checked(name: "layerNorm", shapes: [[3, 19], [19], [19]]) { layerNorm($0[0], $0[1], $0[2]) },
    Checked(name: "rmsNorm", shapes: [[3, 19], [19]]) { rmsNorm($0[0], $0[1]) },
    Checked(name: "convolution2D", shapes: [[2, 5, 4, 3], [27, 2], [2]]) {
        convolution2D($0[0], $0[1], $0[2], Window2D(3, 3, paddingY: 1, paddingX: 1))
    },
    Checked(name: "convolution2D, stride 2", shapes: [[1, 5, 5, 2], [8, 3], [3]]) {
        convolution2D($0[0], $0[1], $0[2], Window2D(2, 2, stride: 2), then: .tanh)
    },
    Checked(name: "convolution2D of several pieces", shapes: [[2, 20, 16, 1], [9, 2], [2]]) {
        convolution2D($0[0], $0[1], $0[2], Window2D(3, 3, paddingY: 1, paddingX: 1))
    },
    Checked(name: "convolution1D", shapes: [[2, 6, 3], [9, 2], [2]]) { convolution1D($0[0], $0[1], $0[2], window: 3, padding: 1) },
    Checked(name: "maxPool2D", shapes: [[1, 4, 4, 2]]) {
        maxPool2D($0[0] * 0.1 + Tensor((0..<32).map { Float($0 * 7 % 32) }, [1, 4, 4, 2]), Window2D(2, 2, stride: 2))
    },
    Checked(name: "averagePool2D", shapes: [[2, 4, 4, 2]]) { averagePool2D($0[0], Window2D(2, 2, stride: 2)) },
    Checked(name: "attention", shapes: [[2, 3, 8], [2, 5, 8], [2, 5, 8]]) { attention($0[0], $0[1], $0[2], heads: 2) },
    Checked(name: "attention, causal", shapes: [[1, 4, 6], [1, 4, 6], [1, 4, 6]]) {
        attention($0[0], $0[1], $0[2], heads: 2, mask: .causal)
    },
    Checked(name: "attention, causal, of several blocks", shapes: [[1, 40, 2], [1, 41, 2], [1, 41, 2]]) {
        attention($0[0], $0[1], $0[2], heads: 1, mask: AttentionMask(isCausal: true, lengths: [39]))
    },
    Checked(name: "attention of a sequence to itself", shapes: [[2, 5, 24]]) { attention($0[0], heads: 2) },
    Checked(name: "attention of a sequence to itself, causal, of several blocks", shapes: [[1, 41, 6]]) {
        attention($0[0], heads: 1, mask: .causal)
    },
    Checked(name: "attention with padding", shapes: [[2, 3, 4], [2, 5, 4], [2, 5, 4]]) {
        attention($0[0], $0[1], $0[2], heads: 1, mask: AttentionMask(lengths: [2, 5]))
    },
    Checked(name: "lstm", shapes: [[3, 2, 4], [2, 5], [2, 5], [4, 20], [5, 20], [20], [20]]) { x in
        let (outputs, cell) = lstm(
            x[0], from: x[1], cell: x[2], RecurrentWeights(input: x[3], recurrent: x[4], bias: x[5], recurrentBias: x[6]))
        return concatenated([outputs, cell.expanded(at: 0)])
    },
    Checked(name: "lstm in a table", shapes: [[4, 3], [2, 5], [2, 5], [3, 20], [5, 20], [20], [20]]) { x in
        let weights = RecurrentWeights(input: x[3], recurrent: x[4], bias: x[5], recurrentBias: x[6])
        let (outputs, cell) = lstm(someTokens, in: x[0], from: x[1], cell: x[2], weights)
        return concatenated([outputs, cell.expanded(at: 0)])
    },
    Checked(name: "gru in a table", shapes: [[4, 3], [2, 5], [3, 15], [5, 15], [15], [15]]) { x in
        gru(someTokens, in: x[0], from: x[1], RecurrentWeights(input: x[2], recurrent: x[3], bias: x[4], recurrentBias: x[5]))
    },
    Checked(name: "gru", shapes: [[3, 2, 4], [2, 5], [4, 15], [5, 15], [15], [15]]) { x in
        gru(x[0], from: x[1], RecurrentWeights(input: x[2], recurrent: x[3], bias: x[4], recurrentBias: x[5]))
    },
]

/// Leaves NaN in the memory that small tensors are going to take.
private func spoilTensorMemory() {
    for count in stride(from: 16, through: 1024, by: 16) { _ = (0..<16).map { _ in Tensor(repeating: .nan, [count]) } }
}

@Suite struct TensorGradientTests {
    @Test(arguments: operators)
    func gradientsAreThoseOfFiniteDifferences(_ checked: Checked) { checkGradient(checked) }

    /// A layer that begins with zeros asks for no gradient of them, and must still get those of its weights.
    @Test(arguments: operators)
    func anInputsGradientDoesntDependOnWhoElseAsks(_ checked: Checked) {
        var random = SeededRandom(seed: 2)
        let inputs = checked.shapes.map { Tensor.uniform($0, in: checked.range, using: &random) }
        let weights = Tensor.normal(checked.run(inputs).shape, using: &random)
        func gradients(watching places: some Sequence<Int>) -> [Int: Tensor] {
            spoilTensorMemory()  // which else still has the right numbers where a way back forgets to write them
            let tape = Tape()
            var x = inputs
            for place in places { x[place] = tape.watch(x[place]) }
            let gradients = tape.gradients(of: (checked.run(x) * weights).sum())
            return Dictionary(uniqueKeysWithValues: places.map { ($0, gradients.of(x[$0])) })
        }
        let all = gradients(watching: inputs.indices)
        for place in inputs.indices {
            let alone = gradients(watching: [place])
            #expect(alone[place] == all[place], "input \(place) alone")
            guard inputs.count > 1 else { continue }
            let others = gradients(watching: inputs.indices.filter { $0 != place })
            #expect(others == all.filter { $0.key != place }, "all inputs but \(place)")
        }
    }

    @Test func dropoutScalesGradientsAsItScaledNumbers() {
        let tape = Tape(), x = tape.watch(Tensor(repeating: 2, [1000]))
        var random = SeededRandom(seed: 3)
        let y = x.dropping(0.25, using: &random)
        let gradient = tape.gradients(of: y.sum()).of(x)
        #expect(gradient * 2 == y.detached)
        #expect(abs(y.mean().scalar - 2) < 0.15)
    }

    @Test func whatResultsDontDependOnHasAGradientOfZero() {
        let tape = Tape(), x = tape.watch(Tensor([1, 2])), unused = tape.watch(Tensor([3]))
        let gradients = tape.gradients(of: (x * x).sum())
        #expect(gradients.of(x).array == [2, 4])
        #expect(gradients.of(unused).array == [0])
    }

    @Test func detachedTensorsStopGradients() {
        let tape = Tape(), x = tape.watch(Tensor([1, 2]))
        #expect(tape.gradients(of: (x * x.detached).sum()).of(x).array == [1, 2])
    }

    @Test func tensorsOfAClosedTapeArePlain() {
        let tape = Tape(), x = tape.watch(Tensor(2))
        let y = x * x
        _ = tape.gradients(of: y)
        #expect(!(y * 2).isRecorded)
    }
}
