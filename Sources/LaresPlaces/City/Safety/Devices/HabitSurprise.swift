internal import Foundation

/// How surprising what a device does is, beside what it usually does, in constant memory: a count of each kind of act that fades, and a cumulative sum of
/// how much more surprising acts are than they were (Page 1954).
struct HabitSurprise: Hashable, Sendable, Codable {
    /// What is usual, by kind of act; fades, so that a device may change slowly.
    private var counts: [Double]
    private var total = 0.0
    /// The mean surprise, in nats.
    private var usual = 0.0
    private(set) var seen = 0
    /// What is beyond that lately, in nats.
    private(set) var sum = 0.0

    /// What is kept of a count with each act.
    static let fade = 0.9995
    /// So much surprise a message more than usual is nothing.
    static let slack = 0.3
    /// Acts before surprise counts.
    static let learning = 60
    /// Sums don't grow beyond this, so that what is over is over soon.
    static let most = 20.0

    init(kinds: Int) { counts = .init(repeating: 0, count: max(1, kinds)) }

    /// Takes in an act.
    /// - Parameter kind: Out of range: the nearest.
    /// - Returns: What is beyond the usual lately, in nats.
    mutating func take(_ kind: Int) -> Double {
        let place = min(max(kind, 0), counts.count - 1)
        let surprise = -log((counts[place] + 0.5) / (total + 0.5 * Double(counts.count)))
        if seen >= Self.learning { sum = min(Self.most, max(0, sum + surprise - usual - Self.slack)) }
        // What is out of all proportion doesn't teach what is usual.
        if seen < Self.learning || surprise < usual + 6 { usual += (surprise - usual) / Double(min(seen + 1, 1_000)) }
        seen += 1
        for other in counts.indices { counts[other] *= Self.fade }
        total = total * Self.fade + 1
        counts[place] += 1
        return sum
    }

    /// What was surprising is forgotten; what is usual isn't.
    mutating func calmDown() { sum = 0 }

    /// Whether it can go on from what was kept.
    var isSound: Bool { !counts.isEmpty && counts.count <= 64 && seen >= 0 && seen < 1 << 53 && sum >= 0 && total >= 0 }
}
