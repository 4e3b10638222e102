import Foundation
import LaresJSON
import LaresPlaces

/// The battery of the demonstration follows a plan, made from what the homes used and made in the weeks before.
extension DemoCityCommand {
    /// Gives the homes four weeks of use and sun, since a plan is made from what is usual, and says what is controlled where nobody said so before.
    func controlEnergy(_ meters: DistrictMeters) async {
        let connection = server.connection
        guard let homes = await homes(meters.count), let battery = await battery() else { return }
        guard let shown = try? await connection.ask("GET", DemoEnergy.path), shown["settings"]?["battery"] == nil,
            shown["settings"]?["cars"] == nil
        else { return }
        var text = "time,thing,property,value\n"
        for (place, home) in homes.enumerated() {
            guard let names = await names(of: home.id) else { return }
            for one in meters.pastPower(of: place, until: .now) {
                let values = [(names.load, one.load), (names.solar, one.solar), (names.grid, one.load - one.solar)]
                for (name, watts) in values { text += "\(one.date.timeIntervalSince1970),\(home.id),\(name),\(watts)\n" }
            }
        }
        _ = try? await connection.send("POST", "/lares/v1/history.csv", Array(text.utf8), as: "text/csv")
        if (try? await connection.ask("GET", "/lares/v1/energy/tariffs"))?["tariffs"] == .null {
            _ = try? await connection.ask("PUT", "/lares/v1/energy/tariffs", DemoEnergy.tariff)
        }
        let settings: JSON = [
            "enabled": true,
            "battery": [
                "charge": .string(battery.charge), "order": .string(battery.order), "capacity_kwh": .double(DistrictBattery.capacity),
                "power_kw": .double(DistrictBattery.most), "reserve": 0.1,
            ],
        ]
        _ = try? await connection.ask("PUT", DemoEnergy.path, settings)
    }

    /// Controls no longer what is taken away.
    func releaseEnergy() async {
        guard let settings = try? await server.connection.ask("GET", DemoEnergy.path)["settings"],
            let order = settings["battery"]?["order"]?.text,
            let battery = await battery(tries: 1), battery.order == order
        else { return }
        _ = try? await server.connection.ask("PUT", DemoEnergy.path, ["enabled": false])
    }

    /// What the battery says and is told, once it is a thing; nil: it never was.
    private func battery(tries: Int = 100) async -> (charge: String, order: String)? {
        for attempt in 0..<tries where !Task.isCancelled {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(300)) }
            let things = try? await server.connection.ask("GET", "/lares/v1/things")["things"]?.elements
            guard let thing = things?.first(where: { $0["origin"]?.text == DistrictBattery.origin }), let id = thing["id"]?.text,
                case .object(let properties)? = thing["properties"],
                let charge = properties.first(where: { $0.value["unit"]?.text == "%" })?.key,
                let order = properties.first(where: { $0.value["writable"] == true })?.key
            else { continue }
            return ("\(id)/\(charge)", "\(id)/\(order)")
        }
        return nil
    }

    /// What the properties of a home are called; it follows from the language.
    private func names(of thing: String) async -> (load: String, solar: String, grid: String)? {
        let parts = thing.split(separator: "/").map { ServerConnection.part(String($0)) }.joined(separator: "/")
        guard let shown = try? await server.connection.ask("GET", "/lares/v1/things/" + parts),
            case .object(let properties)? = shown["properties"]
        else { return nil }
        func name(_ labels: [String]) -> String? { properties.first { labels.contains($0.value["label"]?.text ?? "") }?.key }
        guard let load = name(DistrictHomes.labels.load), let solar = name(DistrictHomes.labels.solar),
            let grid = name(DistrictHomes.labels.grid)
        else { return nil }
        return (load, solar, grid)
    }
}
