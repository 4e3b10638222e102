internal import Foundation

/// What is to happen when. Each key has one time at most; the earliest comes first, and of those at one moment the lesser key.
struct TimerQueue<Key: Hashable & Comparable & Sendable>: Sendable {
    private struct Item: Sendable {
        let date: Date
        let key: Key

        func precedes(_ other: Item) -> Bool { (date, key) < (other.date, other.key) }
    }

    /// A binary heap. Items whose date isn't the key's any more are dropped when they come up.
    private var heap: [Item] = []
    private var dates: [Key: Date] = [:]

    /// When the first is due.
    var next: Date? { heap.first?.date }

    mutating func set(_ key: Key, _ date: Date) {
        dates[key] = date
        heap.append(Item(date: date, key: key))
        rise(heap.count - 1)
        clean()
    }

    mutating func remove(_ key: Key) {
        guard dates.removeValue(forKey: key) != nil else { return }
        clean()
    }

    /// The first that is due; it is removed.
    mutating func due(at date: Date) -> (key: Key, date: Date)? {
        guard let first = heap.first, first.date <= date else { return nil }
        dates[first.key] = nil
        clean()
        return (first.key, first.date)
    }

    /// Leaves a first item that counts, and never more dead items than twice the living.
    private mutating func clean() {
        while let first = heap.first, dates[first.key] != first.date { pop() }
        guard heap.count > 2 * dates.count + 64 else { return }
        heap = heap.filter { dates[$0.key] == $0.date }.sorted { $0.precedes($1) }
    }

    private mutating func pop() {
        let item = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = item
        sink()
    }

    private mutating func rise(_ start: Int) {
        var place = start
        while place > 0, heap[place].precedes(heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count && heap[child].precedes(heap[least]) { least = child }
            if least == place { return }
            heap.swapAt(place, least)
            place = least
        }
    }
}
