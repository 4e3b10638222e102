import LaresTensor

/// Reads models that fastText saved (`.bin`, versions 11 and 12), unsupervised and not quantised.
///
/// Format: fastText `src/fasttext.cc`, `args.cc`, `dictionary.cc` and `densematrix.cc` of version 0.9.2.
struct FastTextReader {
    private var cursor: ByteCursor
    private static let magic: Int32 = 793_712_314

    init(_ bytes: UnsafeRawBufferPointer, path: String) { cursor = ByteCursor(bytes, path: path) }

    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 4 && Int32(littleEndian: bytes.loadUnaligned(as: Int32.self)) == magic
    }

    mutating func read() throws(WordVectorError) -> WordVectors {
        let _: Int32 = try cursor.number()
        let version: Int32 = try cursor.number()
        // They differ for classifiers alone, which are refused.
        guard version == 11 || version == 12 else { throw unsupported("version \(version) of fastText's format; 11 and 12 are read") }
        let (dimensions, grams) = try arguments()
        let (words, counts) = try dictionary()
        let isQuantised: UInt8 = try cursor.number()
        guard isQuantised == 0 else { throw unsupported("a quantised model") }
        let (rows, columns): (Int64, Int64) = (try cursor.number(), try cursor.number())
        guard columns == Int64(dimensions), rows == Int64(words.count + (grams?.buckets ?? 0)) else {
            throw cursor.malformed(
                "a matrix of \(rows) by \(columns) for \(words.count) words and \(grams?.buckets ?? 0) pieces of \(dimensions)")
        }
        let wordRows = try cursor.floats(words.count * dimensions, of: "words")
        guard let grams else { return WordVectors(words: words, dimensions: dimensions, values: wordRows, counts: counts) }
        let pieces = GramVectors(grams: grams, values: try cursor.floats(grams.buckets * dimensions, of: "pieces"))
        let values = means(words, wordRows, pieces, dimensions)
        return WordVectors(words: words, dimensions: dimensions, values: values, counts: counts, pieces: pieces)
    }

    /// A word's vector is the mean of its own row and those of its pieces; the end of a sentence has no pieces.
    private func means(_ words: [String], _ rows: [Float], _ pieces: GramVectors, _ width: Int) -> [Float] {
        let table = pieces.matrix.array
        return words.indices.flatMap { word in
            let own = rows[(word * width)..<((word + 1) * width)]
            let places = words[word] == "</s>" ? [] : pieces.grams.rows(of: words[word])
            return WordVectors.mean([own] + places.map { table[($0 * width)..<(($0 + 1) * width)] }, width)
        }
    }

    /// Dimensions, and the pieces when the model has them.
    private mutating func arguments() throws(WordVectorError) -> (Int, CharacterGrams?) {
        var fields: [Int] = []
        for _ in 0..<12 { fields.append(Int(try cursor.number(Int32.self))) }
        _ = try cursor.take(8)
        let (dimensions, model, buckets, shortest, longest) = (fields[0], fields[7], fields[8], fields[9], fields[10])
        guard (1...Word2VecReader.mostDimensions).contains(dimensions) else { throw cursor.malformed("vectors of \(dimensions) numbers") }
        guard model == 1 || model == 2 else { throw unsupported("a classifier; word vectors (cbow, skipgram) are read") }
        guard longest > 0, buckets > 0 else { return (dimensions, nil) }
        let grams = CharacterGrams(shortest: shortest, longest: longest, buckets: buckets)
        do { try grams.check() } catch { throw cursor.malformed(error.message) }
        return (dimensions, grams)
    }

    private mutating func dictionary() throws(WordVectorError) -> (words: [String], counts: [Int]) {
        let (size, wordCount, labels): (Int32, Int32, Int32) = (try cursor.number(), try cursor.number(), try cursor.number())
        let (_, pruned): (Int64, Int64) = (try cursor.number(), try cursor.number())
        guard size == wordCount, labels == 0, size > 0, pruned <= 0 else {
            throw unsupported("a dictionary of \(wordCount) words with \(labels) labels and \(pruned) pruned pieces")
        }
        // A word takes a byte, its end, its count and its kind.
        guard Int(size) <= cursor.left / 11 else { throw cursor.truncated() }
        var words: [String] = [], counts: [Int] = []
        for _ in 0..<size {
            words.append(try cursor.text(upTo: 0, most: Word2VecReader.longestWord))
            counts.append(Int(try cursor.number(Int64.self)))
            _ = try cursor.number(UInt8.self)
        }
        return (words, counts)
    }

    private func unsupported(_ what: String) -> WordVectorError {
        WordVectorError(.unsupported, "'\(cursor.path)' is \(what): save the vectors as word2vec text (.vec) and read that")
    }
}
