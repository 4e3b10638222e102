import Foundation
import LaresForecast
import LaresJSON

/// The data of the CityLearn challenge of 2022 as its folders come (`schema.json` and tables beside it), of versions 1 and 2.
///
///     let year = try CityLearnFolder("citylearn_challenge_2022_phase_1").record
public struct CityLearnFolder: Sendable {
    /// The homes whose tables are there, in the order of the schema.
    public let record: DistrictRecord

    /// Reads a folder.
    ///
    /// - Throws: `EnergyControlError.badRecord` for a schema that isn't one, `ForecastError.badFile` for tables that can't be read.
    public init(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: "\(path)/schema.json"), data.count <= 4 << 20,
            let schema = try? JSON(parsing: Array(data)), case .object(let buildings)? = schema["buildings"]
        else {
            throw EnergyControlError(
                .badRecord, "'\(path)/schema.json' can't be read, or names no buildings: name a folder of CityLearn's data")
        }
        let tables = try buildings.compactMap { name, building -> (HomeRecord, TableFile)? in
            guard building["include"] == true, let file = building["energy_simulation"]?.text, !file.contains("/") else { return nil }
            let place = "\(path)/\(file)"
            guard FileManager.default.fileExists(atPath: place) else { return nil }
            let table = try TableFile(contentsOf: place)
            return (try CityLearnFolder.home(name, building, table), table)
        }
        guard let calendar = tables.first?.1 else { throw EnergyControlError(.badRecord, "'\(path)' has none of the schema's buildings") }
        let hours = try calendar.numbers(either: "hour", "Hour"), days = try calendar.numbers(either: "day_type", "Day Type")
        record = try DistrictRecord(
            homes: tables.map(\.0),
            price: TableFile(contentsOf: "\(path)/pricing.csv").numbers(either: "electricity_pricing", "Electricity Pricing [$]"),
            emission: TableFile(contentsOf: "\(path)/carbon_intensity.csv").numbers(either: "carbon_intensity", "kg_CO2/kWh"),
            hours: hours.map { (Int(exactly: $0) ?? -1) % 24 }, days: days.map { (Int(exactly: $0) ?? 0) - 1 },
            temperature: TableFile(contentsOf: "\(path)/weather.csv").numbers(
                either: "outdoor_dry_bulb_temperature", "Outdoor Drybulb Temperature [C]"))
    }

    private static func home(_ name: String, _ building: JSON, _ table: TableFile) throws -> HomeRecord {
        let load = try table.numbers(either: "non_shiftable_load", "Equipment Electric Power [kWh]")
        let solar = try table.numbers(either: "solar_generation", "Solar Generation [W/kW]")
        let panels = building["pv"]?["attributes"]?["nominal_power"]?.number ?? 0
        return try HomeRecord(
            name: name, load: load, solar: solar.map { panels * $0 / 1000 }, battery: battery(building["electrical_storage"]?["attributes"])
        )
    }

    private static func battery(_ attributes: JSON?) throws -> BatteryDesign? {
        guard let attributes, let capacity = attributes["capacity"]?.number, let power = attributes["nominal_power"]?.number else {
            return nil
        }
        return try BatteryDesign(
            capacity: capacity, power: power, capacityLoss: attributes["capacity_loss_coefficient"]?.number ?? 1e-5,
            standingLoss: attributes["loss_coefficient"]?.number ?? 0.006)
    }
}

extension TableFile {
    fileprivate func numbers(either first: String, _ second: String) throws -> [Double] {
        try numbers(names.contains(first) ? first : second)
    }
}
