/// What a battery does without a plan: fill in some hours, empty in others, by so much of its capacity an hour.
public struct TimeOfUseRule: Hashable, Sendable {
    /// The times of day of the hours that are over when the next is filled in, and the share of the capacity that goes in.
    public let filling: ClosedRange<Int>, fillingShare: Double
    /// The same for hours that are emptied in: all others when nil.
    public let emptying: ClosedRange<Int>?, emptyingShare: Double

    /// - Throws: `EnergyControlError.badSetting` for hours that aren't 0 to 23, hours in both, or shares that aren't from 0 to 1.
    public init(filling: ClosedRange<Int>, share: Double, emptying: ClosedRange<Int>? = nil, share emptyingShare: Double) throws {
        let day = 0...23
        guard day.contains(filling.lowerBound), day.contains(filling.upperBound), (0...1).contains(share), (0...1).contains(emptyingShare),
            emptying.map({ day.contains($0.lowerBound) && day.contains($0.upperBound) && !$0.overlaps(filling) }) ?? true
        else {
            throw EnergyControlError(
                .badSetting,
                "a rule fills in hours \(filling) by \(share) and empties by \(emptyingShare): hours are 0 to 23 and in one of the two, "
                    + "shares 0 to 1")
        }
        self.init(filling, share, emptying, emptyingShare)
    }

    private init(_ filling: ClosedRange<Int>, _ fillingShare: Double, _ emptying: ClosedRange<Int>?, _ emptyingShare: Double) {
        (self.filling, self.fillingShare, self.emptying, self.emptyingShare) = (filling, fillingShare, emptying, emptyingShare)
    }

    /// Fills while the sun shines, empties while it is dear.
    public static let usual = TimeOfUseRule(8...14, 0.15, 16...22, 0.15)
    /// Fills from 6 to 14 and empties at all other times, slowly: the rule that CityLearn's figures are compared with here.
    public static let slow = TimeOfUseRule(6...14, 0.091, nil, 0.08)

    /// What is asked of a battery in the hour that follows one, in kWh.
    ///
    /// - Parameter hour: The time of day of the hour that is over, 0 to 23.
    public func request(after hour: Int, capacity: Double) -> Double {
        if filling.contains(hour) { return fillingShare * capacity }
        if emptying?.contains(hour) ?? true { return -emptyingShare * capacity }
        return 0
    }
}
