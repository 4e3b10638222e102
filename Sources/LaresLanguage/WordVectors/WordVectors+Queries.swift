import LaresTensor

extension WordVectors {
    /// A word and how near it is.
    public struct Neighbour: Sendable, Hashable {
        /// The word.
        public let word: String
        /// Cosine, −1...1.
        public let similarity: Float
    }

    /// The cosine of two words' vectors.
    public func similarity(_ a: String, _ b: String) throws(WordVectorError) -> Float {
        let x = try vector(of: a), y = try vector(of: b)
        let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        return product / max(WordVectors.length(x) * WordVectors.length(y), .leastNormalMagnitude)
    }

    /// The words nearest to one, without itself.
    public func nearest(to word: String, count: Int = 10) throws(WordVectorError) -> [Neighbour] {
        nearest(to: try vector(of: word), count: count, without: [word])
    }

    /// The words whose vectors are nearest to this one of `dimensions` floats; another length traps.
    public func nearest(to vector: [Float], count: Int = 10, without excluded: Set<String> = []) -> [Neighbour] {
        let length = max(WordVectors.length(vector), .leastNormalMagnitude)
        let products = matmul(matrix, Tensor(vector, [dimensions, 1])).array
        let scores = zip(products, lengths).map { $0 / max($1 * length, .leastNormalMagnitude) }
        return WordVectors.highest(scores, count + excluded.count).lazy.map { Neighbour(word: words[$0], similarity: scores[$0]) }
            .filter { !excluded.contains($0.word) }.prefix(max(0, count)).map { $0 }
    }

    /// Answers "a is to b as c is to …": the words nearest to b − a + c of the vectors at length one, without the three (3CosAdd, Mikolov
    /// et al. 2013).
    public func analogy(_ a: String, _ b: String, _ c: String, count: Int = 10) throws(WordVectorError) -> [Neighbour] {
        let (from, to, like) = (try unit(a), try unit(b), try unit(c))
        return nearest(to: from.indices.map { to[$0] - from[$0] + like[$0] }, count: count, without: [a, b, c])
    }

    private func unit(_ word: String) throws(WordVectorError) -> [Float] {
        let vector = try vector(of: word), length = max(WordVectors.length(vector), .leastNormalMagnitude)
        return vector.map { $0 / length }
    }

    /// Places of the highest scores, the highest first; equal ones by place, not-a-number last.
    static func highest(_ scores: [Float], _ count: Int) -> [Int] {
        var best: [Int] = []
        for (place, score) in scores.enumerated() {
            if best.count >= count, let last = best.last, !(score > scores[last]) { continue }
            var at = best.count
            while at > 0, score > scores[best[at - 1]] || scores[best[at - 1]].isNaN { at -= 1 }
            best.insert(place, at: at)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
