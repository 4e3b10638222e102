/// Which way the energy flows that a property counts.
public enum EnergyRole: String, Sendable, Hashable, CaseIterable {
    /// From the grid into the home.
    case gridImport = "grid_import"
    /// From the home into the grid.
    case gridExport = "grid_export"
    /// From the sun.
    case solar
    /// Between the grid and the home, by its sign: above zero it comes from the grid, below zero it goes there.
    case grid
    /// Into a battery.
    case batteryIn = "battery_in"
    /// Out of a battery.
    case batteryOut = "battery_out"
    /// Between a battery and the home, by its sign: above zero it comes out of the battery, below zero it goes in.
    case battery
    /// Into a device.
    case device
    /// It counts nothing that should be added up.
    case uncounted = "none"

    /// Whether the sign of a number says which way the energy flows.
    public var isSigned: Bool { self == .grid || self == .battery }
}
