import LaresNeural
import LaresTensor

/// Pairs as numbers, those to learn from and those held back.
package struct TranslatorData {
    package let form: TextTranslator.Form
    package let source: SymbolTable, target: SymbolTable
    package let pairs: SequencePairs
    /// Sources that no pair to learn from has, and all that may rightly be written for each.
    package let questions: [(source: [Int32], targets: Set<String>)]
    private let text: Fingerprint

    package init(_ all: TextPairs, _ wanted: TextTranslator.Form, held: Double, seed: UInt64) throws(TranslatorError) {
        guard (0...0.5).contains(held) else { throw TranslatorError(.badSetting, "a share of \(held) held back: use 0 to 0.5") }
        let sides = all.pairs.map { (source: wanted.unit.symbols(of: $0.source), target: wanted.unit.symbols(of: $0.target)) }
        let form = try Self.form(wanted, for: sides)
        let (learnt, asked) = Self.split(sides, form.unit, held, seed)
        let source = SymbolTable(of: learnt.lazy.map { sides[$0].source }, hasUnknown: true)
        let target = SymbolTable(of: learnt.lazy.map { sides[$0].target })
        let numbers = learnt.compactMap { place -> (source: [Int32], target: [Int32])? in
            guard let from = source.encode(sides[place].source), let to = target.encode(sides[place].target) else { return nil }
            return (from, to)
        }
        (self.form, self.source, self.target, pairs) = (form, source, target, SequencePairs(numbers))
        text = all.fingerprint
        questions = asked.map { places in
            (source.encode(sides[places[0]].source) ?? [], Set(places.map { form.unit.text(of: sides[$0].target) }))
        }
    }

    private typealias Sides = [(source: [String], target: [String])]

    /// A form with the lengths that the pairs have.
    private static func form(_ wanted: TextTranslator.Form, for sides: Sides) throws(TranslatorError) -> TextTranslator.Form {
        var form = wanted
        (form.longestSource, form.longestTarget) = (sides.map(\.source.count).max() ?? 0, sides.map(\.target.count).max() ?? 0)
        let longest = max(form.longestSource, form.longestTarget), most = TextTranslator.Form.longest
        guard longest <= most, sides.allSatisfy({ !$0.source.isEmpty && !$0.target.isEmpty }) else {
            throw TranslatorError(.badPairs, "a text has \(longest) symbols, or none: there may be 1 to \(most)")
        }
        return form
    }

    /// Places of pairs: of those to learn from, and for each source held back of all pairs that have it. A text that is there twice is never both.
    private static func split(
        _ sides: Sides, _ unit: TextTranslator.Unit, _ held: Double, _ seed: UInt64
    ) -> (learnt: [Int], asked: [[Int]]) {
        var random = SeededRandom(seed: seed ^ 0x7261_6964)
        let bySource = Dictionary(grouping: sides.indices) { unit.text(of: sides[$0].source) }.values.sorted { $0[0] < $1[0] }
        let order = bySource.shuffled(using: &random), cut = min(2_000, Int(held * Double(order.count)))
        return (order.dropFirst(cut).flatMap { $0 }, Array(order.prefix(cut)))
    }

    /// Percent of the sources held back for which what is written is exactly right; nil where none was.
    func score(_ translator: TextTranslator) -> Double? {
        guard !questions.isEmpty else { return nil }
        let written = translator.written(for: questions.map(\.source), beams: 1, between: {})
        return 100 * Double(zip(written, questions).count { $1.targets.contains($0) }) / Double(questions.count)
    }

    /// What a checkpoint must be of; 2: with a symbol for those that aren't known.
    func fingerprint(_ training: TranslatorTraining) -> String {
        "translator 2 \(form.cell) \(form.unit) \(form.width) \(training.seed) \(training.batch) \(training.epochs) \(training.peak) "
            + "\(training.dropout) \(training.held) \(text)"
    }
}
