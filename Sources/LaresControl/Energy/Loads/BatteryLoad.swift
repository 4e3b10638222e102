/// Where a battery's charge can go within an hour from each level, and what that takes: worked out once for a design.
public struct BatteryTable: Sendable {
    /// The battery it is for.
    public let design: BatteryDesign
    /// How many levels of charge there are.
    public let levels: Int
    /// What it can hold, in kWh.
    public let capacity: Double
    /// The share of the capacity that is kept back for people: no choice goes below it.
    public let reserve: Double
    let choices: LoadChoices

    // 33 levels: with 65 the year of CityLearn costs less by 0.001 of its price and takes four times as long.
    /// - Throws: `EnergyControlError.badSetting` for levels that aren't 2 to 1,000, or a reserve that is no share below 1.
    public init(_ design: BatteryDesign, capacity: Double? = nil, levels: Int = 33, reserve: Double = 0) throws {
        guard (2...1_000).contains(levels), (0..<1).contains(reserve) else {
            throw EnergyControlError(
                .badSetting,
                "\(levels) levels of charge and a reserve of \(reserve): there are 2 to 1,000, and the reserve is from 0 to below 1")
        }
        let full = Battery(design, stored: 0, capacity: capacity ?? design.capacity).capacity
        (self.design, self.capacity, self.levels, self.reserve) = (design, full, levels, reserve)
        choices = LoadChoices(
            (0..<levels).map { level in
                // A hair below the level, so that a full battery has the power that the curve says of full ones.
                let stored = full * Double(level) / Double(levels - 1) * (1 - 1e-9)
                return BatteryTable.choices(Battery(design, stored: stored, capacity: full), levels, reserve)
            })
    }

    /// What leads to each level that can be reached, and to stay.
    static func choices(_ battery: Battery, _ levels: Int, _ reserve: Double) -> [LoadChoice] {
        let scale = battery.capacity / Double(levels - 1)
        let now = battery.stored * (1 - battery.design.standingLoss)
        var found = [LoadChoice(energy: 0, level: now / scale)]
        for level in 0..<levels {
            let stored = Double(level) * scale, change = stored - now
            guard change > 0 || stored >= reserve * battery.capacity else { continue }
            guard let energy = battery.request(for: change), energy != 0 else { continue }
            found.append(LoadChoice(energy: energy, level: Double(level)))
        }
        return found
    }
}

/// A battery as a plan sees it.
public struct BatteryLoad: FlexibleLoad {
    /// What it can do from each level.
    public let table: BatteryTable
    /// What may be done now.
    public let present: [LoadChoice]
    /// What a stored kWh is worth at the end of a plan.
    public let worth: Double

    /// A battery as it is now.
    public init(_ battery: Battery, _ table: BatteryTable, worth: Double = 0) {
        (self.table, self.worth) = (table, worth)
        present = BatteryTable.choices(battery, table.levels, table.reserve)
    }

    /// Levels of charge.
    public var levels: Int { table.levels }
    /// The same in every step.
    public func choices(at step: Int) -> LoadChoices { table.choices }
    /// More for more charge.
    public func worth(of level: Int) -> Double { worth * Double(level) * table.capacity / Double(levels - 1) }
}
