/// A car that is plugged in and needs so much in its battery when it leaves.
///
///     let car = try CarLoad(capacity: 60, power: 11, stored: 20, needed: 45, leavesIn: 9)
///
/// It charges with nothing or with a power between the least and the most that its charger can; it gives nothing back.
public struct CarLoad: FlexibleLoad {
    /// What its battery holds, in kWh.
    public let capacity: Double
    /// The least and the most that it charges with, in kW, at the home's wires.
    public let powers: ClosedRange<Double>
    /// The share of a kWh that reaches its battery.
    public let efficiency: Double
    /// What is stored now, in kWh.
    public let stored: Double
    /// What is to be stored when it leaves, in kWh.
    public let needed: Double
    /// How many steps it is still plugged in; it leaves at the beginning of that step.
    public let steps: Int
    /// What a kWh that is missing when it leaves costs: more than any price, so that it is never saved.
    public let shortfallPrice: Double
    /// Levels of charge: what is needed is one of them.
    public let levels: Int
    private let charging: CarCharging
    private let table: LoadChoices, lastTable: LoadChoices, away: LoadChoices

    // 1.4 kW is what a charging station may go down to: 6 A at 230 V (IEC 61851-1).
    /// - Throws: `EnergyControlError.badDesign` for numbers that can't be: powers that aren't above 0, more stored or needed than it holds.
    public init(
        capacity: Double, power: Double, leastPower: Double = 1.4, efficiency: Double = 0.9, stored: Double, needed: Double,
        leavesIn steps: Int,
        shortfallPrice: Double = 100, levels: Int = 121
    ) throws {
        guard capacity > 0, capacity <= 10_000, (0...capacity).contains(stored), (0...capacity).contains(needed),
            (0...100_000).contains(steps)
        else {
            throw EnergyControlError(
                .badDesign,
                "a car of \(capacity) kWh with \(stored) in it that needs \(needed) in \(steps) hours: none is more than it holds")
        }
        guard leastPower > 0, leastPower <= power, power <= 1_000, (0.1...1).contains(efficiency), shortfallPrice >= 0,
            (2...1_000).contains(levels)
        else {
            throw EnergyControlError(
                .badDesign,
                "a car charges with \(leastPower) to \(power) kW and keeps \(efficiency) of it, at \(levels) levels: "
                    + "powers ascend, the share is 0.1 to 1, levels are 2 to 1,000")
        }
        (self.capacity, powers, self.efficiency, self.stored) = (capacity, leastPower...power, efficiency, stored)
        (self.needed, self.steps, self.shortfallPrice) = (needed, steps, shortfallPrice)
        let charging = CarCharging(
            capacity: capacity, powers: powers, efficiency: efficiency, needed: needed, shortfallPrice: shortfallPrice, levels: levels)
        let levels = charging.levels
        (self.levels, self.charging) = (levels, charging)
        table = LoadChoices((0..<levels).map { charging.choices(from: charging.stored(at: $0), isLast: false) })
        lastTable = LoadChoices((0..<levels).map { charging.choices(from: charging.stored(at: $0), isLast: true) })
        away = LoadChoices((0..<levels).map { [LoadChoice(energy: 0, level: Double($0))] })
        present = steps > 0 ? charging.choices(from: stored, isLast: steps == 1) : [LoadChoice(energy: 0, level: stored / charging.scale)]
    }

    /// What it may do now.
    public let present: [LoadChoice]
    /// Charging while it is there, nothing when it is away.
    public func choices(at step: Int) -> LoadChoices { step >= steps ? away : step == steps - 1 ? lastTable : table }
    /// From what is stored exactly.
    public func choices(at step: Int, between level: Double) -> [LoadChoice]? {
        guard step < steps else { return [LoadChoice(energy: 0, level: level)] }
        return charging.choices(from: min(capacity, level * charging.scale), isLast: step == steps - 1)
    }
    /// Nothing: what it needs is a penalty when it leaves. One that leaves behind the plan's end is planned again before.
    public func worth(of level: Int) -> Double { 0 }

    /// What it has after an hour with so much energy, in kWh.
    public func charged(by energy: Double) -> Double { min(capacity, stored + energy * efficiency) }
}

/// How a car charges within an hour.
private struct CarCharging: Sendable {
    let capacity: Double, powers: ClosedRange<Double>, efficiency: Double, needed: Double, shortfallPrice: Double
    /// How many levels there are, and the kWh from one to the next.
    let levels: Int, scale: Double

    init(capacity: Double, powers: ClosedRange<Double>, efficiency: Double, needed: Double, shortfallPrice: Double, levels: Int) {
        (self.capacity, self.powers, self.efficiency) = (capacity, powers, efficiency)
        (self.needed, self.shortfallPrice) = (needed, shortfallPrice)
        // A whole number of levels up to what is needed: between two, it would look as if some were missing.
        let even = capacity / Double(levels - 1), steps = (needed / even).rounded()
        scale = steps > 0 ? needed / steps : even
        self.levels = Int((capacity / scale - 1e-9).rounded(.up)) + 1
    }

    func stored(at level: Int) -> Double { min(capacity, Double(level) * scale) }

    /// Nothing, the least and the most power, and what leads to each level in between.
    func choices(from stored: Double, isLast: Bool) -> [LoadChoice] {
        let most = min(powers.upperBound, (capacity - stored) / efficiency)
        var energies = [0.0]
        if most >= powers.lowerBound { energies += [powers.lowerBound, most] }
        let first = Int((stored / scale).rounded(.down)) + 1
        for level in first..<max(first, levels) {
            let energy = (Double(level) * scale - stored) / efficiency
            if energy > most { break }
            if energy >= powers.lowerBound { energies.append(energy) }
        }
        // What it needs exactly, so that it isn't charged up to a whole level.
        let exact = (needed - stored) / efficiency
        if exact >= powers.lowerBound, exact <= most { energies.append(exact) }
        return energies.map { energy in
            let after = stored + energy * efficiency
            return LoadChoice(energy: energy, level: after / scale, penalty: isLast ? shortfallPrice * max(0, needed - after) : 0)
        }
    }
}
