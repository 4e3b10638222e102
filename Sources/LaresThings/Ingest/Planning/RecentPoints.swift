/// Which points came lately, so that what is sent again is known: series, time and number of the last few hundred thousand.
///
/// Two tables take turns: one is filled while the other still answers, so at least half of what they hold together is remembered. 16 bytes for
/// each place. Numbers are compared whole: two points are never taken for each other.
package struct RecentPoints: Sendable {
    /// What is known of a point.
    package enum Sighting: Hashable, Sendable {
        /// Nothing.
        case new
        /// The same came before.
        case same
        /// Another number came for this series and time.
        case changed
    }

    private struct Table: Sendable {
        /// Slot and time, 21 and 43 bits; `free` for none.
        var keys: [UInt64]
        var numbers: [UInt64]
        var count = 0

        /// What brings a hash down to a place.
        private let shift: UInt64
        private let multiplier = RecentPoints.multiplier

        static let free = UInt64.max

        init(places: Int) {
            keys = [UInt64](repeating: Self.free, count: places)
            numbers = [UInt64](repeating: 0, count: places)
            shift = UInt64(64 - places.trailingZeroBitCount)
        }

        /// Where the search for a key begins.
        func start(_ key: UInt64) -> Int {
            // A product's top bits depend on all bits of the key. Once alone, one multiplier in ten puts the series of one moment in heaps; twice,
            // none of sixty did (1.04 places a point, 1.3 at most).
            let once = key &* multiplier
            return Int(truncatingIfNeeded: ((once ^ once >> 32) &* multiplier) >> shift)
        }

        /// The place of a key, or the one it would have.
        func place(_ key: UInt64) -> Int {
            let mask = keys.count - 1
            var at = start(key)
            while keys[at] != key, keys[at] != Self.free { at = (at + 1) & mask }
            return at
        }

        mutating func clear() {
            for place in keys.indices { keys[place] = Self.free }
            count = 0
        }
    }

    /// Another one in each process: nobody can choose times that all begin at one place.
    private static let multiplier = UInt64.random(in: .min ... .max) | 1

    private var newer: Table
    private var older: Table

    /// - Parameter places: of each table, a power of two; half of them are used.
    package init(places: Int = 1 << 18) {
        precondition(places > 1 && places & (places - 1) == 0, "\(places) is no power of two")
        newer = Table(places: places)
        older = Table(places: 2)
    }

    /// Notes a point, and says whether it came before.
    ///
    /// - Parameters:
    ///   - slot: its series; from 2²¹ on nothing is remembered.
    ///   - time: milliseconds from 1970 until 2199.
    ///   - bits: its number, or anything for a text.
    ///   - isNewest: whether it is later than all of its series, so that it can't have come.
    package mutating func note(_ slot: Int32, at time: Int64, _ bits: UInt64, isNewest: Bool) -> Sighting {
        guard let key = Self.key(slot, time) else { return .new }
        let place = newer.place(key)
        if newer.keys[place] == key {
            defer { newer.numbers[place] = bits }
            return newer.numbers[place] == bits ? .same : .changed
        }
        let sighting = isNewest ? .new : older(key, bits)
        newer.keys[place] = key
        newer.numbers[place] = bits
        newer.count += 1
        if 2 * newer.count > newer.keys.count { turn() }
        return sighting
    }

    /// What ``note(_:at:_:isNewest:)`` would say of a point.
    package func sighting(_ slot: Int32, at time: Int64, _ bits: UInt64) -> Sighting {
        guard let key = Self.key(slot, time) else { return .new }
        let place = newer.place(key)
        guard newer.keys[place] == key else { return older(key, bits) }
        return newer.numbers[place] == bits ? .same : .changed
    }

    /// How many places are looked at until a point is found that was noted lately.
    package func places(to slot: Int32, at time: Int64) -> Int? {
        guard let key = Self.key(slot, time) else { return nil }
        return (newer.place(key) - newer.start(key)) & (newer.keys.count - 1) + 1
    }

    private static func key(_ slot: Int32, _ time: Int64) -> UInt64? {
        guard slot >= 0, slot < 1 << 21, time >= 0, time < 1 << 43 else { return nil }
        return UInt64(slot) << 43 | UInt64(time)
    }

    private func older(_ key: UInt64, _ bits: UInt64) -> Sighting {
        let place = older.place(key)
        guard older.keys[place] == key else { return .new }
        return older.numbers[place] == bits ? .same : .changed
    }

    private mutating func turn() {
        let places = newer.keys.count
        swap(&newer, &older)
        if newer.keys.count == places { newer.clear() } else { newer = Table(places: places) }
    }

    /// Forgets everything: what was noted may not have been stored.
    package mutating func forget() { self = RecentPoints(places: newer.keys.count) }
}
