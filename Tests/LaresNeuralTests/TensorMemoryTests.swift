import LaresNeural
import LaresTensor
import Testing

@Suite struct TensorMemoryTests {
    /// Needs tests to run one at a time, as `scripts/check` does: all tensors share the memory.
    @Test func aStepLikeTheOneBeforeTakesNothingFromTheSystem() {
        var random = SeededRandom(seed: 4)
        var model = Sequential(Linear(40, 300, using: &random), GELU(), LayerNorm(300), Linear(300, 7, using: &random))
        let x = Tensor.normal([65, 40], using: &random), labels = Indices((0..<65).map { $0 % 7 })
        var optimizer = Adam()
        func step() {
            let (_, gradient) = valueAndGradient(at: model) { crossEntropy($0(x), labels) }
            optimizer.update(&model, along: gradient)
        }
        for _ in 0..<3 { step() }
        let before = TensorMemoryUse.current
        for _ in 0..<10 { step() }
        let after = TensorMemoryUse.current
        #expect(after.requests >= before.requests + 10 * 10)
        #expect(after.fromSystem == before.fromSystem)
        #expect(after.bytes == before.bytes)
    }

    @Test func sizesNobodyAsksForMakeRoom() {
        returnTensorMemory()
        func step(_ count: Int) { _ = (0..<8).map { _ in Tensor.zeros([count]) } }
        let start = TensorMemoryUse.current
        // More than may be kept, of six sizes; then a seventh, again and again.
        for eighths in [8, 7, 6, 5, 4, 3] { step(eighths << 13) }
        step(5 << 12)
        let before = TensorMemoryUse.current
        for _ in 0..<5 { step(5 << 12) }
        let after = TensorMemoryUse.current
        #expect(after.fromSystem == before.fromSystem && after.bytes == start.bytes)
    }

    @Test func returnedMemoryIsAskedForAnew() {
        let shape: Shape = [7, 1000]
        _ = Tensor.zeros(shape)
        returnTensorMemory()
        let before = TensorMemoryUse.current
        _ = Tensor.zeros(shape)
        _ = Tensor.zeros(shape)
        let after = TensorMemoryUse.current
        #expect(after.requests == before.requests + 2)
        #expect(after.fromSystem == before.fromSystem + 1)
    }
}
