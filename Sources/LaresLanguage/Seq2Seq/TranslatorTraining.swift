import LaresNeural
import LaresTensor

/// How a translator learns.
public struct TranslatorTraining: Sendable {
    /// How it is built; the longest texts are found in the pairs.
    public var form = TextTranslator.Form()
    /// How often all pairs are seen, 1 to 10,000.
    public var epochs = 10
    /// Pairs of a step, 1 to 4,096.
    public var batch = 64
    /// The highest learning rate, reached after a tenth of the steps (at most 500) and left along half a cosine; up to 0.1. Nil: 3e-3, for a
    /// Transformer 1e-3.
    public var learningRate: Float?
    /// The share of what layers say that is left out, 0 to 0.9.
    public var dropout: Float = 0.1
    /// The share of the pairs that is held back to see how well it does, 0 to 0.5; at most 2,000.
    public var held = 0.05
    /// The same seed, pairs and settings give the same bits on one machine.
    public var seed: UInt64 = 1
    /// Written after every epoch, and gone on from when it is there.
    public var checkpoint: String?

    /// The usual settings.
    public init() {}

    /// How far it is.
    public struct Progress: Sendable {
        /// Steps done, of all.
        public let step: Int, steps: Int
        /// The loss of the last step.
        public let loss: Float
    }

    /// Learns from pairs.
    ///
    /// - Parameter report: Called after every step; false ends the training there, with its checkpoint.
    /// - Throws: ``TranslatorError``: `badSetting`, `badPairs`; `CheckpointError`, `SafeTensorsError` for a checkpoint.
    public func run(on pairs: TextPairs, _ report: (Progress) -> Bool = { _ in true }) throws -> TextTranslator {
        let data = try TranslatorData(pairs, form, held: held, seed: seed)
        try check(data)
        var random = SeededRandom(seed: seed)
        let start = TextTranslator(data.form, data.source, data.target, dropout: dropout, using: &random)
        var translator = start
        translator.model = try learnt(start.model, data, &random, report)
        translator.exact = data.score(translator)
        return translator
    }

    var peak: Float { learningRate ?? (form.cell == .transformer ? 1e-3 : 3e-3) }

    private func check(_ data: TranslatorData) throws(TranslatorError) {
        try data.form.check()
        let isRight =
            (1...10_000).contains(epochs) && (1...4_096).contains(batch) && peak > 0 && peak <= 0.1
            && (0...0.9).contains(dropout)
        guard isRight else {
            throw TranslatorError(.badSetting, "epochs are 1 to 10,000, a batch 1 to 4,096, the learning rate up to 0.1, dropout 0 to 0.9")
        }
    }

    private func learnt<Model: Translator>(
        _ start: Model, _ data: TranslatorData, _ random: inout SeededRandom, _ report: (Progress) -> Bool
    ) throws -> any Translator {
        var (model, optimizer, done) = (start, Adam(), 0)
        let file = checkpoint.map { CheckpointFile($0, of: data.fingerprint(self)) }
        if let file, let saved = try file.read() {
            guard let epoch = Int(saved.notes["epoch"] ?? ""), (0...epochs).contains(epoch) else { throw file.damaged("no epoch") }
            try saved.restore(&model, &optimizer, &random)
            done = epoch
        }
        let perEpoch = data.pairs.batchCount(of: batch), steps = epochs * perEpoch, warmUp = min(500, steps / 10)
        let schedule = Schedule.cosine(peak, to: peak / 50, over: max(1, steps - warmUp)).warmedUp(over: warmUp)
        while done < epochs {
            for pairs in data.pairs.batches(of: batch, shuffledBy: &random) {
                let (loss, gradient) = valueAndGradient(at: model, random: &random) { $0.loss(pairs) }
                optimizer.learningRate = schedule.rate(at: optimizer.state.steps)
                optimizer.update(&model, along: gradient.clipped(toNorm: 1))
                guard loss.isFinite else {
                    throw TranslatorError(.badSetting, "the loss is no number any more: use a smaller learning rate")
                }
                guard report(Progress(step: optimizer.state.steps, steps: steps, loss: loss)) else { return model }
            }
            done += 1
            try file?.write(model, optimizer, random, notes: ["epoch": String(done)])
        }
        return model
    }
}

/// Pairs as numbers, those to learn from and those held back.
struct TranslatorData {
    let form: TextTranslator.Form
    let source: SymbolTable, target: SymbolTable
    let pairs: SequencePairs
    private let text: Fingerprint
    private let questions: [(source: [Int32], target: String)]

    init(_ all: TextPairs, _ wanted: TextTranslator.Form, held: Double, seed: UInt64) throws(TranslatorError) {
        guard (0...0.5).contains(held) else { throw TranslatorError(.badSetting, "a share of \(held) held back: use 0 to 0.5") }
        let sides = all.pairs.map { (source: wanted.unit.symbols(of: $0.source), target: wanted.unit.symbols(of: $0.target)) }
        let (longestSource, longestTarget) = (sides.map(\.source.count).max() ?? 0, sides.map(\.target.count).max() ?? 0)
        guard max(longestSource, longestTarget) <= TextTranslator.Form.longest,
            sides.allSatisfy({ !$0.source.isEmpty && !$0.target.isEmpty })
        else {
            throw TranslatorError(
                .badPairs,
                "a text has \(max(longestSource, longestTarget)) symbols, or none: there may be 1 to \(TextTranslator.Form.longest)")
        }
        var form = wanted
        (form.longestSource, form.longestTarget) = (longestSource, longestTarget)
        var random = SeededRandom(seed: seed ^ 0x7261_6964)
        let order = sides.indices.shuffled(using: &random), cut = min(2_000, Int(held * Double(sides.count)))
        let learnt = order.dropFirst(cut)
        let (source, target) = (
            SymbolTable(of: learnt.lazy.map { sides[$0].source }), SymbolTable(of: learnt.lazy.map { sides[$0].target })
        )
        let numbers = learnt.compactMap { place -> (source: [Int32], target: [Int32])? in
            guard let from = source.encode(sides[place].source), let to = target.encode(sides[place].target) else { return nil }
            return (from, to)
        }
        (self.form, self.source, self.target, pairs) = (form, source, target, SequencePairs(numbers))
        text = all.fingerprint
        // One with a symbol that no other has can't be right.
        questions = order.prefix(cut).map { (source.encode(sides[$0].source) ?? [], form.unit.text(of: sides[$0].target)) }
    }

    /// Percent of what was held back that is written exactly; nil where nothing was.
    func score(_ translator: TextTranslator) -> Double? {
        guard !questions.isEmpty else { return nil }
        let known = questions.filter { !$0.source.isEmpty }
        let written = translator.written(for: known.map(\.source), beams: 1) {}
        return 100 * Double(zip(written, known).count { $0 == $1.target }) / Double(questions.count)
    }

    /// What a checkpoint must be of.
    func fingerprint(_ training: TranslatorTraining) -> String {
        "translator \(form.cell) \(form.unit) \(form.width) \(training.seed) \(training.batch) \(training.epochs) \(training.peak) "
            + "\(training.dropout) \(training.held) \(text)"
    }
}
