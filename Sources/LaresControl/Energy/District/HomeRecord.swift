/// What one home used and made, hour by hour, and the battery that it has.
public struct HomeRecord: Hashable, Sendable {
    /// What people call it.
    public let name: String
    /// What was used, in kWh of each hour.
    public let load: [Double]
    /// What its panels made, in kWh of each hour.
    public let solar: [Double]
    /// Its battery; nil without one.
    public let battery: BatteryDesign?

    /// - Throws: `EnergyControlError.badRecord` when the series differ in length, or hold what isn't from 0 to 10,000 kWh.
    public init(name: String, load: [Double], solar: [Double], battery: BatteryDesign?) throws {
        guard load.count == solar.count else {
            throw EnergyControlError(.badRecord, "'\(name)' has \(load.count) hours of use and \(solar.count) of sun: give as many")
        }
        for (what, row) in [("use", load), ("sun", solar)] {
            if let odd = row.firstIndex(where: { !(0...10_000).contains($0) }) {
                throw EnergyControlError(.badRecord, "'\(name)': the \(what) of hour \(odd) is \(row[odd]) kWh: it is from 0 to 10,000")
            }
        }
        (self.name, self.load, self.solar, self.battery) = (name, load, solar, battery)
    }

    /// How many hours there are.
    public var count: Int { load.count }

    /// What came from the grid without a battery, in kWh; below 0 what went into it.
    public func net(_ hour: Int) -> Double { load[hour] - solar[hour] }
}
