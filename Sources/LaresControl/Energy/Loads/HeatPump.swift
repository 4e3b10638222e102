import Glibc

/// A heat pump and the rooms that it warms, as one body that loses its warmth through one wall (first order, as in ISO 13790's simplest form).
///
///     let pump = try HeatPump(resistance: 5, warmth: 10, power: 2.5)
public struct HeatPump: Hashable, Sendable {
    /// How well the rooms are insulated, in K of difference for each kW of heat.
    public let resistance: Double
    /// How much heat the rooms hold, in kWh for each K.
    public let warmth: Double
    /// What the pump takes at most, in kW.
    public let power: Double
    /// The share of the power below which it can't run, 0 to 1.
    public let leastShare: Double
    /// The temperature of the water that it warms, in °C.
    public let flow: Double
    /// The share of what nature allows (Carnot) that it reaches.
    public let quality: Double

    /// - Throws: `EnergyControlError.badDesign` for what isn't above 0, or no share.
    public init(
        resistance: Double, warmth: Double, power: Double, leastShare: Double = 0.3, flow: Double = 40, quality: Double = 0.4
    ) throws {
        guard [resistance, warmth, power].allSatisfy({ $0 > 0 && $0 <= 1e6 }), (0...1).contains(leastShare), (25...75).contains(flow),
            (0.05...1).contains(quality)
        else {
            throw EnergyControlError(
                .badDesign,
                "a heat pump of \(power) kW for rooms of \(resistance) K/kW and \(warmth) kWh/K: all are above 0, shares from 0 to 1")
        }
        (self.resistance, self.warmth, self.power, self.leastShare) = (resistance, warmth, power, leastShare)
        (self.flow, self.quality) = (flow, quality)
    }

    // As in CityLearn's HeatPump: the share of Carnot's, and at most 20 where outside is as warm as the water.
    /// Heat for each kWh of electricity with so many °C outside, from 1 to 20.
    public func performance(outside: Double) -> Double {
        let lift = flow - outside
        return lift > 0 ? min(20, max(1, quality * (flow + 273.15) / lift)) : 20
    }

    /// The temperature of the rooms after an hour, exactly: it goes to where heat and losses are equal, by an exponential.
    ///
    /// - Parameters:
    ///   - inside: The temperature before, in °C.
    ///   - energy: What the pump takes in that hour, in kWh.
    ///   - gains: Heat from sun, people and devices, in kW.
    public func temperature(after inside: Double, outside: Double, energy: Double, gains: Double = 0) -> Double {
        let share = exp(-1 / (resistance * warmth))
        let settled = outside + resistance * (energy * performance(outside: outside) + gains)
        return settled + (inside - settled) * share
    }

    /// What it may take within an hour, in kWh: nothing, or from the least to the most in even steps.
    public func energies(_ count: Int = 9) -> [Double] {
        let least = power * max(leastShare, 1e-3)
        return [0] + (0..<count).map { least + (power - least) * Double($0) / Double(max(1, count - 1)) }
    }
}
