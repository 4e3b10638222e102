/// Merges the pieces of one word in order of priority.
///
/// Short words search their few pieces; long ones keep a heap and a linked list, so that a word of n bytes takes n·log n steps
/// (a megabyte without a space: under a second).
struct Merger<Model: SubwordModel> {
    let model: Model
    private var pieces: [Subword] = []
    private var merges: [Merge] = []
    private var previous: [Int32] = []
    private var following: [Int32] = []
    private var heap = MinHeap()

    /// Above so many pieces the heap is faster than searching (equal at about 60 on English text).
    private static var fewPieces: Int { 48 }

    init(_ model: Model) {
        self.model = model
    }

    mutating func encode(_ text: [UInt8], _ word: Range<Int>, into tokens: inout [Token]) {
        if let token = model.wholeWord(text, word) {
            tokens.append(token)
            return
        }
        pieces.removeAll(keepingCapacity: true)
        model.pieces(text, word, into: &pieces)
        merges.removeAll(keepingCapacity: true)
        for index in pieces.indices { merges.append(merge(index, index + 1, before: index - 1, text, word)) }
        if pieces.count <= Self.fewPieces {
            mergeFew(text, word)
        } else {
            mergeMany(text, word)
        }
        var start = word.lowerBound
        for piece in pieces where piece.end > start {
            model.emit(piece.token, text, start..<piece.end, into: &tokens)
            start = piece.end
        }
    }

    /// What the pieces at `left` and `right` merge to, where the text of `left` starts after the piece `before`.
    private func merge(_ left: Int, _ right: Int, before: Int, _ text: [UInt8], _ word: Range<Int>) -> Merge {
        guard right < pieces.count else { return .none }
        let start = before < 0 ? word.lowerBound : pieces[before].end
        return model.merge(pieces[left].token, pieces[right].token, text, start..<pieces[right].end)
    }

    private mutating func mergeFew(_ text: [UInt8], _ word: Range<Int>) {
        while true {
            var best = 0
            var priority = UInt32.max
            for index in merges.indices where merges[index].priority < priority {
                best = index
                priority = merges[index].priority
            }
            if priority == .max { return }
            pieces[best] = Subword(token: merges[best].token, end: pieces[best + 1].end)
            pieces.remove(at: best + 1)
            merges.remove(at: best + 1)
            merges[best] = merge(best, best + 1, before: best - 1, text, word)
            if best > 0 { merges[best - 1] = merge(best - 1, best, before: best - 2, text, word) }
        }
    }

    private mutating func mergeMany(_ text: [UInt8], _ word: Range<Int>) {
        let count = Int32(pieces.count)
        previous = Array(-1..<(count - 1))
        following = Array(1...count)
        heap.removeAll()
        for index in merges.indices { push(index) }
        while let (priority, best) = heap.popFirst() {
            // A piece that has been merged since, or merges differently now.
            guard merges[best].priority == priority, pieces[best].end >= 0 else { continue }
            let right = Int(following[best])
            pieces[best] = Subword(token: merges[best].token, end: pieces[right].end)
            merges[right] = .none
            pieces[right].end = -1
            following[best] = following[right]
            if following[right] < count { previous[Int(following[right])] = Int32(best) }
            renew(best, text, word)
            if previous[best] >= 0 { renew(Int(previous[best]), text, word) }
        }
    }

    private mutating func renew(_ index: Int, _ text: [UInt8], _ word: Range<Int>) {
        merges[index] = merge(index, Int(following[index]), before: Int(previous[index]), text, word)
        push(index)
    }

    private mutating func push(_ index: Int) {
        if merges[index].priority != .max { heap.insert(merges[index].priority, index) }
    }
}

/// A binary heap of (priority, position), the smallest first.
struct MinHeap {
    private var items: [UInt64] = []

    mutating func removeAll() { items.removeAll(keepingCapacity: true) }

    mutating func insert(_ priority: UInt32, _ position: Int) {
        var index = items.count
        let item = UInt64(priority) << 32 | UInt64(UInt32(truncatingIfNeeded: position))
        items.append(item)
        while index > 0 {
            let parent = (index - 1) / 2
            if items[parent] <= item { break }
            items[index] = items[parent]
            index = parent
        }
        items[index] = item
    }

    mutating func popFirst() -> (UInt32, Int)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        if !items.isEmpty { sink(last) }
        return (UInt32(first >> 32), Int(UInt32(truncatingIfNeeded: first)))
    }

    private mutating func sink(_ item: UInt64) {
        var index = 0
        while true {
            var child = index * 2 + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            if items[child] >= item { break }
            items[index] = items[child]
            index = child
        }
        items[index] = item
    }
}
