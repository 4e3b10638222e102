// A network of three inputs, two hidden units and one output learns a truth table of four rows: the first column, whatever the others say.
import LaresNeural
import LaresTensor

let inputs = Tensor([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
let answers = Tensor([[0], [0], [1], [1]])

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

// A row that it has never seen.
let unseen = network(Tensor([[1, 0, 0]])).scalar
print([1, 0, 0], "→", unseen)
precondition(zip(network(inputs).array, answers.array).allSatisfy { abs($0 - $1) < 0.1 } && unseen > 0.5, "it hasn't learnt the table")
