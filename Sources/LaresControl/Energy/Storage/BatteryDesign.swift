import Glibc

/// What a battery is when it is new, after the model of CityLearn (1.3.6, `citylearn.energy_model.Battery`).
///
///     let design = try BatteryDesign(capacity: 6.4, power: 5)
public struct BatteryDesign: Hashable, Sendable {
    /// What it holds, in kWh.
    public let capacity: Double
    /// What it takes or gives at most, in kW.
    public let power: Double
    /// The share of the capacity that a full cycle costs.
    public let capacityLoss: Double
    /// The share of what is stored that is lost in an hour.
    public let standingLoss: Double
    /// What comes back of a kWh that goes in, over the share of the power that it goes in with.
    public let efficiency: Curve
    /// The share of the power that can be had, over the share of the capacity that is stored.
    public let powerLimit: Curve

    /// CityLearn's curve: 0.83 at low power, 0.9 at seven to eight tenths.
    public static let usualEfficiency = Curve(places: [0, 0.3, 0.7, 0.8, 1], values: [0.83, 0.83, 0.9, 0.9, 0.85])
    /// CityLearn's curve: all of it up to eight tenths full, then less, a fifth when full.
    public static let usualPowerLimit = Curve(places: [0, 0.8, 1], values: [1, 1, 0.2])

    /// - Throws: `EnergyControlError.badDesign` for a capacity or power that isn't above 0, or losses that aren't shares.
    public init(
        capacity: Double, power: Double, capacityLoss: Double = 1e-5, standingLoss: Double = 0,
        efficiency: Curve = BatteryDesign.usualEfficiency, powerLimit: Curve = BatteryDesign.usualPowerLimit
    ) throws {
        guard capacity > 0, capacity <= 1e6, power > 0, power <= 1e6 else {
            throw EnergyControlError(
                .badDesign, "a battery of \(capacity) kWh and \(power) kW: both have to be above 0, and at most a million")
        }
        guard (0...0.1).contains(capacityLoss), (0...1).contains(standingLoss) else {
            throw EnergyControlError(
                .badDesign,
                "a battery loses \(capacityLoss) of its capacity by a cycle and \(standingLoss) of its charge in an hour: "
                    + "the first is from 0 to 0.1, the second from 0 to 1")
        }
        guard efficiency.values.allSatisfy({ $0 > 0 && $0 <= 1 }), powerLimit.values.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
            throw EnergyControlError(
                .badDesign, "a battery gives back more than it took, or more power than it has: both curves are shares")
        }
        (self.capacity, self.power, self.capacityLoss, self.standingLoss) = (capacity, power, capacityLoss, standingLoss)
        (self.efficiency, self.powerLimit) = (efficiency, powerLimit)
    }

    /// The share of a kWh that is left of each way, at a power in kW: half of what both ways lose.
    public func oneWayEfficiency(at power: Double) -> Double { sqrt(efficiency(abs(power) / self.power)) }

    /// The best share that is left of each way at any power.
    public var bestOneWayEfficiency: Double { sqrt(efficiency.values.max() ?? 1) }
}
