internal import Foundation

/// Chance that follows from a seed and what is asked, so that it is the same however finely time is cut into steps.
struct Chance: Sendable {
    /// What chance decides about; each has numbers of its own.
    enum Topic: UInt64 {
        case warmth = 1
        case cloud, wind, rain, day, habit, jam, fault, fridge, shift, noise
    }

    let seed: UInt64

    /// A number from 0 to below 1 (SplitMix64's mixing; Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
    func unit(_ topic: Topic, _ first: Int, _ second: Int = 0) -> Double {
        var state = seed &+ topic.rawValue &* 0x9E37_79B9_7F4A_7C15
        for key in [first, second].lazy.map({ UInt64(bitPattern: Int64($0)) }) {
            state = Self.mixed(state ^ (key &* 0xD134_2543_DE82_EF95 &+ 0x9E37_79B9_7F4A_7C15))
        }
        return Double(state >> 11) / 9_007_199_254_740_992
    }

    /// A whole number of a range.
    func number(_ topic: Topic, _ first: Int, _ second: Int, in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(unit(topic, first, second) * Double(range.count))
    }

    /// A line through chance numbers from −1 to 1, one at each whole place, without corners.
    func smooth(_ topic: Topic, _ place: Double) -> Double {
        let start = place.rounded(.down), along = place - start
        let key = Int(max(-1e15, min(start, 1e15)))
        let (a, b) = (unit(topic, key, 7) * 2 - 1, unit(topic, key + 1, 7) * 2 - 1)
        return a + (b - a) * along * along * (3 - 2 * along)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
