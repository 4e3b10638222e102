/// A few values by their keys; those that were not used for the longest time go first.
package struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value
        var bytes: Int
        var lastUse: Int
    }

    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private let countLimit: Int
    private let byteLimit: Int

    package init(count: Int, bytes: Int) {
        countLimit = max(1, count)
        byteLimit = bytes
    }

    package var count: Int { entries.count }
    package var bytes: Int { entries.values.reduce(0) { $0 + $1.bytes } }

    /// The value of a key, which counts as a use.
    package mutating func value(_ key: Key) -> Value? {
        uses += 1
        entries[key]?.lastUse = uses
        return entries[key]?.value
    }

    /// Whether a key is here; not a use.
    package func has(_ key: Key) -> Bool { entries[key] != nil }

    package mutating func remove(_ key: Key) { entries[key] = nil }

    /// Puts a value in. Others leave when there is no room; the new one stays.
    package mutating func insert(_ key: Key, _ value: Value, bytes: Int) {
        uses += 1
        entries[key] = Entry(value: value, bytes: bytes, lastUse: uses)
        while entries.count > 1, entries.count > countLimit || self.bytes > byteLimit { removeOldest() }
    }

    /// Measures all values anew, because they grow; one that can't be measured now keeps its size.
    package mutating func measure(_ bytes: (Key, Value) -> Int?) {
        for (key, entry) in entries { entries[key]?.bytes = bytes(key, entry.value) ?? entry.bytes }
    }

    private mutating func removeOldest() {
        guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
        entries[oldest] = nil
    }
}
