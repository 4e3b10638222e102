/// The vocabulary and scores of a SentencePiece model, as they apply inside one stretch of text.
struct SentencePieceModel: SubwordModel {
    let vocabulary: Vocabulary
    let neighbours: NeighbourFilter
    private let unknown: Token?
    /// Smaller for better scores; `UInt32.max` for tokens that are never made by merging.
    private let priorities: [UInt32]
    private let byteTokens: [Token]

    init(_ vocabulary: Vocabulary, scores: [Float], unknown: Token?) throws {
        guard scores.count == vocabulary.count else {
            throw TokenizerError(
                .mismatchedCounts, "there are \(vocabulary.count) tokens and \(scores.count) scores; convert the model again")
        }
        if let bad = scores.firstIndex(where: \.isNaN) {
            throw TokenizerError(.outOfRange, "the score of token \(bad) is not a number; convert the model again")
        }
        var bytes = [Token](repeating: -1, count: 256)
        for token in 0..<Token(vocabulary.count) where vocabulary.kind(token) == .byte {
            guard let byte = ByteToken.value(vocabulary.bytes(token)) else {
                throw TokenizerError(
                    .badByteToken,
                    "token \(token), '\(vocabulary.piece(token))', should be a byte, <0x00> to <0xFF>; convert the model again")
            }
            bytes[Int(byte)] = token
        }
        self.vocabulary = vocabulary
        self.unknown = unknown
        byteTokens = bytes
        priorities = scores.enumerated().map { id, score in
            switch vocabulary.kind(Token(id)) {
            case .normal, .userDefined, .unused: Self.priority(of: score)
            case .undefined, .unknown, .control, .byte: .max
            }
        }
        neighbours = NeighbourFilter(vocabulary)
    }

    func wholeWord(_ text: [UInt8], _ range: Range<Int>) -> Token? { nil }

    func pieces(_ text: [UInt8], _ range: Range<Int>, into pieces: inout [Subword]) {
        var start = range.lowerBound
        while start < range.upperBound {
            let (_, end) = ScalarClass.scalar(at: start, in: text)
            pieces.append(Subword(token: mergeable(text, start..<end)?.token ?? -1, end: end))
            start = end
        }
    }

    func merge(_ left: Token, _ right: Token, _ text: [UInt8], _ range: Range<Int>) -> Merge { mergeable(text, range) ?? .none }

    func emit(_ token: Token, _ text: [UInt8], _ range: Range<Int>, into tokens: inout [Token]) {
        if token >= 0 { return tokens.append(token) }
        if range.allSatisfy({ byteTokens[Int(text[$0])] >= 0 }) {
            tokens.append(contentsOf: range.map { byteTokens[Int(text[$0])] })
        } else if let unknown {
            tokens.append(unknown)
        }
    }

    private func mergeable(_ text: [UInt8], _ range: Range<Int>) -> Merge? {
        guard let token = vocabulary.id(text, range), priorities[Int(token)] != .max else { return nil }
        return Merge(priority: priorities[Int(token)], token: token)
    }

    /// The order of floats as unsigned integers, turned around: the highest score is the smallest number.
    static func priority(of score: Float) -> UInt32 {
        let bits = score.bitPattern == 0x8000_0000 ? 0 : score.bitPattern
        let ascending = bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
        return min(~ascending, .max - 1)
    }
}

/// Which characters stand beside each other in any token. Where two do not, no merge can reach across, so a text may be cut
/// there without changing its tokens: words stay short, and repeated ones are found again.
///
/// A set of bits by hash: it may say yes wrongly, which costs time and nothing else.
struct NeighbourFilter: Sendable {
    private var bits: [UInt64]
    private static let size = 1 << 23

    init(_ vocabulary: Vocabulary) {
        bits = Array(repeating: 0, count: Self.size / 64)
        for token in 0..<Token(vocabulary.count) where !vocabulary.kind(token).isControl && vocabulary.kind(token) != .byte {
            var previous: UInt32?
            for scalar in String(decoding: vocabulary.bytes(token), as: UTF8.self).unicodeScalars {
                if let previous {
                    let bit = Self.bit(previous, scalar.value)
                    bits[bit >> 6] |= 1 << UInt64(bit & 63)
                }
                previous = scalar.value
            }
        }
    }

    /// The first place after `start` that no token reaches across.
    func wordEnd(_ text: [UInt8], _ start: Int) -> Int {
        var (scalar, position) = ScalarClass.scalar(at: start, in: text)
        while position < text.count {
            let (following, next) = ScalarClass.scalar(at: position, in: text)
            let bit = Self.bit(scalar.value, following.value)
            if bits[bit >> 6] & (1 << UInt64(bit & 63)) == 0 { return position }
            scalar = following
            position = next
        }
        return position
    }

    @inline(__always) private static func bit(_ left: UInt32, _ right: UInt32) -> Int {
        let key = (UInt64(left) << 32 | UInt64(right)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: key >> 32) & (size - 1)
    }
}
