/// Something whose use of electricity can be moved in time, as a plan sees it: a state on a scale of levels, and what may be done from each.
///
/// A battery's level is its charge, a car's too, a heat pump's the warmth of the rooms. Levels are numbered from 0; a choice may lead between two.
public protocol FlexibleLoad: Sendable {
    /// How many levels a plan tells apart, 2 or more.
    var levels: Int { get }
    /// What may be done in the first step, from the state as it is; never empty.
    var present: [LoadChoice] { get }
    /// What may be done in a later step (from 1) from each level.
    func choices(at step: Int) -> LoadChoices
    /// What may be done in a later step from between two levels; nil where the nearest level is near enough.
    func choices(at step: Int, between level: Double) -> [LoadChoice]?
    /// What a level is worth at the end of a plan, in money.
    func worth(of level: Int) -> Double
}

extension FlexibleLoad {
    /// The nearest level is near enough.
    public func choices(at step: Int, between level: Double) -> [LoadChoice]? { nil }
}

/// Something that can be done for an hour, and where it leads.
public struct LoadChoice: Hashable, Sendable {
    /// What is taken from the home's wires, in kWh; below 0 what is given.
    public let energy: Double
    /// The level that it leads to; whole or between two.
    public let level: Double
    /// What is bad about it, in money: rooms that get cold, a car that isn't full.
    public let penalty: Double

    /// A choice.
    public init(energy: Double, level: Double, penalty: Double = 0) {
        (self.energy, self.level, self.penalty) = (energy, level, penalty)
    }
}

/// What may be done from each level, laid out flat.
public struct LoadChoices: Sendable {
    /// The choices of level `i` are those from `offsets[i]` to `offsets[i + 1]`.
    private(set) var offsets = [0]
    private(set) var energies: [Double] = []
    private(set) var places: [Int] = []
    private(set) var fractions: [Double] = []
    private(set) var penalties: [Double] = []

    /// - Parameter choices: Those of each level, none of them empty.
    public init(_ choices: [[LoadChoice]]) {
        let last = max(0, choices.count - 2)
        for own in choices {
            for choice in own {
                let level = min(max(choice.level, 0), Double(choices.count - 1)), place = min(Int(level), last)
                energies.append(choice.energy)
                places.append(place)
                fractions.append(level - Double(place))
                penalties.append(choice.penalty)
            }
            offsets.append(energies.count)
        }
    }
}
