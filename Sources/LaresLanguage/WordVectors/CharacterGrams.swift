/// Pieces of words, hashed into rows of vectors (Bojanowski et al. 2017; the hash is that of fastText).
public struct CharacterGrams: Sendable, Hashable {
    /// Characters of the shortest piece, the marks of a word's beginning and end counted in.
    public let shortest: Int
    /// Characters of the longest piece, counted likewise.
    public let longest: Int
    /// Rows: pieces with one remainder of their hash share one.
    public let buckets: Int

    /// Pieces of 3 to 6 characters in 200,000 rows; fastText has 2,000,000, ten times the memory.
    public init(shortest: Int = 3, longest: Int = 6, buckets: Int = 200_000) {
        self.shortest = shortest
        self.longest = longest
        self.buckets = buckets
    }

    /// Pieces that suit a text: of 1 to 3 characters where most words begin with an ideograph, which says as much as several letters, else of 3 to 6.
    /// A length that is given stays, and the other one gives way to it.
    public init(for text: TrainingText, shortest: Int? = nil, longest: Int? = nil, buckets: Int = 200_000) {
        let usual = text.isMostlyIdeographs ? (shortest: 1, longest: 3) : (shortest: 3, longest: 6)
        let least = shortest ?? min(usual.shortest, longest ?? usual.longest)
        self.init(shortest: least, longest: longest ?? max(usual.longest, least), buckets: buckets)
    }

    func check() throws(WordVectorError) {
        try WordVectorSettings.check("shortest n-gram", shortest, 1...32)
        try WordVectorSettings.check("longest n-gram", longest, shortest...32)
        try WordVectorSettings.check("buckets", buckets, 1...50_000_000)
    }

    /// The rows of a word's pieces, `<` before and `>` behind it.
    func rows(of word: String) -> [Int] {
        let bytes = Array("<\(word)>".utf8)
        let starts = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
        var rows: [Int] = []
        for first in 0..<(starts.count - 1) {
            for length in shortest...longest where first + length < starts.count {
                if length == 1, first == 0 || first + 1 == starts.count - 1 { continue }
                rows.append(Int(CharacterGrams.hash(bytes[starts[first]..<starts[first + length]]) % UInt32(buckets)))
            }
        }
        return rows
    }

    /// How many pieces a word has.
    public func pieceCount(of word: String) -> Int { rows(of: word).count }

    /// FNV-1a of 32 bits, bytes taken as signed as fastText does.
    static func hash(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32(bitPattern: Int32(Int8(bitPattern: $1)))) &* 16_777_619 }
    }
}
