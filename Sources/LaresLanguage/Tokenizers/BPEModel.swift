/// The vocabulary and merges of byte-pair encoding, as they apply inside one word.
struct BPEModel: SubwordModel {
    let vocabulary: Vocabulary
    let alphabet: BPETokenizer.Alphabet
    private let ignoresMerges: Bool
    private let unknown: Token?
    /// (left, right) → (rank, merged).
    private let merges: PairTable
    /// The token of each byte, or -1.
    private let byteTokens: [Token]

    init(
        _ vocabulary: Vocabulary, merges: [([UInt8], [UInt8])], alphabet: BPETokenizer.Alphabet, ignoresMerges: Bool, unknown: Token?
    ) throws {
        self.vocabulary = vocabulary
        self.alphabet = alphabet
        self.ignoresMerges = ignoresMerges
        self.unknown = unknown
        var table = PairTable(capacity: merges.count)
        for (rank, (left, right)) in merges.enumerated() {
            guard let first = vocabulary.id(left), let second = vocabulary.id(right), let merged = vocabulary.id(left + right) else {
                let text = "\(String(decoding: left, as: UTF8.self)) \(String(decoding: right, as: UTF8.self))"
                throw TokenizerError(.badMerge, "merge \(rank), '\(text)', is not of tokens in the vocabulary; convert the model again")
            }
            table.insert(UInt32(first), UInt32(second), value: (UInt32(rank), UInt32(merged)))
        }
        self.merges = table
        switch alphabet {
        case .bytes: byteTokens = ByteAlphabet.pieces.map { vocabulary.id($0) ?? -1 }
        case .characters(_, let fallback): byteTokens = (0...255).map { fallback ? vocabulary.id(ByteToken.piece($0)) ?? -1 : -1 }
        }
    }

    func wholeWord(_ text: [UInt8], _ range: Range<Int>) -> Token? {
        guard ignoresMerges else { return nil }
        let found: Token?
        switch alphabet {
        case .bytes:
            let piece = ByteAlphabet.encode(text, range)
            found = vocabulary.id(piece)
        case .characters: found = vocabulary.id(text, range)
        }
        return found.flatMap { vocabulary.kind($0).isControl ? nil : $0 }
    }

    func pieces(_ text: [UInt8], _ range: Range<Int>, into pieces: inout [Subword]) {
        switch alphabet {
        case .bytes:
            for index in range { pieces.append(Subword(token: byteTokens[Int(text[index])], end: index + 1)) }
        case .characters:
            var start = range.lowerBound
            while start < range.upperBound {
                let (_, end) = ScalarClass.scalar(at: start, in: text)
                pieces.append(Subword(token: vocabulary.id(text, start..<end) ?? -1, end: end))
                start = end
            }
        }
    }

    @inline(__always)
    func merge(_ left: Token, _ right: Token, _ text: [UInt8], _ range: Range<Int>) -> Merge {
        guard left >= 0, right >= 0, let (rank, merged) = merges.value(UInt32(left), UInt32(right)) else { return .none }
        return Merge(priority: rank, token: Token(merged))
    }

    func emit(_ token: Token, _ text: [UInt8], _ range: Range<Int>, into tokens: inout [Token]) {
        if token >= 0 { return tokens.append(token) }
        var missing = false
        if case .characters(_, true) = alphabet {
            missing = range.contains { byteTokens[Int(text[$0])] < 0 }
            if !missing { return tokens.append(contentsOf: range.map { byteTokens[Int(text[$0])] }) }
        }
        // Like the references, a byte the vocabulary lacks (SmolLM2 has no U+0004) is left out when there is no unknown token.
        if let unknown { tokens.append(unknown) }
    }
}
