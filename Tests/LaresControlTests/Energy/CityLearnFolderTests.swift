import Foundation
import LaresControl
import Testing

@Suite struct CityLearnFolderTests {
    /// Two hours of one home, by the names of either version.
    private func folder(_ names: [String], schema: String? = nil) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "citylearn-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)")) }
        let battery = #"{"attributes": {"capacity": 6.4, "nominal_power": 5.0, "loss_coefficient": 0.0}}"#
        let building =
            #"{"include": true, "energy_simulation": "B.csv", "pv": {"attributes": {"nominal_power": 4}}, "electrical_storage": \#(battery)}"#
        try write(
            "schema.json",
            schema ?? #"{"buildings": {"Building_1": \#(building), "Away": {"include": true, "energy_simulation": "missing.csv"}}}"#)
        try write("B.csv", "\(names[0]),\(names[1]),\(names[2]),\(names[3])\n24,7,1.5,0\n1,1,0.5,250\n")
        try write("pricing.csv", "\(names[4])\n0.2\n0.5\n")
        try write("carbon_intensity.csv", "\(names[5])\n0.1\n0.2\n")
        try write("weather.csv", "\(names[6])\n20\n21\n")
        return path
    }

    @Test(arguments: [
        [
            "hour", "day_type", "non_shiftable_load", "solar_generation", "electricity_pricing", "carbon_intensity",
            "outdoor_dry_bulb_temperature",
        ],
        [
            "Hour", "Day Type", "Equipment Electric Power [kWh]", "Solar Generation [W/kW]", "Electricity Pricing [$]", "kg_CO2/kWh",
            "Outdoor Drybulb Temperature [C]",
        ],
    ]) func bothVersionsAreRead(_ names: [String]) throws {
        let path = try folder(names)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let record = try CityLearnFolder(path).record
        #expect(record.homes.map(\.name) == ["Building_1"])
        #expect(record.homes[0].load == [1.5, 0.5] && record.homes[0].solar == [0, 1])
        #expect(record.hours == [0, 1] && record.days == [6, 0])
        #expect(record.homes[0].battery?.capacity == 6.4)
        #expect(record.net(1) == -0.5)
    }

    @Test(arguments: ["", "[]", "{}", #"{"buildings": 3}"#, #"{"buildings": {"a": {"include": true, "energy_simulation": "../B.csv"}}}"#])
    func whatIsNoFolderIsRefused(_ schema: String) throws {
        let path = try folder(["hour", "day_type", "non_shiftable_load", "solar_generation", "p", "c", "t"], schema: schema)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: EnergyControlError.self) { try CityLearnFolder(path) }
    }
}
