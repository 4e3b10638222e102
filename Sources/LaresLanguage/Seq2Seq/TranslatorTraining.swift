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
    /// The share of the sources that is held back, with all that is to be written for them, to see how well it does, 0 to 0.5; at most 2,000.
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
    /// - Parameter report: Called after every step; false ends the training there, with its checkpoint, as what it throws does.
    /// - Throws: ``TranslatorError``: `badSetting`, `badPairs`; `TrainingDiverged` when a number is no longer finite; `CheckpointError`, `SafeTensorsError` for a checkpoint.
    public func run(on pairs: TextPairs, _ report: (Progress) throws -> Bool = { _ in true }) throws -> TextTranslator {
        let data = try TranslatorData(pairs, form, held: held, seed: seed)
        try check(data)
        var random = SeededRandom(seed: seed)
        let start = TextTranslator(data.form, data.source, data.target, dropout: dropout, using: &random)
        var translator = start
        translator.model = try learnt(start.model, data, &random, report)
        guard translator.model.isFinite else { throw TrainingDiverged(at: "the end") }
        translator.exact = data.score(translator)
        return translator
    }

    /// The share of the symbols read that the unknown one hides at each step, so that it is learnt too.
    static let hidden: Float = 0.01

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
        _ start: Model, _ data: TranslatorData, _ random: inout SeededRandom, _ report: (Progress) throws -> Bool
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
            for whole in data.pairs.batches(of: batch, shuffledBy: &random) {
                let pairs = whole.hiding(Self.hidden, behind: data.source.unknown, using: &random)
                let (loss, gradient) = valueAndGradient(at: model, random: &random) { $0.loss(pairs) }
                optimizer.learningRate = schedule.rate(at: optimizer.state.steps)
                try optimizer.update(&model, along: gradient, of: loss, clippedTo: 1)
                guard try report(Progress(step: optimizer.state.steps, steps: steps, loss: loss)) else { return model }
            }
            done += 1
            try file?.write(model, optimizer, random, notes: ["epoch": String(done)])
        }
        return model
    }
}
