// Prints one line of JSON for each model: its name, and steps a second in each of several runs.
import LaresNeural
import LaresTensor

/// Steps a second of forward, backward and Adam.
func measure<M: Module>(_ name: String, _ start: M, loss: (M) -> Tensor) {
    if CommandLine.arguments.count > 1 && !CommandLine.arguments.contains(name) { return }
    var (model, optimizer) = (start, Adam())
    func step() {
        let (_, gradient) = valueAndGradient(at: model, loss)
        optimizer.update(&model, along: gradient)
    }
    for _ in 0..<5 { step() }
    let runs = (0..<5).map { _ in
        var steps = 0.0
        let clock = ContinuousClock(), begin = clock.now
        while clock.now - begin < .seconds(1.5) {
            step()
            steps += 1
        }
        return steps / ((clock.now - begin) / .seconds(1))
    }
    print(#"{"name": "\#(name)", "runs": \#(runs)}"#)
}

func drawn(_ shape: Shape, below limit: Int32, _ random: inout SeededRandom) -> Indices {
    Indices((0..<shape.elementCount).map { _ in Int32.random(in: 0..<limit, using: &random) }, shape)
}

var random = SeededRandom(seed: 1)

let side = 1024
let (a, b) = (Tensor.normal([side, side], using: &random), Tensor.normal([side, side], using: &random))
let clock = ContinuousClock()
let rates = (0..<20).map { _ in 2 * Double(side * side * side) / 1e9 / (clock.measure { _ = matmul(a, b) } / .seconds(1)) }
print(#"{"name": "matmul1024", "runs": \#(Array(rates.dropFirst(5)))}"#)

let rows = Tensor.uniform([64, 784], in: 0..<1, using: &random), classes = drawn([64], below: 10, &random)
measure("mlp", Sequential(Linear(784, 256, using: &random), ReLU(), Linear(256, 10, using: &random))) { crossEntropy($0(rows), classes) }

let (read, written) = (drawn([32, 64], below: 64, &random), drawn([32, 64], below: 64, &random)),
    next = drawn([64, 32], below: 64, &random)
measure("seq2seq", SequenceToSequence(tokens: 64, hidden: 256, using: &random)) { crossEntropy($0(read, written), next) }

let (text, following) = (drawn([16, 128], below: 256, &random), drawn([16, 128], below: 256, &random))
measure("transformer", SmallGPT(tokens: 256, width: 256, layers: 6, length: 128, using: &random)) { crossEntropy($0(text), following) }

let images = Tensor.uniform([64, 8, 8, 1], in: 0..<1, using: &random), window = Window2D(3, 3, paddingY: 1, paddingX: 1)
let network = Sequential(
    Convolution2D(1, 32, window, using: &random), ReLU(), Convolution2D(32, 64, window, using: &random), ReLU(), MaxPool2D(2), Flatten(),
    Linear(1024, 128, using: &random), ReLU(), Linear(128, 10, using: &random))
measure("cnn", network) { crossEntropy($0(images), classes) }
