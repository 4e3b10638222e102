import Glibc

/// Drawing places by their weight with one look-up (Walker 1977; built as Vose 1991 does).
struct AliasTable {
    /// Of a place: below the threshold of 2³² itself, else the other one.
    let entries: [(threshold: UInt32, other: UInt32)]

    /// Words by count to a power; 0.75 is Mikolov's (2013).
    init(counts: [Int], exponent: Double) {
        let weights = counts.map { pow(Double($0), exponent) }
        let total = weights.reduce(0, +)
        var shares = weights.map { $0 / total * Double(weights.count) }
        var small = shares.indices.filter { shares[$0] < 1 }, large = shares.indices.filter { shares[$0] >= 1 }
        var entries = shares.indices.map { (threshold: UInt32.max, other: UInt32($0)) }
        while let low = small.popLast(), let high = large.popLast() {
            entries[low] = (UInt32(min(shares[low] * 0x1p32, 0x1p32 - 1)), UInt32(high))
            shares[high] -= 1 - shares[low]
            if shares[high] < 1 { small.append(high) } else { large.append(high) }
        }
        self.entries = entries
    }
}
