import LaresTensor
import Testing

@Suite struct TensorTests {
    @Test func broadcastingAlignsTheLastAxes() {
        let x = Tensor([[1, 2, 3], [4, 5, 6]])
        #expect((x + Tensor([10, 20, 30])).array == [11, 22, 33, 14, 25, 36])
        #expect((x * Tensor([[2], [3]])).array == [2, 4, 6, 12, 15, 18])
        #expect((1 - x).array == [0, -1, -2, -3, -4, -5])
        #expect(Shape.broadcast([2, 1, 3], [4, 1]) == [2, 4, 3])
        #expect(Shape.broadcast([2, 3], [2]) == nil)
    }

    @Test func viewsShareNumbersAndKeepTheirOrder() {
        let x = Tensor((0..<24).map(Float.init), [2, 3, 4])
        #expect(x.transposed().shape == [2, 4, 3])
        #expect(x.permuted([2, 0, 1]).array.prefix(6) == [0, 4, 8, 12, 16, 20])
        #expect(x.slice(1..<3, along: 1).at(0).array == [4, 5, 6, 7, 8, 9, 10, 11])
        #expect(x.transposed().reshaped([-1]).array == x.transposed().array)
        #expect(x.slice(1..<2, along: 2).array == [1, 5, 9, 13, 17, 21])
    }

    @Test func reductionsGoAlongTheirAxis() {
        let x = Tensor([[1, 5, 3], [4, 2, 6]])
        #expect(x.sum().scalar == 21)
        #expect(x.sum(along: 0).array == [5, 7, 9])
        #expect(x.mean(along: -1).array == [3, 4])
        #expect(x.max(along: 1).array == [5, 6])
        #expect(x.min(along: 0).array == [1, 2, 3])
        #expect(x.argmax(along: 0).values == [1, 0, 1])
        #expect(x.variance(along: 1).array.map { ($0 * 3).rounded() } == [8, 8])
    }

    @Test func rowsAreGatheredAndScatteredBack() {
        let x = Tensor([[1, 2], [3, 4], [5, 6]])
        #expect(x.rows(Indices([2, 0, 2], [3])).array == [5, 6, 1, 2, 5, 6])
        #expect(Tensor.zeros([3, 2]).adding(Tensor([[1, 1], [2, 2]]), atRows: Indices([1, 1], [2])).array == [0, 0, 3, 3, 0, 0])
        #expect(Indices([1, 0], [2]).oneHot(3).array == [0, 1, 0, 1, 0, 0])
        #expect(Indices([1, 2, 3, 4, 5, 6], [2, 3]).transposed() == Indices([1, 4, 2, 5, 3, 6], [3, 2]))
    }

    /// Sizes around every edge of a tile, the sizes where packing and cutting begin, and all transpositions.
    @Test(arguments: [
        [1, 1, 1], [5, 10, 3], [6, 64, 16], [7, 65, 17], [13, 100, 31], [64, 10, 256], [50, 130, 140], [300, 128, 130], [257, 1030, 520],
        [390, 64, 1100],
    ])
    func productsAreSumsOfProducts(_ size: [Int]) {
        var random = SeededRandom(seed: 4)
        let (m, n, k) = (size[0], size[1], size[2])
        let a = Tensor.normal([m, k], using: &random), b = Tensor.normal([k, n], using: &random)
        let (x, y) = (a.array.map(Double.init), b.transposed().array.map(Double.init))
        let expected = (0..<(m * n)).map { i in
            (0..<k).reduce(0.0) { $0 + x[i / n * k + $1] * y[i % n * k + $1] }
        }
        let (turnedA, turnedB) = (transposedCopy(a).transposed(), transposedCopy(b).transposed())
        for (left, right) in [(a, b), (turnedA, b), (a, turnedB), (turnedA, turnedB)] {
            #expect(distance(matmul(left, right).array, expected) < 2e-6)
        }
    }

    @Test func linearIsAProductABiasAndAFunction() {
        var random = SeededRandom(seed: 5)
        let x = Tensor.normal([9, 40], using: &random), w = Tensor.normal([40, 21], using: &random), b = Tensor.normal([21], using: &random)
        for f in Nonlinearity.allCases {
            #expect(distance(linear(x, w, b, then: f).array, apply(f, matmul(x, w) + b).array) < 1e-5)
        }
    }

    @Test func convolutionIsASumOverItsWindow() {
        let x = Tensor((1...9).map(Float.init), [1, 3, 3, 1])
        let w = Tensor([1, 0, 0, 1], [4, 1])
        #expect(convolution2D(x, w, nil, Window2D(2, 2)).array == [6, 8, 12, 14])
        #expect(convolution2D(x, w, nil, Window2D(2, 2, stride: 2, paddingY: 1, paddingX: 1)).array == [1, 3, 7, 14])
        #expect(maxPool2D(x, Window2D(2, 2)).array == [5, 6, 8, 9])
        #expect(averagePool2D(x, Window2D(2, 2)).array == [3, 4, 6, 7])
        let line = Tensor([1, 2, 4, 8], [1, 4, 1])
        #expect(convolution1D(line, Tensor([1, 10], [2, 1]), nil, window: 2).array == [21, 42, 84])
    }

    @Test func nothingIsNotANumberUnlessItWasBefore() {
        let x = Tensor([.nan, -1, 2])
        #expect(relu(x).array[0].isNaN && relu(x).array.dropFirst() == [0, 2])
        #expect(softmax(Tensor([1000, 1000])).array == [0.5, 0.5])
        #expect(crossEntropy(Tensor([[1000, -1000]]), Indices([1], [1])).scalar == 2000)
        #expect(log(Tensor([0])).array == [-.infinity])
    }

    @Test func aSeedNamesItsNumbers() {
        var (a, b, other) = (SeededRandom(seed: 7), SeededRandom(seed: 7), SeededRandom(seed: 8))
        let x = Tensor.normal([10_000], using: &a)
        #expect(x == Tensor.normal([10_000], using: &b))
        #expect(x != Tensor.normal([10_000], using: &other))
        #expect(abs(x.mean().scalar) < 0.04 && abs(x.variance(along: 0).scalar - 1) < 0.05)
        var resumed = SeededRandom(state: a.state)
        #expect(resumed?.next() == a.next())
        #expect(SeededRandom(state: [0, 0, 0, 0]) == nil)
    }

    @Test func storedTensorsRoundToTheNearest() {
        let x = Tensor([1, -2.5, 0.1, 65504, 1e-8])
        #expect(StoredTensor(x, as: .f32).tensor == x)
        #expect(StoredTensor(x, as: .f16).tensor.array == [1, -2.5, 0.099975586, 65504, 0])
        #expect(StoredTensor(x, as: .bf16).tensor.array == [1, -2.5, 0.100097656, 65536, 1.0011718e-08])
        #expect(StoredTensor(x, as: .bf16).bytes.count == 10)
    }

    @Test func changesInPlaceLeaveSharedNumbersAlone() {
        let x = Tensor([1, 2, 3])
        var y = x
        y.add(Tensor([1, 1, 1]), times: 2)
        #expect(x.array == [1, 2, 3] && y.array == [3, 4, 5])
    }

    private func transposedCopy(_ x: Tensor) -> Tensor { Tensor(x.transposed().array, x.transposed().shape) }
}
