internal import Foundation
internal import LaresNeural
internal import LaresTensor

/// What is learned of how traffic flows.
public enum StreetQuantity: Int, Sendable, Hashable, CaseIterable {
    /// Seconds between two vehicles of a queue that leave.
    case headway
    /// Seconds from green to the first that leaves.
    case startLoss
    /// In m/s².
    case acceleration
    /// Seconds of yellow in which vehicles still pass.
    case yellowUse
    /// How much of a movement that gives way gets through, beside one with priority, until the street has shown it.
    case yieldingShare
    /// What a stop costs besides its waiting, in seconds.
    case stop
    /// How much of the usual traffic is expected from where nobody looks.
    case unseen
    /// Seconds of green after which what was seen of an approach counts as much as what is expected of it.
    case patience
    /// What a change costs besides its time, in seconds.
    case change
    /// Seconds by which leaving a green must be better than keeping it.
    case margin
    /// How much a full road behind the junction holds up.
    case blocking
    /// How much of a movement that may give way is given up when its first vehicle doesn't move.
    case stuck

    /// What it is when nothing was learned, a step, the range, and whether steps multiply.
    private var scale: (start: Float, step: Float, range: ClosedRange<Float>, isRatio: Bool) {
        switch self {
        case .headway: (1.9, 0.1, 1.2...3, true)
        case .startLoss: (1.5, 0.4, 0...4, false)
        case .acceleration: (2, 0.15, 0.8...4, true)
        case .yellowUse: (1.5, 0.4, 0...3, false)
        case .yieldingShare: (0.5, 0.15, 0.05...1, false)
        case .stop: (2, 0.8, 0...12, false)
        case .unseen: (0.6, 0.2, 0...2, false)
        case .patience: (40, 0.4, 2...2_000, true)
        case .change: (0, 2, -20...40, false)
        case .margin: (0, 1, -10...20, false)
        case .blocking: (1, 0.25, 0...1, false)
        case .stuck: (0, 0.25, 0...1, false)
        }
    }

    /// In its unit, within its range.
    package func value(steps: Float) -> Float {
        let scale = scale
        let value = scale.isRatio ? scale.start * expf(scale.step * steps) : scale.start + scale.step * steps
        return min(max(value, scale.range.lowerBound), scale.range.upperBound)
    }
}

/// A model's numbers, as a planner uses them.
struct StreetValues: Sendable {
    let headway, startLoss, acceleration, yellowUse, yieldingShare, stop, unseen, patience, change, margin, blocking, stuck: Float
    /// Seconds for each that has red or green when a plan ends, and for what its queue costs itself.
    let red, green, queue: Float
    /// More than any street costs: such a model is broken.
    private static let most: Float = 1e4

    /// nil: its values are no numbers, or none that a street has.
    init?(_ model: SignalModel) {
        let (street, remaining) = (model.street.array, model.remaining.weight.array)
        guard street.count == StreetQuantity.allCases.count, remaining.count == 3, street.allSatisfy(\.isFinite),
            remaining.allSatisfy({ abs($0) <= Self.most })
        else { return nil }
        func value(_ quantity: StreetQuantity) -> Float { quantity.value(steps: street[quantity.rawValue]) }
        (headway, startLoss, acceleration) = (value(.headway), value(.startLoss), value(.acceleration))
        (yellowUse, yieldingShare, stop) = (value(.yellowUse), value(.yieldingShare), value(.stop))
        (unseen, patience, change, margin) = (value(.unseen), value(.patience), value(.change), value(.margin))
        (blocking, stuck) = (value(.blocking), value(.stuck))
        (red, green, queue) = (2 * remaining[0], remaining[1], remaining[2] / 4)
    }

    /// How much of saturation a phase serves, when nothing else is known.
    func share(priority: Float, yielding: Float) -> Float { min(1, priority + yieldingShare * yielding) }

    /// What waiting costs those who are left when a plan ends.
    func waiting(_ count: Float, isOpen: Bool) -> Float { count * (isOpen ? green : red) }

    /// What their queue costs itself: each waits for those before.
    func queueing(_ count: Float, rate: Float) -> Float { queue / 2 * headway / rate * count * count }

    /// Seconds to the stop line, if nothing is in the way.
    func arrival(distance: Float, speed: Float, limit: Float) -> Float {
        guard distance > 0 else { return 0 }
        let speed = min(max(speed, 0), limit)
        let runUp = (limit * limit - speed * speed) / (2 * acceleration)
        if distance < runUp { return ((speed * speed + 2 * acceleration * distance).squareRoot() - speed) / acceleration }
        return (limit - speed) / acceleration + (distance - runUp) / limit
    }
}
