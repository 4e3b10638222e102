internal import LaresControl
internal import LaresJSON

extension EnergyControlStore {
    /// What is controlled; nothing where nobody said.
    func settings() throws -> EnergyControlSettings {
        try json("settings").flatMap { try? EnergyControlSettings($0) } ?? EnergyControlSettings()
    }

    /// What people allow a city to have; nothing where nobody said.
    func flexibility() throws -> FlexibilitySettings {
        try json("flexibility").flatMap { try? FlexibilitySettings($0) } ?? FlexibilitySettings()
    }
}
