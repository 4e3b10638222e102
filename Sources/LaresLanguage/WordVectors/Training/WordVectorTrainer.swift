import LaresNeural
public import LaresTensor

/// Learns word vectors from a text.
///
/// Threads train on parts of the text and change the shared rows without locks (Hogwild, Niu et al. 2011). Each part draws its own random
/// numbers, so one thread gives the same vectors for the same seed.
public struct WordVectorTrainer {
    private let text: TrainingText
    private let settings: WordVectorSettings
    private let pool: ComputePool
    private let parts: [Int]

    /// Words of a part: a few milliseconds of work.
    private static let partWords = 10_000

    /// Throws `WordVectorError` for settings out of range.
    public init(_ text: TrainingText, _ settings: WordVectorSettings = WordVectorSettings(), pool: ComputePool = .shared) throws {
        try settings.check()
        self.text = text
        self.settings = settings
        self.pool = pool
        parts = WordVectorTrainer.parts(text.tokens)
    }

    /// Trains, and calls `progress` a few times a second and at the end of each epoch on this thread; what it throws ends the training, as cancelling the task does.
    ///
    /// - Parameter checkpoint: A file that is written after every twentieth part of the training, and gone on from when it is there. On one thread
    ///   the vectors are the same, bit by bit, as those of a training that wasn't interrupted.
    /// - Throws: `TrainingDiverged` when a number is no longer finite; `CheckpointError`, `SafeTensorsError` for a checkpoint; what `progress`
    ///   throws.
    public func train(checkpoint: String? = nil, progress: (WordVectorProgress) throws -> Void = { _ in }) throws -> WordVectors {
        let grams = settings.grams.map { grams in text.words.map { grams.rows(of: $0).map { UInt32($0 + text.words.count) } } }
        let kernel = kernel(grams)
        var meter = WordMeter(total: settings.epochs * text.wordCount, settings: settings)
        let file = checkpoint.map { CheckpointFile($0, of: fingerprint) }
        var place = WordTrainingPlace()
        if let file, let saved = try file.read() {
            place = try WordTrainingPlace(saved, kernel, file, epochs: settings.epochs, parts: parts.count)
            meter.goOn(from: place)
        }
        let width = 4 * pool.threads, groups = max(1, (parts.count - 1 + width - 1) / width)
        while place.epoch < settings.epochs {
            try Task.checkCancellation()
            let ends = Array(parts[place.part...min(place.part + width, parts.count - 1)])
            let seed = settings.seed &* 0x5851_f42d_4c95_7f2d &+ UInt64(place.epoch * parts.count + place.part)
            let (loss, predictions) = kernel.train(text.tokens, ends: ends, rate: meter.rate, seed: seed)
            guard loss.isFinite else { throw TrainingDiverged(at: "part \(place.part + 1) of epoch \(place.epoch + 1)") }
            let report = meter.count((ends.last ?? 0) - ends[0], of: text, loss, predictions)
            let done = place.epoch * groups + place.part / width + 1
            place.advance(by: width, of: parts.count - 1)
            if let file, CheckpointFile.isDue(after: done, of: settings.epochs * groups) { try place.write(meter, kernel, to: file) }
            if let report = place.part == 0 ? meter.report : report { try progress(report) }
        }
        guard kernel.isFinite else { throw TrainingDiverged(at: "the end") }
        try progress(meter.report)
        return vectors(kernel, grams)
    }

    private var fingerprint: String { "words \(settings) \(text.words.count) \(Fingerprint(of: text.tokens))" }

    private func kernel(_ grams: [[UInt32]]?) -> WordVectorKernel {
        let outputs: WordVectorKernel.Outputs
        switch settings.objective {
        case .negativeSampling(let count):
            outputs = .negatives(count: count, draws: AliasTable(counts: text.counts, exponent: settings.exponent).entries)
        case .hierarchicalSoftmax:
            let tree = HuffmanTree(counts: text.counts)
            outputs = .paths(tree.paths, branches: tree.branches)
        }
        var lists = grams.map { _ in WordVectorKernel.Lists() }
        for rows in grams ?? [] { lists?.append(rows) }
        let plan = WordVectorKernel.Plan(
            isBag: settings.architecture == .bagOfWords, window: settings.window, keep: keep, outputs: outputs, grams: lists)
        var random = SeededRandom(seed: settings.seed)
        let size = Float(settings.dimensions)
        return WordVectorKernel(
            plan, dimensions: settings.dimensions, buckets: settings.grams?.buckets ?? 0, spread: grams == nil ? 0.5 / size : 1 / size,
            pool: pool, using: &random)
    }

    /// The chance of 2³² that an occurrence stays, as word2vec has it: (√(f/s) + 1) · s/f for a word of share f.
    private var keep: [UInt32] {
        guard settings.sample > 0 else { return [UInt32](repeating: .max, count: text.counts.count) }
        let threshold = settings.sample * Double(text.wordCount)
        return text.counts.map { count in
            let chance = ((Double(count) / threshold).squareRoot() + 1) * threshold / Double(count)
            return UInt32(min(chance * 0x1p32, 0x1p32 - 1))
        }
    }

    private func vectors(_ kernel: WordVectorKernel, _ grams: [[UInt32]]?) -> WordVectors {
        let width = settings.dimensions
        func row(_ index: Int) -> ArraySlice<Float> { Array(kernel.inputs[index])[..<width] }
        guard let grams, let settings = settings.grams else {
            return WordVectors(words: text.words, dimensions: width, values: text.words.indices.flatMap(row), counts: text.counts)
        }
        let values = text.words.indices.flatMap { word in WordVectors.mean(([UInt32(word)] + grams[word]).map { row(Int($0)) }, width) }
        let pieces = GramVectors(grams: settings, values: (0..<settings.buckets).flatMap { row(text.words.count + $0) })
        return WordVectors(words: text.words, dimensions: width, values: values, counts: text.counts, pieces: pieces)
    }

    /// Where parts end: at the end of a sentence, or in the midst of one that is longer than a part.
    private static func parts(_ tokens: [Int32]) -> [Int] {
        var ends = [0]
        while let last = ends.last, last < tokens.count {
            let from = min(last + partWords, tokens.count)
            let end = tokens[from..<min(from + 1_000, tokens.count)].firstIndex { $0 < 0 }
            ends.append(end.map { $0 + 1 } ?? from)
        }
        return ends
    }
}

/// Counts what has been trained, and says when to tell.
struct WordMeter {
    let total: Int
    let settings: WordVectorSettings
    private(set) var words = 0.0
    private(set) var loss: Double = 0
    private var wordsBefore = 0.0
    private let began = ContinuousClock.now
    private var told = ContinuousClock.now

    init(total: Int, settings: WordVectorSettings) {
        self.total = total
        self.settings = settings
    }

    /// Takes what was counted before the training was interrupted.
    mutating func goOn(from place: WordTrainingPlace) { (words, wordsBefore, loss) = (place.words, place.words, place.loss) }

    /// Falls in a line with the words that are done.
    var rate: Float {
        let left = max(0, 1 - Float(words / Double(total)))
        return settings.lowestLearningRate + (settings.learningRate - settings.lowestLearningRate) * left
    }

    /// Adds `tokens` of the text, ends of sentences included; a report when the last one is a fifth of a second old.
    mutating func count(_ tokens: Int, of text: TrainingText, _ sum: Double, _ predictions: Int) -> WordVectorProgress? {
        words += Double(tokens) * Double(text.wordCount) / Double(text.tokens.count)
        if predictions > 0 { loss += (sum / Double(predictions) - loss) * (loss == 0 ? 1 : 0.1) }
        guard ContinuousClock.now - told > .milliseconds(200) else { return nil }
        told = .now
        return report
    }

    var report: WordVectorProgress {
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        return WordVectorProgress(
            words: min(total, Int(words.rounded())), total: total, wordsPerSecond: (words - wordsBefore) / max(seconds, 1e-9),
            learningRate: rate,
            loss: Float(loss))
    }
}
