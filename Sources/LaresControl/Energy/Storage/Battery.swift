/// A battery as it is now: what is stored, and what it can still hold.
///
///     var battery = Battery(design)
///     let used = battery.charge(2.5)        // kWh from the home's wires; below 0 what went into them
///
/// One step is an hour, so that kWh and kW are the same number. Checked against CityLearn 1.3.6 step by step (`scripts/golden/battery.py`).
public struct Battery: Hashable, Sendable {
    /// What it was when new.
    public let design: BatteryDesign
    /// What is stored, in kWh.
    public private(set) var stored: Double
    /// What it can hold, in kWh: less with every kWh that passes through.
    public private(set) var capacity: Double

    /// A new battery, empty unless told otherwise.
    public init(_ design: BatteryDesign, stored: Double = 0) {
        self.init(design, stored: stored, capacity: design.capacity)
    }

    /// A battery that was read: what it stores and holds is put in range.
    public init(_ design: BatteryDesign, stored: Double, capacity: Double) {
        self.design = design
        self.capacity = min(max(capacity, design.capacity * 1e-6), design.capacity)
        self.stored = min(max(stored, 0), self.capacity)
    }

    /// The share of the capacity that is stored, from 0 to 1.
    public var share: Double { min(stored / capacity, 1) }

    /// The most power that it takes or gives now, in kW.
    public var powerLimit: Double { design.power * design.powerLimit(kept / capacity) }

    /// What is left of what was stored after an hour.
    private var kept: Double { stored * (1 - design.standingLoss) }

    /// An hour in which it is asked to take so many kWh, or to give them (below 0).
    ///
    /// - Returns: What it took from the home's wires (above 0) or gave (below 0): as much as power, capacity and charge let it.
    @discardableResult
    public mutating func charge(_ asked: Double) -> Double {
        let limit = powerLimit, energy = asked >= 0 ? min(asked, limit) : max(-limit, asked)
        let efficiency = design.oneWayEfficiency(at: energy), before = kept
        stored = energy >= 0 ? min(before + energy * efficiency, capacity) : max(0, before + energy / efficiency)
        let change = stored - before, passed = change >= 0 ? change / efficiency : change * efficiency
        capacity -= design.capacityLoss * design.capacity * abs(passed) / (2 * capacity)
        return passed
    }

    /// What has to be asked for to change what is stored by so many kWh within an hour; nil when power doesn't suffice.
    func request(for change: Double) -> Double? {
        guard abs(change) > 1e-9 else { return 0 }
        // Within the power limit more energy always moves more charge, so that halving finds it.
        let limit = min(powerLimit, design.power)
        func moved(_ energy: Double) -> Double {
            let efficiency = design.oneWayEfficiency(at: energy)
            return change > 0 ? energy * efficiency : energy / efficiency
        }
        guard moved(limit) >= abs(change) - 1e-9 else { return nil }
        var (low, high) = (0.0, limit)
        for _ in 0..<48 {
            let middle = (low + high) / 2
            if moved(middle) < abs(change) { low = middle } else { high = middle }
        }
        return change > 0 ? high : -high
    }
}
