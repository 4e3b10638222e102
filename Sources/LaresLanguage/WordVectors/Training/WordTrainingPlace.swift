import LaresNeural
import LaresTensor

/// How far a training of word vectors is: what its checkpoint says beside the rows.
struct WordTrainingPlace {
    /// The epoch, and the part of the text that comes next.
    private(set) var epoch = 0, part = 0
    /// Words gone through, ends of sentences counted in.
    private(set) var words = 0.0
    /// The mean loss of the last predictions.
    private(set) var loss = 0.0

    /// The beginning.
    init() {}

    /// Puts the rows back. Throws `CheckpointError` when the file says what can't be, and leaves the rows as they are.
    init(_ saved: Checkpoint, _ kernel: WordVectorKernel, _ file: CheckpointFile, epochs: Int, parts: Int) throws {
        func number<Number>(_ note: String, _ read: (String) -> Number?) throws -> Number {
            guard let value = saved.notes[note].flatMap(read) else { throw file.damaged("it doesn't say '\(note)'") }
            return value
        }
        epoch = try number("epoch") { Int($0) }
        part = try number("part") { Int($0) }
        words = try number("words") { UInt64($0, radix: 16).map(Double.init(bitPattern:)) }
        loss = try number("loss") { UInt64($0, radix: 16).map(Double.init(bitPattern:)) }
        guard (0...epochs).contains(epoch), (0..<max(1, parts - 1)).contains(part), words.isFinite, words >= 0 else {
            throw file.damaged("it is at part \(part) of epoch \(epoch)")
        }
        var rows = WordRows(kernel), memory = WordRows.memory, random = SeededRandom(seed: 0)
        try saved.restore(&rows, &memory, &random)
        kernel.restore(inputs: rows.inputs.array, outputs: rows.outputs.array)
    }

    /// Goes on by so many parts, into the next epoch behind the last one.
    mutating func advance(by width: Int, of parts: Int) {
        part += width
        if part >= parts { (epoch, part) = (epoch + 1, 0) }
    }

    /// Writes the rows and what is known of the way here.
    mutating func write(_ meter: WordMeter, _ kernel: WordVectorKernel, to file: CheckpointFile) throws {
        (words, loss) = (meter.words, meter.loss)
        let notes = [
            "epoch": String(epoch), "part": String(part), "words": String(words.bitPattern, radix: 16),
            "loss": String(loss.bitPattern, radix: 16),
        ]
        // Every part draws from a seed of its own: there are no random numbers to remember.
        try file.write(WordRows(kernel), WordRows.memory, SeededRandom(seed: 0), notes: notes)
    }
}

/// The rows of a training as parameters of a checkpoint.
private struct WordRows: Module {
    var inputs: Tensor, outputs: Tensor

    init(_ kernel: WordVectorKernel) {
        inputs = Tensor(Array(kernel.inputs.all), [kernel.inputs.rows, kernel.inputs.columns])
        outputs = Tensor(Array(kernel.outputs.all), [kernel.outputs.rows, kernel.outputs.columns])
    }

    mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("inputs", &inputs)
        visitor.visit("outputs", &outputs)
    }

    /// Plain descent remembers nothing.
    static var memory: SGD { SGD(learningRate: 0) }
}
