/// An open-addressing table of numbers whose keys are kept elsewhere.
struct NumberTable: Sendable {
    private var slots = [Int32](repeating: -1, count: 64)
    private var hashes = [UInt64](repeating: 0, count: 64)
    private var count = 0

    /// A 64-bit finaliser (MurmurHash3).
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var hash = value &+ 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }

    /// The number with this hash that `matches` says is the one.
    @inline(__always)
    func find(_ hash: UInt64, where matches: (Int32) -> Bool) -> Int32? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            if hashes[slot] == hash, matches(slots[slot]) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    mutating func insert(_ number: Int32, _ hash: UInt64) {
        if count * 2 >= slots.count { grow() }
        put(number, hash)
        count += 1
    }

    private mutating func put(_ number: Int32, _ hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = number
        hashes[slot] = hash
    }

    private mutating func grow() {
        let (oldSlots, oldHashes) = (slots, hashes)
        slots = Array(repeating: -1, count: oldSlots.count * 2)
        hashes = Array(repeating: 0, count: oldSlots.count * 2)
        for (number, hash) in zip(oldSlots, oldHashes) where number >= 0 { put(number, hash) }
    }
}

/// A set of 64-bit numbers that is emptied in constant time.
struct SeenSet: Sendable {
    private var keys = [UInt64](repeating: 0, count: 64)
    private var marks = [UInt32](repeating: 0, count: 64)
    private var mark: UInt32 = 1
    private(set) var count = 0

    mutating func clear() {
        count = 0
        if mark == .max {
            marks = Array(repeating: 0, count: marks.count)
            mark = 0
        }
        mark += 1
    }

    /// True if the key was not there.
    @inline(__always)
    mutating func insert(_ key: UInt64) -> Bool {
        if count * 2 >= keys.count { grow() }
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: NumberTable.mix(key)) & mask
        while marks[slot] == mark {
            if keys[slot] == key { return false }
            slot = (slot + 1) & mask
        }
        keys[slot] = key
        marks[slot] = mark
        count += 1
        return true
    }

    private mutating func grow() {
        let old = keys.indices.filter { marks[$0] == mark }.map { keys[$0] }
        keys = Array(repeating: 0, count: keys.count * 2)
        marks = Array(repeating: 0, count: keys.count)
        mark = 1
        count = 0
        for key in old { _ = insert(key) }
    }
}
