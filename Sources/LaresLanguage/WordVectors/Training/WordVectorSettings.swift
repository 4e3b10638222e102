import LaresTensor

/// How word vectors are learnt. The defaults are those of gensim and word2vec.
public struct WordVectorSettings: Sendable, Hashable {
    /// What predicts what.
    public enum Architecture: String, Sendable, Hashable, CaseIterable {
        /// Each word around predicts the middle one: better for rare words.
        case skipGram = "skipgram"
        /// The mean of the words around predicts the middle one: faster.
        case bagOfWords = "cbow"
    }

    /// What a prediction is measured by.
    public enum Objective: Sendable, Hashable {
        /// The word against so many drawn ones, 1...100.
        case negativeSampling(Int)
        /// The turns on the way to the word in a tree of all words.
        case hierarchicalSoftmax
    }

    /// What predicts what.
    public var architecture = Architecture.skipGram
    /// What a prediction is measured by.
    public var objective = Objective.negativeSampling(5)
    /// Floats of a vector, 1...1,024.
    public var dimensions = 100
    /// Words to each side at most, 1...127; each window draws how many of them it takes.
    public var window = 5
    /// How often the text is gone through, 1...10,000.
    public var epochs = 5
    /// The learning rate at the beginning; it falls in a line.
    public var learningRate: Float = 0.025
    /// The learning rate at the end.
    public var lowestLearningRate: Float = 0.0001
    /// Words more frequent than this share of the text are thinned out; 0 keeps all.
    public var sample = 1e-3
    /// Drawn words: by their count to this power.
    public var exponent = 0.75
    /// Pieces of words that have vectors too, so that unseen words get one (fastText); nil without.
    public var grams: CharacterGrams?
    /// Names the run: on one thread, the same seed gives the same vectors.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    /// Throws `WordVectorError` naming what is out of range.
    func check() throws(WordVectorError) {
        try WordVectorSettings.check("dimensions", dimensions, 1...WordVectorKernel.mostDimensions)
        try WordVectorSettings.check("window", window, 1...127)
        try WordVectorSettings.check("epochs", epochs, 1...10_000)
        if case .negativeSampling(let count) = objective { try WordVectorSettings.check("negative words", count, 1...100) }
        if let grams { try grams.check() }
        guard learningRate > 0, learningRate <= 1, lowestLearningRate >= 0, lowestLearningRate <= learningRate else {
            throw WordVectorError(
                .badSetting, "learning rates from \(learningRate) to \(lowestLearningRate): give rates of 0 to 1, the first the higher")
        }
        guard sample >= 0, sample <= 1, exponent >= -10, exponent <= 10 else {
            throw WordVectorError(.badSetting, "a sample of \(sample) and an exponent of \(exponent): give 0 to 1, and −10 to 10")
        }
    }

    static func check(_ what: String, _ value: Int, _ range: ClosedRange<Int>) throws(WordVectorError) {
        guard range.contains(value) else {
            throw WordVectorError(.badSetting, "\(what): \(value) is out of range, give \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
