// Sequence to sequence on tasks with known figures: `translate numbers|g2p [dictionary] [--transformer] [--epochs N] [--width N] [--unseen N]`.
import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor

/// Changes that turn one sequence into the other (Levenshtein 1966).
func distance(_ a: [String], _ b: [String]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
        var corner = row[0]
        row[0] = i + 1
        for j in b.indices {
            let change = corner + (a[i] == b[j] ? 0 : 1)
            corner = row[j + 1]
            row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}

func option(_ name: String, _ fallback: Int) -> Int {
    let words = CommandLine.arguments
    guard let at = words.firstIndex(of: "--" + name), words.indices.contains(at + 1) else { return fallback }
    return Int(words[at + 1]) ?? fallback
}

func task() throws -> Task {
    let words = CommandLine.arguments.dropFirst()
    switch words.first {
    case "numbers": return .numbers(learnt: 20000, unseen: option("unseen", 2000), seed: 1)
    case "g2p": return try .pronunciations(words.dropFirst().first ?? "", unseen: option("unseen", 12000), seed: 1)
    default: throw TaskError.unknown(words.first ?? "")
    }
}

struct Sequences {
    let source: SymbolTable, target: SymbolTable
    let pairs: SequencePairs

    init(_ task: Task) {
        source = SymbolTable(of: task.learnt.lazy.map(\.source))
        target = SymbolTable(of: task.learnt.lazy.map(\.target))
        let (source, target) = (source, target)
        pairs = SequencePairs(
            task.learnt.compactMap { pair in
                guard let from = source.encode(pair.source), let to = target.encode(pair.target) else { return nil }
                return (from, to)
            })
    }

    /// What the model writes for each source, in order; nothing for sources with unknown symbols.
    func translate(_ sources: [[String]], by model: some Translator, beams: Int) -> [[String]] {
        var result = [[String]](repeating: [], count: sources.count)
        let known = sources.indices.compactMap { place in source.encode(sources[place]).map { (place, $0) } }
        for group in Dictionary(grouping: known, by: \.1.count).values {
            for start in stride(from: 0, to: group.count, by: 64) {
                let part = group[start..<min(start + 64, group.count)]
                let written = model.translate(part.map(\.1), beams: beams, longest: 48)
                for ((place, _), symbols) in zip(part, written) { result[place] = target.decode(symbols) }
            }
        }
        return result
    }
}

/// Wrong sequences, and wrong symbols to those of the nearest right sequence.
func errors(_ written: [[String]], _ task: Task) -> (sequences: Double, symbols: Double) {
    var (wrong, changes, all) = (0, 0, 0)
    for (text, right) in zip(written, task.unseen) {
        let nearest = right.targets.map { (distance(text, $0), $0.count) }.min { $0.0 < $1.0 } ?? (0, 0)
        wrong += nearest.0 > 0 ? 1 : 0
        changes += nearest.0
        all += nearest.1
    }
    return (100 * Double(wrong) / Double(written.count), 100 * Double(changes) / Double(all))
}

func run(_ start: some Translator, _ task: Task, _ data: Sequences, epochs: Int, peak: Float) {
    var (model, optimizer, random) = (start, Adam(), SeededRandom(seed: 3))
    let steps = epochs * data.pairs.count / 64, begin = Date()
    let schedule = Schedule.cosine(peak, to: peak / 50, over: steps).warmedUp(over: min(500, steps / 20))
    print("\(task.name): \(data.pairs.count) pairs, \(task.unseen.count) unseen sources, \(model.parameterCount) parameters")
    for epoch in 1...epochs {
        var curve = LossCurve()
        for batch in data.pairs.batches(of: 64, shuffledBy: &random) {
            let (loss, gradient) = valueAndGradient(at: model, random: &random) { $0.loss(batch, smoothing: 0.05) }
            optimizer.learningRate = schedule.rate(at: optimizer.state.steps)
            optimizer.update(&model, along: gradient.clipped(toNorm: 1))
            curve.append(loss)
        }
        let rate = Double(optimizer.state.steps) / Date().timeIntervalSince(begin)
        print("epoch \(epoch): loss \(curve.bars(width: 20)) \(curve.recent(200)), \(rate) steps/s")
        fflush(nil)
    }
    for beams in [1, 4] {
        let found = errors(data.translate(task.unseen.map(\.source), by: model, beams: beams), task)
        print("beam of \(beams): wrong sequences \(found.sequences)%, wrong symbols \(found.symbols)%")
    }
}

let chosen = try task(), data = Sequences(chosen), width = option("width", 256)
var random = SeededRandom(seed: 2)
if CommandLine.arguments.contains("--transformer") {
    let model = TransformerTranslator(data.source.count, data.target.count, width: width, dropout: 0.1, using: &random)
    run(model, chosen, data, epochs: option("epochs", 10), peak: 1e-3)
} else {
    let model = RecurrentTranslator(data.source.count, data.target.count, width: width, dropout: 0.2, using: &random)
    run(model, chosen, data, epochs: option("epochs", 10), peak: 2e-3)
}
