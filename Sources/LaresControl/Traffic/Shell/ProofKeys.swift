/// A set of keys of one length, side by side in one array: millions of them take little more than their bytes.
package struct ProofKeys {
    private var width = 0
    private var bytes: [UInt8] = []
    /// Open addressing: numbers of keys, -1 where there is none; a power of two of them, at most half of them taken.
    private var slots: [Int32] = .init(repeating: -1, count: 1 << 10)
    package private(set) var count = 0

    package init() {}

    /// Takes a key in, and says whether it wasn't there.
    package mutating func insert(_ key: [UInt8]) -> Bool {
        if count == 0 { width = key.count }
        precondition(key.count == width && count < Int32.max, "keys of one length")
        var slot = place(of: key[...])
        while slots[slot] >= 0 {
            if stored(Int(slots[slot])).elementsEqual(key) { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(count)
        bytes += key
        count += 1
        if count * 2 > slots.count { grow() }
        return true
    }

    private mutating func grow() {
        slots = .init(repeating: -1, count: slots.count * 2)
        for number in 0..<count {
            var slot = place(of: stored(number))
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }

    private func stored(_ number: Int) -> ArraySlice<UInt8> { bytes[number * width..<(number + 1) * width] }

    private func place(of key: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        key.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize() & (slots.count - 1)
    }
}
