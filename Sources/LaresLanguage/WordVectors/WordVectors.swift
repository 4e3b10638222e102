public import LaresTensor

/// Words and their vectors.
///
/// ```swift
/// let text = try TrainingText(contentsOf: "corpus.txt")
/// let vectors = try WordVectorTrainer(text).train()
/// for neighbour in try vectors.nearest(to: "house", count: 5) { print(neighbour.word, neighbour.similarity) }
/// ```
public struct WordVectors: Sendable {
    /// The words, the most frequent first when they were learnt.
    public let words: [String]
    /// How often each was in the text; nil for files that don't say.
    public let counts: [Int]?
    /// The vectors as they were learnt, [words][dimensions].
    public let matrix: Tensor
    /// Vectors of pieces, which unseen words are made of; nil without.
    public let pieces: GramVectors?
    /// Euclidean lengths.
    let lengths: [Float]
    private let numbers: [String: Int]

    /// Floats of a vector.
    public var dimensions: Int { matrix.shape[1] }

    /// `values` are rows of `dimensions` floats, one for each word; of a word that is there twice, the first counts.
    init(words: [String], dimensions: Int, values: [Float], counts: [Int]? = nil, pieces: GramVectors? = nil) {
        self.words = words
        self.counts = counts
        self.pieces = pieces
        matrix = Tensor(values, [words.count, dimensions])
        lengths = words.indices.map { WordVectors.length(values[($0 * dimensions)..<(($0 + 1) * dimensions)]) }
        numbers = Dictionary(zip(words, words.indices)) { first, _ in first }
    }

    /// The place of a word; nil when it isn't there.
    public func number(of word: String) -> Int? { numbers[word] }

    /// The vector of a word, of its pieces when it is unseen. Throws `WordVectorError` when it has neither.
    public func vector(of word: String) throws(WordVectorError) -> [Float] {
        if let number = numbers[word] { return matrix.at(number).array }
        if let vector = pieces?.vector(of: word) { return vector }
        let lower = word.lowercased()
        let advice = numbers[lower] == nil ? "check its spelling, or train with n-grams" : "ask for '\(lower)'"
        throw WordVectorError(.unknownWord, "'\(word)' is none of the \(words.count) words: \(advice)")
    }

    static func length(_ vector: some Sequence<Float>) -> Float { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    static func mean(_ rows: [ArraySlice<Float>], _ width: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: width)
        for row in rows { for (i, x) in zip(sum.indices, row) { sum[i] += x } }
        return sum.map { $0 / Float(max(1, rows.count)) }
    }
}

/// Vectors of character n-grams.
public struct GramVectors: Sendable {
    /// Which pieces.
    public let grams: CharacterGrams
    /// [buckets][dimensions].
    public let matrix: Tensor

    init(grams: CharacterGrams, values: [Float]) {
        self.grams = grams
        matrix = Tensor(values, [grams.buckets, values.count / grams.buckets])
    }

    /// The mean of the vectors of a word's pieces; nil when it has none.
    func vector(of word: String) -> [Float]? {
        let rows = grams.rows(of: word)
        return rows.isEmpty ? nil : WordVectors.mean(rows.map { matrix.at($0).array[...] }, matrix.shape[1])
    }
}
