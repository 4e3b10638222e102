/// Pairs of words with people's judgement of how near they are, such as WordSim-353 (Finkelstein et al. 2002).
public struct WordPairTest: Sendable {
    /// What vectors reach.
    public struct Result: Sendable, Hashable {
        /// Spearman's rank correlation of cosines and judgements, −1...1; NaN with fewer than two different pairs.
        public let spearman: Double
        /// Pairs with vectors for both words.
        public let pairs: Int
        /// Pairs left out because a word has none.
        public let unknown: Int
    }

    /// Words and judgements.
    public let pairs: [(a: String, b: String, score: Double)]

    /// Reads lines of two words and a number with tabs between; `#` begins a comment, and a first line without a number is a head.
    public init(contentsOf path: String) throws {
        var pairs: [(a: String, b: String, score: Double)] = []
        var number = 0
        try LineReader(path: path).forEachLine { line, _ in
            number += 1
            let text = String(decoding: line, as: UTF8.self)
            guard !text.hasPrefix("#"), text.contains(where: { !$0.isWhitespace }) else { return }
            let fields = text.split { $0 == "\t" || $0 == "\r" || $0 == "," }
            guard fields.count == 3, let score = Double(fields[2]), score.isFinite else {
                if pairs.isEmpty { return }
                throw WordVectorError(.malformed, "'\(path)', line \(number): not two words and a number with tabs between")
            }
            pairs.append((String(fields[0]), String(fields[1]), score))
        }
        guard !pairs.isEmpty else { throw WordVectorError(.malformed, "'\(path)' has no line of two words and a number with tabs between") }
        self.pairs = pairs
    }

    /// Measures vectors; words are looked for as they stand and in lower case.
    public func evaluate(_ vectors: WordVectors) -> Result {
        var judged: [Double] = [], found: [Double] = []
        for pair in pairs {
            guard let a = vectors.known(pair.a), let b = vectors.known(pair.b), let cosine = try? vectors.similarity(a, b) else { continue }
            judged.append(pair.score)
            found.append(Double(cosine))
        }
        return Result(spearman: WordPairTest.spearman(judged, found), pairs: judged.count, unknown: pairs.count - judged.count)
    }

    /// Pearson's correlation of ranks; equal values share the mean of their ranks (Spearman 1904).
    static func spearman(_ x: [Double], _ y: [Double]) -> Double {
        let (a, b) = (ranks(x), ranks(y))
        let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
        var (product, squareA, squareB) = (0.0, 0.0, 0.0)
        for (p, q) in zip(a, b) {
            product += (p - meanA) * (q - meanB)
            squareA += (p - meanA) * (p - meanA)
            squareB += (q - meanB) * (q - meanB)
        }
        return product / (squareA * squareB).squareRoot()
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var from = 0
        while from < order.count {
            let end = order[from...].firstIndex { values[$0] != values[order[from]] } ?? order.count
            for place in from..<end { ranks[order[place]] = Double(from + end - 1) / 2 }
            from = end
        }
        return ranks
    }
}

extension WordVectors {
    /// The word as it stands or in lower case, whichever is among the words.
    func known(_ word: String) -> String? {
        if number(of: word) != nil { return word }
        let lower = word.lowercased()
        return number(of: lower) == nil ? nil : lower
    }
}
