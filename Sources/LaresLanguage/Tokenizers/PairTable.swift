/// A hash table from a pair of 32-bit numbers to another pair, made once and read many times.
///
/// Swift's `Dictionary` hashes with SipHash, which took four times as long per pair and made merging the slowest part of encoding.
struct PairTable: Sendable {
    /// Keys and values side by side, so that a hit touches one cache line.
    private var entries: [UInt64]
    private var mask: Int
    private(set) var count = 0

    /// Differs between processes, so that no file can be made to collide.
    private static let seed = UInt64.random(in: .min ... .max)
    private static let empty = UInt64.max

    init(capacity: Int) {
        let slots = max(16, (capacity * 2).nextPowerOfTwo)
        entries = Array(repeating: Self.empty, count: slots * 2)
        mask = slots - 1
    }

    /// The value of a pair, or nil.
    @inline(__always) func value(_ left: UInt32, _ right: UInt32) -> (UInt32, UInt32)? {
        let key = UInt64(left) << 32 | UInt64(right)
        var slot = Self.hash(key) & mask
        while true {
            let found = entries[slot * 2]
            if found == key {
                let value = entries[slot * 2 + 1]
                return (UInt32(truncatingIfNeeded: value >> 32), UInt32(truncatingIfNeeded: value))
            }
            if found == Self.empty { return nil }
            slot = (slot + 1) & mask
        }
    }

    /// Adds a pair unless it is there already; returns whether it was added. The pair (UInt32.max, UInt32.max) is not allowed.
    @discardableResult
    mutating func insert(_ left: UInt32, _ right: UInt32, value: (UInt32, UInt32)) -> Bool {
        if (count + 1) * 2 > mask + 1 { grow() }
        let key = UInt64(left) << 32 | UInt64(right)
        var slot = Self.hash(key) & mask
        while entries[slot * 2] != Self.empty {
            if entries[slot * 2] == key { return false }
            slot = (slot + 1) & mask
        }
        entries[slot * 2] = key
        entries[slot * 2 + 1] = UInt64(value.0) << 32 | UInt64(value.1)
        count += 1
        return true
    }

    private mutating func grow() {
        var larger = PairTable(capacity: mask + 1)
        for slot in 0...mask where entries[slot * 2] != Self.empty {
            let key = entries[slot * 2]
            let value = entries[slot * 2 + 1]
            larger.insert(
                UInt32(key >> 32), UInt32(truncatingIfNeeded: key), value: (UInt32(value >> 32), UInt32(truncatingIfNeeded: value)))
        }
        self = larger
    }

    @inline(__always) private static func hash(_ key: UInt64) -> Int {
        var z = (key ^ seed) &* 0x9E37_79B9_7F4A_7C15
        z ^= z >> 32
        z = z &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: z >> 20)
    }
}

extension Int {
    /// The smallest power of two that is not smaller; self must be positive and at most 2^62.
    var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
