import Foundation
import LaresTensor

/// The tokens a draw may choose, with unnormalised probabilities.
///
/// A vocabulary of 262,144 is never sorted: a small top-k is picked in one pass, and of more only those at the edge are put in order.
struct Candidates: Sendable {
    struct Candidate: Sendable {
        var token: Token
        /// Proportional to the probability.
        var weight: Float
    }

    private var list: [Candidate] = []
    private var total: Double = 0

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

    /// Takes the tokens worth drawing, at most `limit` of them when it is above 0. Changes the logits.
    ///
    /// `floor` times the best may be left out at once; it must be 0 when the mass of those tokens matters to a cut that follows.
    mutating func collect(_ logits: UnsafeMutableBufferPointer<Float>, temperature: Float, limit: Int, floor: Float) {
        let row = UnsafeBufferPointer(logits)
        let best = argmax(row)
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
            let least = max(1e-10, logits[best] * min(1, floor) * 0.999)
            for i in logits.indices where logits[i] >= least { list.append(Candidate(token: Token(i), weight: logits[i])) }
            if limit > 0, limit < list.count { keepHighest(count: limit, mass: .infinity) }
        }
        total = list.reduce(0) { $0 + Double($1.weight) }
    }

    /// Up to here an ordered list in one pass beats softmax and selection.
    private static let shortList = 256

    /// Keeps the likeliest tokens that together reach `topP`, and of those the ones at least `minP` times as likely as the best.
    mutating func cut(topP: Float, minP: Float) {
        if topP < 1 { keepHighest(count: .max, mass: Double(max(0, topP)) * total) }
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
        // Rounding left a rest; a token out of reach is still none.
        return (list.last { $0.weight > 0 } ?? list.last)?.token ?? 0
    }

    /// Keeps the likeliest candidates until there are `count` of them or they hold `mass`; ties go to the smaller token.
    ///
    /// Weights are counted in buckets a sixteenth of a power of two wide, and only the bucket where it ends is put in order.
    private mutating func keepHighest(count: Int, mass: Double) {
        func bucket(_ candidate: Candidate) -> Int { Int(candidate.weight.bitPattern >> 19) }
        var buckets = [(count: Int, mass: Double)](repeating: (0, 0), count: 1 << 13)
        for candidate in list {
            buckets[bucket(candidate)].count += 1
            buckets[bucket(candidate)].mass += Double(candidate.weight)
        }
        var (last, taken, sum) = (buckets.count - 1, 0, 0.0)
        while last > 0, buckets[last].count == 0 || (taken + buckets[last].count < count && sum + buckets[last].mass < mass) {
            taken += buckets[last].count
            sum += buckets[last].mass
            last -= 1
        }
        let edge = list.filter { bucket($0) == last }.sorted { $0.weight != $1.weight ? $0.weight > $1.weight : $0.token < $1.token }
        list.removeAll { bucket($0) <= last }
        for candidate in edge where list.count < count && (sum < mass || list.isEmpty) {
            list.append(candidate)
            sum += Double(candidate.weight)
        }
    }
}
