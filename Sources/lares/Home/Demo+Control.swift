import LaresJSON
import LaresServer

/// The battery and the car of the virtual home follow a plan.
extension DemoHomeCommand {
    /// Says what is controlled, and what energy costs, where nobody said so before.
    func control() async throws {
        let connection = server.connection
        let shown = try await connection.ask("GET", DemoEnergy.path)
        guard shown["settings"]?["battery"] == nil, shown["settings"]?["cars"] == nil else { return }
        if try await connection.ask("GET", "/lares/v1/energy/tariffs")["tariffs"] == .null {
            _ = try await connection.ask("PUT", "/lares/v1/energy/tariffs", DemoEnergy.tariff)
        }
        let things = try await connection.ask("GET", "/lares/v1/things")["things"]?.elements ?? []
        func find(_ device: String, _ fits: (JSON) -> Bool) -> JSON? {
            guard let thing = things.first(where: { $0["origin"]?.text?.hasSuffix("lares_demo_\(device)") ?? false }),
                case .object(let properties)? = thing["properties"], let found = properties.first(where: { fits($0.value) })
            else { return nil }
            return .string("\(thing["id"]?.text ?? "")/\(found.key)")
        }
        let isTold = { (property: JSON) in property["writable"] == true && property["unit"]?.text == "W" }
        let isCharge = { (property: JSON) in property["unit"]?.text == "%" }
        guard let charge = find("solar_inverter", isCharge), let order = find("solar_inverter", isTold) else { return }
        var settings: JSON.Members = [
            "enabled": true, "battery": ["charge": charge, "order": order, "capacity_kwh": 8, "power_kw": 3, "reserve": 0.1],
        ]
        if let charge = find("car_charger", isCharge), let order = find("car_charger", isTold),
            let plugged = find("car_charger", { $0["quantity"]?.text == "plug" })
        {
            settings["cars"] = [
                [
                    "name": "car", "charge": charge, "plugged": plugged, "order": order, "capacity_kwh": 50, "power_kw": 11, "needed": 0.8,
                    "departure": "07:30", "days": ["mon", "tue", "wed", "thu", "fri"],
                ]
            ]
        }
        _ = try await connection.ask("PUT", DemoEnergy.path, .object(settings))
        Terminal.note(say("cli.demo.control"))
    }

    /// Controls no longer what is taken away.
    func release() async throws {
        let settings = try await server.connection.ask("GET", DemoEnergy.path)["settings"]
        guard let order = settings?["battery"]?["order"]?.text else { return }
        let things = try await server.connection.ask("GET", "/lares/v1/things")["things"]?.elements ?? []
        let isOurs = things.contains {
            $0["origin"]?.text?.hasSuffix("lares_demo_solar_inverter") ?? false && order.hasPrefix(($0["id"]?.text ?? "?") + "/")
        }
        if isOurs { _ = try await server.connection.ask("PUT", DemoEnergy.path, ["enabled": false]) }
    }
}
