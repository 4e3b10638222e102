/// What a battery is to do in the next hour, and why.
public struct BatteryOrder: Codable, Hashable, Sendable {
    /// What it is to take from the home's wires, in kWh; below 0 what it is to give.
    public let energy: Double
    /// Why.
    public let reason: Reason

    /// Why a battery is to do something.
    public enum Reason: Codable, Hashable, Sendable {
        /// A plan on forecasts.
        case plan
        /// The rule, since there was no forecast to plan on.
        case rule(ForecastFault)
        /// Nothing, since the battery isn't believed.
        case idle(BatteryFault)
        /// There is no battery.
        case none
    }

    /// An order.
    public init(energy: Double, reason: Reason) { (self.energy, self.reason) = (energy, reason) }
}

/// What is decided for the next hour.
public struct EnergyDecision: Codable, Hashable, Sendable {
    /// For each home.
    public let orders: [BatteryOrder]
    /// What homes are thought to take from the grid without their batteries, in kWh; nil without a forecast.
    public let expected: [Double]?
    /// What each other load takes, in kWh.
    public let loads: [Double]

    /// A decision.
    public init(orders: [BatteryOrder], expected: [Double]?, loads: [Double] = []) {
        (self.orders, self.expected, self.loads) = (orders, expected, loads)
    }
}
