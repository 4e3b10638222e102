// Sequence to sequence: one LSTM reads digits, another writes them backwards, looking back at what was read (attention, Luong et al. 2015).
import LaresNeural
import LaresTensor

let length = 5, start = 10, tokens = 11

struct Translator: Module {
    var read: Embedding, written: Embedding
    var encoder: LSTM, decoder: LSTM
    var output: Linear

    init(_ width: Int, using random: inout SeededRandom) {
        (read, written) = (Embedding(tokens, width, using: &random), Embedding(tokens, width, using: &random))
        (encoder, decoder) = (LSTM(width, width, using: &random), LSTM(width, width, using: &random))
        output = Linear(2 * width, tokens, using: &random)
    }

    mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("read", &read)
        visitor.visit("written", &written)
        visitor.visit("encoder", &encoder)
        visitor.visit("decoder", &decoder)
        visitor.visit("output", &output)
    }

    /// Logits of what comes next, `[batch, time, tokens]`, from what was read and what is written so far, both `[time, batch]`.
    func callAsFunction(_ source: Indices, _ before: Indices) -> Tensor {
        let (memory, state) = encoder(read(source))
        let query = decoder(written(before), from: state).outputs.transposed(0, 1), keys = memory.transposed(0, 1)
        return output(concatenated([query, attention(query, keys, keys, heads: 1)], along: -1))
    }

    /// Writes one token after another, always the likeliest.
    func translate(_ source: [Int]) -> [Int] {
        var text: [Int] = []
        for _ in 0..<length {
            let logits = self(timeFirst([source]), timeFirst([[start] + text]))
            text.append(Int(logits.argmax().values.last ?? 0))
        }
        return text
    }
}

/// Sequences side by side, time first.
func timeFirst(_ rows: [[Int]]) -> Indices {
    Indices(rows[0].indices.flatMap { time in rows.map { Int32($0[time]) } }, [rows[0].count, rows.count])
}

var random = SeededRandom(seed: 4)
func digits(_ random: inout SeededRandom) -> [Int] { (0..<length).map { _ in Int.random(in: 0..<10, using: &random) } }

var model = Translator(64, using: &random)
var optimizer = Adam(learningRate: 3e-3)
var curve = LossCurve()
for _ in 0..<600 {
    let sources = (0..<64).map { _ in digits(&random) }, targets = sources.map { Array($0.reversed()) }
    let labels = Indices(targets.joined().map(Int32.init), [64, length])
    // Teacher forcing: the decoder sees the right tokens, each one step late.
    let (loss, gradient) = valueAndGradient(at: model) {
        crossEntropy($0(timeFirst(sources), timeFirst(targets.map { [start] + $0.dropLast() })), labels)
    }
    optimizer.update(&model, along: gradient.clipped(toNorm: 1))
    curve.append(loss)
}
print("loss \(curve.bars()) \(curve.recent())")

let unseen = (0..<100).map { _ in digits(&random) }
let right = unseen.count { model.translate($0) == $0.reversed() }
print(unseen[0], "→", model.translate(unseen[0]), "\n\(right) of 100 unseen sequences are right")
guard right >= 95 else { fatalError("it hasn't learnt to turn sequences round") }
