/// The tokens of a model, arranged for making masks. Built once per model.
///
///     let vocabulary = GrammarVocabulary(tokens: pieces, endTokens: [2])
public struct GrammarVocabulary: Sendable {
    /// Tokens of plain text of at most this many characters have a mask of their own.
    static let shortPlain = 6

    /// Number of tokens; ids are 0 ..< this.
    public let count: Int
    /// The tokens that may come when the grammar is complete.
    public let endTokens: [Int32]
    let endSet: Set<Int32>
    let shortTrie: TokenTrie
    let longTrie: TokenTrie
    let restTrie: TokenTrie
    let shortMask: [UInt32]
    let longMask: [UInt32]
    let longestPlain: Int
    private let storage: [UInt8]
    private let ends: [UInt32]

    /// 32-bit words of a mask.
    public var maskWords: Int { (count + 31) / 32 }

    /// - Parameters:
    ///   - tokens: The bytes of every token by id; nil for control tokens, which are never allowed. Empty ones are never allowed either,
    ///     nor are those of more than 4,096 bytes.
    ///   - endTokens: The tokens that end a generation; allowed where the grammar is complete. Ids out of range are ignored.
    public init(tokens: [[UInt8]?], endTokens: [Int32]) {
        count = tokens.count
        self.endTokens = endTokens.filter { $0 >= 0 && Int($0) < tokens.count }
        endSet = Set(self.endTokens)
        var short: [(id: Int32, bytes: [UInt8])] = []
        var long = short
        var rest = short
        var longest = 0
        for (id, bytes) in tokens.enumerated() {
            guard let bytes, !bytes.isEmpty, bytes.count <= 4_096, !endSet.contains(Int32(id)) else { continue }
            guard let characters = PlainText.characters(bytes) else {
                rest.append((Int32(id), bytes))
                continue
            }
            longest = max(longest, characters)
            if characters <= Self.shortPlain { short.append((Int32(id), bytes)) } else { long.append((Int32(id), bytes)) }
        }
        longestPlain = longest
        shortTrie = TokenTrie(short)
        longTrie = TokenTrie(long)
        restTrie = TokenTrie(rest)
        shortMask = Self.mask(short, count)
        longMask = Self.mask(long, count)
        (storage, ends) = Self.store(tokens, without: endSet)
    }

    /// The bytes of a token; empty for control tokens, end tokens and ids out of range.
    func bytes(of token: Int32) -> ArraySlice<UInt8> {
        guard token >= 0, Int(token) < count else { return [] }
        return storage[Int(ends[Int(token)])..<Int(ends[Int(token) + 1])]
    }

    private static func mask(_ tokens: [(id: Int32, bytes: [UInt8])], _ count: Int) -> [UInt32] {
        var mask = [UInt32](repeating: 0, count: (count + 31) / 32)
        for (id, _) in tokens { mask[Int(id) >> 5] |= 1 << UInt32(id & 31) }
        return mask
    }

    private static func store(_ tokens: [[UInt8]?], without special: Set<Int32>) -> ([UInt8], [UInt32]) {
        var storage: [UInt8] = []
        var ends: [UInt32] = [0]
        ends.reserveCapacity(tokens.count + 1)
        for (id, bytes) in tokens.enumerated() {
            if let bytes, bytes.count <= 4_096, !special.contains(Int32(id)) { storage += bytes }
            ends.append(UInt32(storage.count))
        }
        return (storage, ends)
    }
}
