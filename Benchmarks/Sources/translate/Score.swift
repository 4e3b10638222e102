import Foundation
import LaresLanguage

/// How well sequences were written.
struct Score: CustomStringConvertible {
    /// Percent of the sequences that aren't quite right.
    let sequences: Double
    /// Changes that they need, in percent of the symbols of the nearest right sequences.
    let symbols: Double

    init(_ written: [[String]], _ questions: [Task.Question]) {
        var (wrong, changes, all) = (0, 0, 0)
        for (text, question) in zip(written, questions) {
            let nearest = question.targets.map { (distance(text, $0), $0.count) }.min { $0.0 < $1.0 } ?? (0, 0)
            wrong += nearest.0 > 0 ? 1 : 0
            changes += nearest.0
            all += nearest.1
        }
        sequences = 100 * Double(wrong) / Double(max(1, questions.count))
        symbols = 100 * Double(changes) / Double(max(1, all))
    }

    var description: String {
        String(format: "%.2f%% exact, sequence error %.2f%%, symbol error %.2f%%", 100 - sequences, sequences, symbols)
    }
}

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

/// The symbols of a task, and its pairs as numbers.
struct Sequences {
    let source: SymbolTable, target: SymbolTable
    let pairs: SequencePairs

    init(_ task: Task) {
        let (source, target) = (SymbolTable(of: task.learnt.lazy.map(\.source)), SymbolTable(of: task.learnt.lazy.map(\.target)))
        pairs = SequencePairs(
            task.learnt.compactMap { pair in
                guard let from = source.encode(pair.source), let to = target.encode(pair.target) else { return nil }
                return (from, to)
            })
        (self.source, self.target) = (source, target)
    }

    func score(_ questions: [Task.Question], by model: some Translator, beams: Int) -> Score {
        Score(translate(questions.map(\.source), by: model, beams: beams), questions)
    }

    /// What the model writes for each source, in order; nothing for sources with unknown symbols.
    private func translate(_ sources: [[String]], by model: some Translator, beams: Int) -> [[String]] {
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
