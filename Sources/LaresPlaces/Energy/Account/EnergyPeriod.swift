public import Foundation
public import LaresThings

/// What flowed in a time, in kilowatt-hours, and what it cost.
///
/// What is derived follows from the sums of the whole time, so that meters that count in coarse steps do no harm.
public struct EnergyPeriod: Hashable, Sendable {
    /// When it begins.
    public var start: Date
    /// When it ends.
    public var end: Date
    /// From the grid.
    public var gridImport = 0.0
    /// Into the grid.
    public var gridExport = 0.0
    /// From the sun.
    public var solar = 0.0
    /// Into batteries.
    public var batteryIn = 0.0
    /// Out of batteries.
    public var batteryOut = 0.0
    /// Into devices.
    public var devices: [PropertyAddress: Double] = [:]
    /// What came from the grid cost; without a meter at the grid, what devices used.
    public var importCost = 0.0
    /// What is paid for what went into the grid.
    public var exportIncome = 0.0
    /// What days cost, whatever is used.
    public var standing = 0.0
    /// What of ``importCost`` is each device's, by its share in what the home used at the time: while the sun shines, a device costs less.
    public var deviceCosts: [PropertyAddress: Double] = [:]
    /// Kilowatt-hours whose price isn't known; no cost counts them.
    public var unpriced = 0.0
    /// Whether the home has a meter at the grid or on its roof: without one, what it used is what devices used.
    var isMetered: Bool

    init(start: Date, end: Date, isMetered: Bool) { (self.start, self.end, self.isMetered) = (start, end, isMetered) }

    /// What all devices used that are known.
    public var tracked: Double { devices.values.reduce(0, +) }

    /// What the home used: what came, less what went.
    public var consumption: Double {
        isMetered ? max(gridImport + solar + batteryOut - gridExport - batteryIn, tracked) : tracked
    }

    /// What the home used and no device is known for.
    public var untracked: Double { consumption - tracked }

    /// The part of what came from the sun that stayed in the home, 0 to 1; nil: nothing came.
    public var selfConsumption: Double? { solar > 0 ? min(1, max(0, (solar - gridExport) / solar)) : nil }

    /// The part of what the home used that didn't come from the grid, 0 to 1; nil: it used nothing, or isn't metered.
    public var selfSufficiency: Double? {
        isMetered && consumption > 0 ? min(1, max(0, 1 - gridImport / consumption)) : nil
    }

    /// What all cost together.
    public var cost: Double { importCost + standing - exportIncome }

    mutating func add(_ other: EnergyPeriod) {
        end = other.end
        gridImport += other.gridImport
        gridExport += other.gridExport
        solar += other.solar
        batteryIn += other.batteryIn
        batteryOut += other.batteryOut
        importCost += other.importCost
        exportIncome += other.exportIncome
        standing += other.standing
        unpriced += other.unpriced
        devices.merge(other.devices, uniquingKeysWith: +)
        deviceCosts.merge(other.deviceCosts, uniquingKeysWith: +)
    }
}
