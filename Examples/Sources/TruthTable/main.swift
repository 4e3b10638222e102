// A network of three inputs, two hidden units and one output learns a truth table of four rows: whether the first two columns differ (exclusive
// or), which no straight line tells. The third column is always 1.
import LaresNeural
import LaresTensor

let inputs = Tensor([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
let answers = Tensor([[0], [1], [1], [0]])

var random = SeededRandom(seed: 1)
var network = Sequential(Linear(3, 2, using: &random), Sigmoid(), Linear(2, 1, using: &random), Sigmoid())
var optimizer = SGD(learningRate: 2, momentum: 0.9)
var curve = LossCurve()

for _ in 0..<2000 {
    let (loss, gradient) = valueAndGradient(at: network) { meanSquaredError($0(inputs), answers) }
    optimizer.update(&network, along: gradient)
    curve.append(loss)
}

print("loss \(curve.bars()) \(curve.recent())")
for (row, answer) in network(inputs).array.enumerated() { print(inputs.at(row).array, "→", answer) }
let worst = zip(network(inputs).array, answers.array).map { abs($0 - $1) }.max() ?? 1
guard worst < 0.1 else { fatalError("it hasn't learnt the table") }
