/// Which way the energy flows that a property counts.
public enum EnergyRole: String, Sendable, Hashable, CaseIterable {
    /// From the grid into the home.
    case gridImport = "grid_import"
    /// From the home into the grid.
    case gridExport = "grid_export"
    /// From the sun.
    case solar
    /// Into a battery.
    case batteryIn = "battery_in"
    /// Out of a battery.
    case batteryOut = "battery_out"
    /// Into a device.
    case device
    /// It counts nothing that should be added up.
    case uncounted = "none"
}
