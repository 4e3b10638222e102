import LaresNeural
import LaresTensor
import Testing

@Suite struct LayerTests {
    private var random = SeededRandom(seed: 9)

    @Test mutating func parametersAreNamedByTheirPlaces() {
        let model = Sequential(Linear(2, 3, using: &random), ReLU(), Sequential(Linear(3, 1, using: &random)))
        #expect(model.parameters.map(\.name) == ["0.weight", "0.bias", "2.0.weight", "2.0.bias"])
        #expect(model.parameterCount == 13)
        let block = TransformerEncoderBlock(4, heads: 2, using: &random)
        #expect(block.parameters.map(\.name).contains("attention.query.weight"))
    }

    @Test mutating func aFunctionComputedWithItsLayerIsTheSame() {
        let (first, last) = (Linear(5, 7, using: &random), Linear(7, 2, using: &random)), x = Tensor.normal([3, 5], using: &random)
        #expect(Sequential(first, Tanh(), last)(x) == last(tanh(first(x))))
        #expect(Sequential(first, GELU(), last)(x) == last(gelu(first(x))))
    }

    @Test mutating func dropoutActsOnlyWhileTheModelLearns() {
        let model = Sequential(Dropout(0.5)), x = Tensor(repeating: 1, [1000])
        #expect(model(x) == x)
        let (value, _) = valueAndGradient(at: model, random: &random) { $0(x).equals(Tensor(0)).mean() }
        #expect(abs(value - 0.5) < 0.1)
    }

    /// One step at a time by the papers' formulas.
    @Test mutating func theMemoryOfAnLSTMIsThePapers() {
        let layer = LSTM(3, 4, using: &random), x = Tensor.normal([5, 2, 3], using: &random), w = layer.weights
        var (h, c) = (Tensor.zeros([2, 4]), Tensor.zeros([2, 4])), outputs: [Tensor] = []
        for t in 0..<5 {
            let sums = matmul(x.at(t), w.input) + w.bias + matmul(h, w.recurrent) + w.recurrentBias
            let gates = (0..<4).map { sums.slice(($0 * 4)..<($0 * 4 + 4), along: 1) }
            c = sigmoid(gates[1]) * c + sigmoid(gates[0]) * tanh(gates[2])
            h = sigmoid(gates[3]) * tanh(c)
            outputs.append(h)
        }
        let found = layer(x)
        expectClose(found.outputs, stacked(outputs))
        expectClose(found.state.cell, c)
        expectClose(found.state.output, h)
    }

    @Test mutating func theUpdateOfAGRUIsThePapers() {
        let layer = GRU(3, 4, using: &random), x = Tensor.normal([5, 2, 3], using: &random), w = layer.weights
        var h = Tensor.zeros([2, 4])
        func gate(_ sums: Tensor, _ i: Int) -> Tensor { sums.slice((i * 4)..<(i * 4 + 4), along: 1) }
        for t in 0..<5 {
            let (a, b) = (matmul(x.at(t), w.input) + w.bias, matmul(h, w.recurrent) + w.recurrentBias)
            let (r, z) = (sigmoid(gate(a, 0) + gate(b, 0)), sigmoid(gate(a, 1) + gate(b, 1)))
            let n = tanh(gate(a, 2) + r * gate(b, 2))
            h = (1 - z) * n + z * h
        }
        expectClose(layer(x).state, h)
    }

    @Test mutating func tokensOfATableAreReadAsTheirVectors() {
        let table = Embedding(4, 3, using: &random), tokens = Indices([3, 0, 1, 1, 0, 3, 2, 3], [4, 2])
        let (lstm, gru) = (LSTM(3, 5, using: &random), GRU(3, 5, using: &random))
        expectClose(lstm(tokens, in: table).outputs, lstm(table(tokens)).outputs)
        expectClose(lstm(tokens, in: table).state.cell, lstm(table(tokens)).state.cell)
        expectClose(gru(tokens, in: table).outputs, gru(table(tokens)).outputs)
    }

    @Test mutating func attentionIsSoftmaxOverKeys() {
        let q = Tensor.normal([1, 3, 4], using: &random), k = Tensor.normal([1, 5, 4], using: &random),
            v = Tensor.normal([1, 5, 4], using: &random)
        expectClose(attention(q, k, v, heads: 1), matmul(softmax(matmul(q, k.transposed()) * 0.5), v))
    }

    /// With many places the three maps are one product, with few they are three; the bits are the same.
    @Test(arguments: [AttentionMask.none, .causal]) mutating func attendingToItselfIsAttendingToACopy(_ mask: AttentionMask) {
        let layer = MultiHeadAttention(8, heads: 2, using: &random), x = Tensor.normal([2, 7, 8], using: &random)
        #expect(layer(x, mask: mask) == layer(x, over: x, mask: mask))
        #expect(layer(x, mask: mask).at(0) == layer(x.at(0).expanded(at: 0), mask: mask).at(0))
    }

    @Test mutating func whatComesLaterIsNotSeen() {
        let block = TransformerEncoderBlock(8, heads: 2, using: &random)
        let x = Tensor.normal([1, 6, 8], using: &random)
        let changed = concatenated([x.slice(0..<4, along: 1), Tensor.normal([1, 2, 8], using: &random)], along: 1)
        let (a, b) = (block(x, mask: .causal), block(changed, mask: .causal))
        #expect(a.slice(0..<4, along: 1) == b.slice(0..<4, along: 1))
        #expect(a.slice(4..<6, along: 1) != b.slice(4..<6, along: 1))
    }

    @Test mutating func paddingIsNotSeen() {
        let layer = MultiHeadAttention(8, heads: 2, using: &random), x = Tensor.normal([2, 5, 8], using: &random)
        let mask = AttentionMask(lengths: [3, 5])
        let changed = concatenated([x.slice(0..<3, along: 1), Tensor.normal([2, 2, 8], using: &random)], along: 1)
        #expect(layer(x, mask: mask).at(0).slice(0..<3) == layer(changed, mask: mask).at(0).slice(0..<3))
    }

    @Test mutating func decoderBlocksTakeAMemory() {
        let block = TransformerDecoderBlock(8, heads: 2, dropout: 0.1, using: &random)
        let y = block(Tensor.normal([2, 3, 8], using: &random), over: Tensor.normal([2, 7, 8], using: &random))
        #expect(y.shape == [2, 3, 8])
    }

    @Test mutating func imagesGoThroughConvolutions() {
        let model = Sequential(
            Convolution2D(1, 4, Window2D(3, 3), using: &random), ReLU(), MaxPool2D(2), Flatten(), Linear(36, 2, using: &random))
        #expect(model(Tensor.normal([5, 8, 8, 1], using: &random)).shape == [5, 2])
    }

    private func expectClose(_ a: Tensor, _ b: Tensor) {
        #expect(a.shape == b.shape)
        for (x, y) in zip(a.array, b.array) { #expect(abs(x - y) < 1e-5) }
    }
}
