// Back-propagation written out, beside the tape: the same numbers, step after step.
//
// y = σ(h V + c), h = σ(x W + b), loss = Σ (y - t)² / 2. By the chain rule, with σ' = σ (1 - σ):
//   δ_out = (y - t) y (1 - y)        dV = hᵀ δ_out      dc = Σ δ_out
//   δ_hid = (δ_out Vᵀ) h (1 - h)     dW = xᵀ δ_hid      db = Σ δ_hid
import LaresNeural
import LaresTensor

let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]]), t = Tensor([[0], [1], [1], [0]])
let rate: Float = 1

var random = SeededRandom(seed: 3)
var network = Sequential(Linear(2, 4, using: &random), Sigmoid(), Linear(4, 1, using: &random), Sigmoid())
var optimizer = SGD(learningRate: rate)
let start = network.parameters.map(\.value)
var (w, b, v, c) = (start[0], start[1], start[2], start[3])

for step in 1...4000 {
    // By hand. Every gradient is found before any weight changes.
    let h = sigmoid(matmul(x, w) + b), y = sigmoid(matmul(h, v) + c)
    let outDelta = (y - t) * y * (1 - y)
    let hiddenDelta = matmul(outDelta, v.transposed()) * h * (1 - h)
    v = v - matmul(h.transposed(), outDelta) * rate
    c = c - outDelta.sum(along: 0) * rate
    w = w - matmul(x.transposed(), hiddenDelta) * rate
    b = b - hiddenDelta.sum(along: 0) * rate

    // By the tape.
    let (loss, gradient) = valueAndGradient(at: network) { square($0(x) - t).sum() * 0.5 }
    optimizer.update(&network, along: gradient)
    if step % 1000 == 0 { print("step \(step): loss \(loss)") }
    if step == 100 {
        let apart = zip(network.parameters.map(\.value), [w, b, v, c]).map { zip($0.array, $1.array).map { abs($0 - $1) }.max() ?? 0 }
        print("after 100 steps the weights differ by", apart.max() ?? 0)
        guard (apart.max() ?? 1) < 1e-4 else { fatalError("the tape and the textbook disagree") }
    }
}
let answers = sigmoid(matmul(sigmoid(matmul(x, w) + b), v) + c).array
print("0 0, 0 1, 1 0, 1 1 →", answers)
guard zip(answers, t.array).allSatisfy({ abs($0 - $1) < 0.2 }) else { fatalError("it hasn't learnt exclusive or") }
