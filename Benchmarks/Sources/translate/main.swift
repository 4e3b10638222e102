// Sequence to sequence on tasks with known figures: `translate numbers|dates|g2p [dictionary] [--cell lstm|gru|transformer] [--epochs N]
// [--width N] [--unseen N] [--beams N] [--least PERCENT] [--checkpoint FILE]`. Progress goes to the standard error, the result to the standard
// output. With `--least` the program fails when fewer of the unseen are quite right, with any of the beams.
import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor

func option(_ name: String) -> String? {
    let words = CommandLine.arguments
    guard let at = words.firstIndex(of: "--" + name), words.indices.contains(at + 1) else { return nil }
    return words[at + 1]
}

func number(_ name: String, _ fallback: Int) -> Int { option(name).flatMap(Int.init) ?? fallback }

func task() throws -> Task {
    let words = CommandLine.arguments.dropFirst(), unseen = number("unseen", 2000)
    switch words.first {
    case "numbers": return .numbers(learnt: 20000, unseen: unseen, seed: 1)
    case "dates": return .dates(learnt: 20000, unseen: unseen, seed: 1)
    case "g2p": return try .pronunciations(words.dropFirst().first ?? "", seed: 1)
    default: throw TaskError.task(words.first ?? "")
    }
}

/// What must be quite right, in percent; nil: anything will do.
func least() throws -> Double? {
    guard let text = option("least") else { return nil }
    guard let percent = Double(text), (0...100).contains(percent) else { throw TaskError.least(text) }
    return percent
}

func measure(_ start: some Translator, _ name: String, _ task: Task, _ data: Sequences, _ training: Training) throws {
    let least = try least(), (model, seconds) = try training.run(start, task, data)
    var exact = 100.0
    print(
        "\(task.name), \(name): \(model.parameterCount) parameters, \(training.epochs) epochs of \(data.pairs.count) pairs in \(seconds) s, "
            + "\(task.unseen.count) unseen")
    for beams in Set([1, number("beams", 4)]).sorted() {
        let score = data.score(task.unseen, by: model, beams: beams)
        print("  beam of \(beams): \(score)")
        exact = min(exact, 100 - score.sequences)
    }
    guard let least else { return }
    print("  at least \(least)% were to be exact: \(exact >= least ? "reached" : "missed")")
    guard exact >= least else { throw TaskError.missed(name, exact, least) }
}

func main() throws {
    let task = try task(), data = Sequences(task), isReal = task.name == "g2p", cell = option("cell") ?? "lstm"
    let width = number("width", isReal ? 256 : 128), (source, target) = (data.source.count, data.target.count)
    let dropout: Float = isReal ? 0.2 : 0.1, name = "\(cell) of width \(width)"
    var random = SeededRandom(seed: 2)
    var training = Training(epochs: number("epochs", 12), peak: 2e-3, smoothing: isReal ? 0.1 : 0, checkpoint: option("checkpoint"))
    switch cell {
    case "lstm":
        try measure(RecurrentTranslator<LSTM>(source, target, width: width, dropout: dropout, using: &random), name, task, data, training)
    case "gru":
        try measure(RecurrentTranslator<GRU>(source, target, width: width, dropout: dropout, using: &random), name, task, data, training)
    case "transformer":
        training.peak = 1e-3
        try measure(TransformerTranslator(source, target, width: width, dropout: 0.1, using: &random), name, task, data, training)
    default: throw TaskError.cell(cell)
    }
    if isReal { print(PublishedSplit.figures) }
}

do {
    try main()
} catch {
    note("translate: \(error)")
    exit(1)
}
