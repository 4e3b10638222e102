internal import Foundation

/// How far the spread of the last 52 values is from every spread that was seen (Wang and others 2011, "Statistical techniques for online anomaly detection in
/// data centers", figure 1).
///
/// Values fall into five parts of the range of the first half of the learning time. Sixteen spreads are kept, and those that were used least make room. The distance is 104
/// times the relative entropy, which for values of a kept spread is at most 13.28 in 99 of 100 cases: there the score is a half.
public struct RelativeEntropy: Detector {
    /// The field's name for it.
    public static let name = "relative-entropy"

    private let settings: DetectorSettings
    private var clock = StreamClock()
    private var range = SeenRange()
    private var recent = RecentValues(Self.window)
    private var kept: [[Float]] = []
    private var uses: [Int] = []

    static let window = 52, parts = 5, most = 16
    /// The 0.99 quantile of chi-squared with four degrees of freedom.
    static let enough = 13.2767

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        switch clock.take(value, at: time) {
        case .ignored: return 0
        case .resumes: recent.removeAll()
        case .counts: break
        }
        guard clock.count > settings.learning / 2 else {
            range.take(value)
            return 0
        }
        recent.append(part(of: value))
        guard recent.isFull else { return 0 }
        let distance = compare(spread)
        return clock.count > settings.learning ? distance / (distance + Self.enough) : 0
    }

    private func part(of value: Double) -> Double {
        guard range.width > 0 else { return value < range.least ? 0 : value > range.greatest ? 4 : 2 }
        return max(0, min(Double(Self.parts - 1), ((value - range.least) / range.width * Double(Self.parts)).rounded(.down)))
    }

    /// How often each part came; half a value more for each, so that none is impossible.
    private var spread: [Float] {
        var counts = [Float](repeating: 0.5, count: Self.parts)
        for back in 0..<Self.window { counts[min(Self.parts - 1, max(0, Int(recent[back: back])))] += 1 }
        let all = Float(Self.window) + 0.5 * Float(Self.parts)
        return counts.map { $0 / all }
    }

    /// - Returns: The distance to the nearest that is kept; if that is far, the spread is kept too.
    private mutating func compare(_ spread: [Float]) -> Double {
        let distances = kept.map { other in
            2 * Double(Self.window) * Double(zip(spread, other).reduce(Float(0)) { $0 + $1.0 * log($1.0 / $1.1) })
        }
        if let nearest = distances.indices.min(by: { distances[$0] < distances[$1] }), distances[nearest] < Self.enough {
            uses[nearest] = min(uses[nearest] + 1, 1 << 40)
            return max(0, distances[nearest])
        }
        if kept.count == Self.most, let rare = uses.indices.min(by: { uses[$0] < uses[$1] }) {
            (kept[rare], uses[rare]) = (spread, 1)
        } else {
            kept.append(spread)
            uses.append(1)
        }
        return distances.min() ?? 0
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        range.write(to: &state)
        recent.write(to: &state)
        state.put(kept.count)
        for (spread, use) in zip(kept, uses) {
            state.put(spread)
            state.put(use)
        }
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        range = try SeenRange(from: &state)
        recent = try RecentValues(Self.window, from: &state)
        guard recent.isWithin(0...4) else { throw state.fault("has a value in no part of its range") }
        for _ in 0..<(try state.int(0...Self.most)) {
            let spread = try state.floats(Self.parts)
            guard spread.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
                throw state.fault("has a part that came never or more often than always")
            }
            kept.append(spread)
            uses.append(try state.int(0...(1 << 40)))
        }
    }
}
