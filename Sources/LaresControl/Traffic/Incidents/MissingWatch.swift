internal import Foundation

/// Watches loops: how many vehicles should have passed the stop line, by those that passed the loops further away, by those that passed beside, and by how
/// a lane discharges when somebody waits at green; less those that did. A cumulative sum (Page 1954) of what is missing, in nats, for a lane through which a
/// tenth of the usual still comes.
package struct MissingWatch: Sendable, Hashable {
    private static let stillComes = 0.1
    /// How much each source counts for.
    private static let fromFar = 0.8, fromBeside = 0.5, fromStanding = 0.6
    /// Seconds over which ratios are learnt; vehicles a second that a lane lets through; seconds that a ring of arrivals holds.
    private static let memory = 900.0, most = 0.5, ringed = 48

    private var arrivals = [Double](repeating: 0, count: ringed)
    private var place = 0
    private let delay: Int
    /// Who came from the loops further away and should be through.
    private var waiting = 0.0
    private var passed = 0.0, came = 0.0, beside = 0.0, stood = 0.0, passedStanding = 0.0
    /// What is missing.
    package private(set) var evidence = 0.0

    /// - Parameter delay: Seconds from the loops further away to the stop line.
    package init(delay: Int) { self.delay = min(max(delay, 1), Self.ringed - 1) }

    /// Takes in a second.
    ///
    /// - Parameters:
    ///   - passedBeside: Vehicles that passed the stop line on the other lanes of the road.
    ///   - isLearning: Whether what is seen now is usual.
    /// - Returns: What is missing.
    package mutating func tick(_ loops: LaneSecond.Loops, light: LaneSecond.Light, passedBeside: Double, isLearning: Bool) -> Double {
        arrivals[place] = loops.came
        waiting += arrivals[(place + Self.ringed - delay) % Self.ringed]
        place = (place + 1) % Self.ringed
        let isGreen = light > .stops
        let due = isGreen ? min(waiting, Self.most) : 0
        waiting -= due
        let isStanding = isGreen && loops.occupied >= 0.95
        let expected =
            Self.fromFar * due * Self.ratio(passed, came, atMost: 1.5, from: 10)
            + Self.fromBeside * passedBeside * Self.ratio(passed, beside, atMost: 3, from: 10)
            + (isStanding ? Self.fromStanding * Self.ratio(passedStanding, stood, atMost: 0.6, from: 20) : 0)
        evidence = max(0, evidence + (1 - Self.stillComes) * expected + log(Self.stillComes) * loops.passed)
        if isLearning { learn(loops, due: due, passedBeside: passedBeside, isQueue: isStanding || (isGreen && loops.passed > 0)) }
        return evidence
    }

    private mutating func learn(_ loops: LaneSecond.Loops, due: Double, passedBeside: Double, isQueue: Bool) {
        let kept = 1 - 1 / Self.memory
        passed = passed * kept + loops.passed
        came = came * kept + due
        beside = beside * kept + passedBeside
        guard isQueue else { return }
        stood = stood * kept + 1
        passedStanding = passedStanding * kept + loops.passed
    }

    private static func ratio(_ part: Double, _ whole: Double, atMost most: Double, from least: Double) -> Double {
        whole >= least ? min(most, part / whole) : 0
    }
}
