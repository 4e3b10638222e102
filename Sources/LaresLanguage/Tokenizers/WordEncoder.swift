/// Encodes the words of one text and remembers them: a word seen before is copied from the tokens already made.
///
/// The memory is the output itself (where in the text a word stood, where its tokens stand), so it costs no allocation a word
/// and nothing is shared between threads.
struct WordEncoder<Model: SubwordModel> {
    private struct Seen {
        var hash: UInt32 = 0
        var start: Int32 = 0
        var length: Int32 = 0
        var firstToken: Int32 = 0
        var tokenCount: Int32 = 0
    }

    private var merger: Merger<Model>
    private var seen: [Seen] = []
    private let mask: Int

    /// Longer words are rarely repeated, and hashing them would cost more than it saves.
    private static var longestRemembered: Int { 64 }

    init(_ model: Model, textLength: Int) {
        merger = Merger(model)
        let slots = min(max(64, textLength / 8), 1 << 15).nextPowerOfTwo
        mask = slots - 1
        if textLength <= Int(Int32.max) / 4 { seen = Array(repeating: Seen(), count: slots) }
    }

    mutating func encode(_ text: [UInt8], _ word: Range<Int>, into tokens: inout [Token]) {
        guard word.count <= Self.longestRemembered, !seen.isEmpty else { return merger.encode(text, word, into: &tokens) }
        let hash = Self.hash(text, word)
        let slot = Int(hash) & mask
        let found = seen[slot]
        if found.hash == hash, Self.same(text, word, found.start, found.length) {
            for index in Int(found.firstToken)..<Int(found.firstToken + found.tokenCount) { tokens.append(tokens[index]) }
            return
        }
        let first = tokens.count
        merger.encode(text, word, into: &tokens)
        seen[slot] = Seen(
            hash: hash, start: Int32(word.lowerBound), length: Int32(word.count), firstToken: Int32(first),
            tokenCount: Int32(tokens.count - first))
    }

    private static func same(_ text: [UInt8], _ word: Range<Int>, _ start: Int32, _ length: Int32) -> Bool {
        guard word.count == Int(length) else { return false }
        for offset in 0..<word.count where text[Int(start) + offset] != text[word.lowerBound + offset] { return false }
        return true
    }

    private static func hash(_ text: [UInt8], _ word: Range<Int>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in word { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}
