internal import Foundation

/// What is to happen when. Each key has one time at most; the earliest comes first, and of those at one moment the one set first.
struct TimerQueue<Key: Hashable & Sendable>: Sendable {
    private struct Item: Sendable {
        let date: Date
        let order: Int
        let key: Key

        func precedes(_ other: Item) -> Bool { (date, order) < (other.date, other.order) }
    }

    /// A binary heap. Items whose order isn't the key's any more are dropped when they come up.
    private var heap: [Item] = []
    private var orders: [Key: Int] = [:]
    private var last = 0

    /// When the first is due.
    var next: Date? { heap.first?.date }

    mutating func set(_ key: Key, _ date: Date) {
        last += 1
        orders[key] = last
        heap.append(Item(date: date, order: last, key: key))
        rise(heap.count - 1)
        clean()
    }

    mutating func remove(_ key: Key) {
        guard orders.removeValue(forKey: key) != nil else { return }
        clean()
    }

    /// The first that is due; it is removed.
    mutating func due(at date: Date) -> (key: Key, date: Date)? {
        guard let first = heap.first, first.date <= date else { return nil }
        orders[first.key] = nil
        clean()
        return (first.key, first.date)
    }

    /// Leaves a first item that counts, and never more dead items than twice the living.
    private mutating func clean() {
        while let first = heap.first, orders[first.key] != first.order { pop() }
        guard heap.count > 2 * orders.count + 64 else { return }
        heap = heap.filter { orders[$0.key] == $0.order }.sorted { $0.precedes($1) }
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
