/// The pieces of a vocabulary in one block of bytes, found by id and by their bytes.
package struct Vocabulary: Sendable {
    /// More than any known model has; keeps ids within `Token` and tables within memory.
    static let largestCount = 1 << 24

    private var storage: [UInt8] = []
    private var ends: [UInt32] = [0]
    private var kinds: [TokenKind] = []
    private var slots: [Int32] = []
    /// Length of the longest piece in bytes.
    private(set) var longest = 0

    private static let seed = UInt64.random(in: .min ... .max)

    package init() {}

    /// A vocabulary of pieces in the order of their ids. Throws `duplicateToken` or `tooLarge`.
    package init(_ pieces: [[UInt8]], kinds: [TokenKind]? = nil) throws {
        for piece in pieces { try append(piece) }
        try index()
        if let kinds { try setKinds(kinds) }
    }

    package var count: Int { ends.count - 1 }

    /// Adds a piece with the next id; `index()` must follow before anything is looked up.
    mutating func append(_ piece: some Collection<UInt8>) throws(TokenizerError) {
        guard count < Self.largestCount, piece.count <= Int(Int32.max) - storage.count else {
            throw TokenizerError(.tooLarge, "the vocabulary has more than \(Self.largestCount) tokens or 2 GB of text")
        }
        storage.append(contentsOf: piece)
        ends.append(UInt32(storage.count))
        kinds.append(.normal)
        longest = max(longest, piece.count)
    }

    /// Makes the look-up by bytes. Throws `duplicateToken`; empty pieces are allowed, never found and may repeat.
    mutating func index() throws {
        let mask = (count * 2 + 16).nextPowerOfTwo - 1
        slots = Array(repeating: -1, count: mask + 1)
        for id in 0..<count {
            let range = range(of: id)
            if range.isEmpty { continue }
            var slot = Self.hash(storage, range) & mask
            while slots[slot] >= 0 {
                if matches(Int(slots[slot]), storage, range) {
                    throw TokenizerError(
                        .duplicateToken, "tokens \(slots[slot]) and \(id) are both '\(piece(Token(id)))'; the model is damaged")
                }
                slot = (slot + 1) & mask
            }
            slots[slot] = Int32(id)
        }
    }

    /// Sets what every token is for. Throws `mismatchedCounts`.
    mutating func setKinds(_ new: [TokenKind]) throws {
        guard new.count == count else {
            throw TokenizerError(.mismatchedCounts, "there are \(count) tokens and \(new.count) token types; convert the model again")
        }
        kinds = new
    }

    mutating func setKind(_ kind: TokenKind, of token: Token) { kinds[Int(token)] = kind }

    package func contains(_ token: Token) -> Bool { token >= 0 && Int(token) < count }

    /// What a token is for; `undefined` for ids out of range.
    package func kind(_ token: Token) -> TokenKind { contains(token) ? kinds[Int(token)] : .undefined }

    /// The bytes of a piece; empty for ids out of range.
    package func bytes(_ token: Token) -> ArraySlice<UInt8> { contains(token) ? storage[range(of: Int(token))] : [] }

    package func piece(_ token: Token) -> String { String(decoding: bytes(token), as: UTF8.self) }

    /// The id of the piece that has these bytes.
    package func id(_ text: [UInt8], _ range: Range<Int>) -> Token? {
        guard !range.isEmpty, range.count <= longest else { return nil }
        let mask = slots.count - 1
        var slot = Self.hash(text, range) & mask
        while slots[slot] >= 0 {
            if matches(Int(slots[slot]), text, range) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    package func id(_ text: [UInt8]) -> Token? { id(text, 0..<text.count) }

    package func id(_ text: String) -> Token? { id(Array(text.utf8)) }

    private func range(of id: Int) -> Range<Int> { Int(ends[id])..<Int(ends[id + 1]) }

    private func matches(_ id: Int, _ text: [UInt8], _ range: Range<Int>) -> Bool {
        let own = self.range(of: id)
        guard own.count == range.count else { return false }
        for offset in 0..<own.count where storage[own.lowerBound + offset] != text[range.lowerBound + offset] { return false }
        return true
    }

    /// FNV-1a from a secret start, mixed at the end because the table uses the low bits.
    private static func hash(_ text: [UInt8], _ range: Range<Int>) -> Int {
        var hash = seed
        for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 20)
    }
}
