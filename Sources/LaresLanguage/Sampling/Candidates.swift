import Foundation
import LaresTensor

/// The tokens a draw may choose, likeliest first as far as order is needed, with unnormalised probabilities.
///
/// A vocabulary of 262,144 is never sorted: a small top-k is picked in one pass, and of more only as many are put in order as top-p wants.
struct Candidates: Sendable {
    struct Candidate: Sendable {
        var token: Token
        /// Proportional to the probability.
        var weight: Float
    }

    private var list: [Candidate] = []
    private var total: Double = 0

    /// Index of the first highest value; NaN never wins.
    static func best(_ logits: UnsafeBufferPointer<Float>) -> Int {
        var (index, best) = (0, -Float.infinity)
        for i in logits.indices where logits[i] > best { (index, best) = (i, logits[i]) }
        return index
    }

    /// Indices of the `count` highest values, best first; of equal ones the smaller index. One pass with a short ordered list.
    static func highest(_ logits: UnsafeBufferPointer<Float>, _ count: Int) -> [Int] {
        var found: [Int] = []
        guard count > 0 else { return found }
        var least = -Float.infinity
        for i in logits.indices where found.count < count || logits[i] > least {
            if logits[i].isNaN { continue }
            var place = found.count
            while place > 0, logits[i] > logits[found[place - 1]] { place -= 1 }
            found.insert(i, at: place)
            if found.count > count { found.removeLast() }
            if found.count == count { least = logits[found[count - 1]] }
        }
        return found
    }

    /// Takes the tokens worth drawing, at most `limit` of them when it is above 0, none far below `minP` of the best. Changes the logits.
    mutating func collect(_ logits: UnsafeMutableBufferPointer<Float>, temperature: Float, limit: Int, minP: Float) {
        let row = UnsafeBufferPointer(logits)
        let best = Self.best(row)
        let highest = logits[best]
        list.removeAll(keepingCapacity: true)
        if !highest.isFinite {
            list.append(Candidate(token: Token(best), weight: 1))
        } else if limit > 0, limit <= Self.shortList {
            list += Self.highest(row, limit).map { Candidate(token: Token($0), weight: exp((row[$0] - highest) / temperature)) }
        } else {
            for i in logits.indices { logits[i] = logits[i].isNaN ? -.infinity : (logits[i] - highest) / temperature }
            softmax(logits)
            // What is left out of 262,144 tokens adds up to less than 0.003%.
            let floor = max(1e-10, logits[best] * min(1, minP) * 0.999)
            for i in logits.indices where logits[i] >= floor { list.append(Candidate(token: Token(i), weight: logits[i])) }
            if limit > 0, limit < list.count { sortHighest(limit, dropping: true) }
        }
        total = list.reduce(0) { $0 + Double($1.weight) }
    }

    /// Up to here an ordered list in one pass beats softmax and selection.
    private static let shortList = 256

    /// Keeps the likeliest tokens that together reach `topP`, and of those the ones at least `minP` times as likely as the best.
    mutating func cut(topP: Float, minP: Float) {
        if topP < 1 { cut(toMass: Double(max(0, topP)) * total) }
        if minP > 0 {
            let floor = (list.map(\.weight).max() ?? 1) * min(1, minP)
            list.removeAll { $0.weight < floor }
        }
        total = list.reduce(0) { $0 + Double($1.weight) }
    }

    /// The token at a fraction 0..<1 of the remaining mass.
    func draw(_ fraction: Double) -> Token {
        var rest = fraction * total
        for candidate in list {
            rest -= Double(candidate.weight)
            if rest < 0 { return candidate.token }
        }
        return list.last?.token ?? 0
    }

    /// Orders 64, 256, 1024 … of the likeliest until they hold the mass.
    private mutating func cut(toMass mass: Double) {
        var count = 64
        while true {
            sortHighest(min(count, list.count), dropping: false)
            var sum = 0.0
            for index in 0..<min(count, list.count) {
                sum += Double(list[index].weight)
                if sum >= mass {
                    list.removeSubrange((index + 1)...)
                    return
                }
            }
            if count >= list.count { return }
            count *= 4
        }
    }

    /// Puts the `count` likeliest first and in order; ties go to the smaller token, so that results never depend on the algorithm.
    private mutating func sortHighest(_ count: Int, dropping: Bool) {
        func precedes(_ a: Candidate, _ b: Candidate) -> Bool { a.weight != b.weight ? a.weight > b.weight : a.token < b.token }
        if count < list.count { partition(count, by: precedes) }
        list[..<count].sort(by: precedes)
        if dropping { list.removeSubrange(count...) }
    }

    /// Quickselect with the middle of three: afterwards the first `count` all precede the others.
    private mutating func partition(_ count: Int, by precedes: (Candidate, Candidate) -> Bool) {
        var (low, high) = (0, list.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if precedes(list[middle], list[low]) { list.swapAt(middle, low) }
            if precedes(list[high], list[low]) { list.swapAt(high, low) }
            if precedes(list[high], list[middle]) { list.swapAt(high, middle) }
            let pivot = list[middle]
            var (i, j) = (low, high)
            while i <= j {
                while precedes(list[i], pivot) { i += 1 }
                while precedes(pivot, list[j]) { j -= 1 }
                if i <= j {
                    list.swapAt(i, j)
                    (i, j) = (i + 1, j - 1)
                }
            }
            if count <= j { high = j } else if count >= i { low = i } else { return }
        }
    }
}
