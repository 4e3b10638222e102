/// Words in the order they were first met, and how often each was: a hash table of bytes, because a string for every word of a text
/// would cost more than training on it.
struct WordTable {
    private var slots = [Int32](repeating: -1, count: 1 << 16)
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]
    private var hashes: [UInt32] = []
    private(set) var counts: [Int] = []

    /// Counts a word once more; returns its number.
    mutating func add(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
        var hash: UInt32 = 2_166_136_261
        for byte in word { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        hash ^= hash >> 15
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let id = Int(slots[slot])
            if hashes[id] == hash, isEqual(id, word) {
                counts[id] += 1
                return Int32(id)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(counts.count)
        append(word, hash)
        return Int32(counts.count - 1)
    }

    /// The text of a word; bytes that are no UTF-8 as U+FFFD.
    func word(_ id: Int) -> String { String(decoding: bytes[ends[id]..<ends[id + 1]], as: UTF8.self) }

    private func isEqual(_ id: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        guard ends[id + 1] - ends[id] == word.count else { return false }
        return bytes.withUnsafeBufferPointer { all in word.indices.allSatisfy { all[ends[id] + $0] == word[$0] } }
    }

    private mutating func append(_ word: UnsafeBufferPointer<UInt8>, _ hash: UInt32) {
        bytes += word
        ends.append(bytes.count)
        hashes.append(hash)
        counts.append(1)
        guard counts.count * 2 > slots.count else { return }
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (id, hash) in hashes.enumerated() {
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(id)
        }
    }
}
