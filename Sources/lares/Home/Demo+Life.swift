import LaresJSON
import LaresPlaces
import LaresServer

/// What people would have set up in the virtual home: floors, a group, and rules.
extension DemoHomeCommand {
    private static let ours = "demo_"

    /// Sets it up where nobody set up anything of the kind; what fails is left out.
    func furnish() async throws {
        let connection = server.connection
        let things = try await connection.ask("GET", "/lares/v1/things")["things"]?.elements ?? []
        let home = DemoThings(things)
        try? await move(home)
        try? await layFloors(home)
        try? await group(home)
        guard try await connection.ask("GET", "/lares/v1/rules")["rules"]?.elements?.isEmpty == true else { return }
        for rule in try await blueprints(home) + timed(home) {
            _ = try? await connection.ask("POST", "/lares/v1/rules", rule)
        }
        Terminal.note(say("cli.demo.life"))
    }

    /// Takes its rules and its group away.
    func unfurnish() async throws {
        let connection = server.connection
        for kept in try await connection.ask("GET", "/lares/v1/rules")["rules"]?.elements ?? [] {
            guard let id = kept["rule"]?["id"]?.text, id.hasPrefix(Self.ours) else { continue }
            _ = try? await connection.ask("DELETE", "/lares/v1/rules/\(ServerConnection.part(id))")
        }
        let home = DemoThings(try await connection.ask("GET", "/lares/v1/things")["things"]?.elements ?? [])
        for group in try await connection.ask("GET", "/lares/v1/groups")["groups"]?.elements ?? [] {
            guard let id = group["id"]?.text?.split(separator: "/").last, let members = group["members"]?.elements, !members.isEmpty,
                members.allSatisfy({ $0.text.map(home.ids.contains) ?? false })
            else { continue }
            _ = try? await connection.ask("DELETE", "/lares/v1/groups/\(ServerConnection.part(String(id)))")
        }
    }

    /// Tasmota doesn't say where its devices are.
    private func move(_ home: DemoThings) async throws {
        for (device, beside) in [("hall_lamp", "hall_motion"), ("washer", "bathroom_air"), ("dishwasher", "kitchen_air")] {
            guard let thing = home.thing(device), thing["area"] == nil || thing["area"] == .null, let id = thing["id"]?.text,
                let area = home.thing(beside)?["area"]?.text
            else { continue }
            _ = try await server.connection.ask("PATCH", "/lares/v1/things/\(ServerConnection.part(id))", ["area": .string(area)])
        }
    }

    private func layFloors(_ home: DemoThings) async throws {
        let connection = server.connection
        guard try await connection.ask("GET", "/lares/v1/floors")["floors"]?.elements?.isEmpty == true else { return }
        _ = try await connection.ask(
            "POST", "/lares/v1/floors", ["level": 0, "name": "Ground floor", "names": ["en": "Ground floor", "zh": "一楼"]])
        _ = try await connection.ask(
            "POST", "/lares/v1/floors", ["level": 1, "name": "Upstairs", "names": ["en": "Upstairs", "zh": "二楼"]])
        let levels = ["living_air": 0, "kitchen_air": 0, "hall_motion": 0, "bedroom_air": 1, "study_air": 1, "bathroom_air": 1]
        let areas = try await connection.ask("GET", "/lares/v1/areas")["areas"]?.elements ?? []
        for (device, level) in levels {
            guard let id = home.thing(device)?["area"]?.text, case .object(var area)? = areas.first(where: { $0["id"]?.text == id }),
                area["level"] == nil
            else { continue }
            area["level"] = .int(level)
            _ = try await connection.ask("POST", "/lares/v1/areas", .object(area))
        }
    }

    private func group(_ home: DemoThings) async throws {
        let connection = server.connection
        guard try await connection.ask("GET", "/lares/v1/groups")["groups"]?.elements?.isEmpty == true else { return }
        let members = ["living_ceiling", "living_strip", "kitchen_lamp", "hall_lamp"].compactMap { home.thing($0)?["id"] }
        guard members.count > 1 else { return }
        let name = isChinese ? "楼下的灯" : "Lamps downstairs"
        _ = try await connection.ask("POST", "/lares/v1/groups", ["name": .string(name), "members": .array(members)])
    }

    private var isChinese: Bool { (language ?? words.language.rawValue) == "zh" }

    /// Rules of blueprints, with ids by which they are found again.
    private func blueprints(_ home: DemoThings) async throws -> [JSON] {
        let doors = [home.property("front_door", "door"), home.property("kitchen_window", "window")].compactMap(\.self)
        let leaks = [home.property("kitchen_leak", "moisture"), home.property("bathroom_leak", "moisture")].compactMap(\.self)
        let inputs: [(String, [String: JSON?])] = [
            ("motion_light", ["motion": home.property("hall_motion", "motion"), "light": home.on("hall_lamp"), "timeout": "2m"]),
            ("leak", ["sensors": .array(leaks)]),
            ("door_left_open", ["door": .array(doors), "span": "5m"]),
            ("appliance_finished", ["power": home.property("washer", "power")]),
            ("humidity_fan", ["humidity": home.property("bathroom_air", "humidity"), "fan": home.on("bathroom_fan")]),
        ]
        var rules: [JSON] = []
        for (blueprint, given) in inputs {
            var members = JSON.Members()
            for (name, value) in given { if let value { members[name] = value } }
            guard members.count == given.count else { continue }
            let answer = try? await server.connection.ask(
                "POST", "/lares/v1/blueprints/\(blueprint)", ["inputs": .object(members), "try": true])
            guard case .object(var rule)? = answer else { continue }
            rule["id"] = .string(Self.ours + blueprint)
            rules.append(.object(rule))
        }
        return rules
    }

    /// Rules by the clock and the sun, for the week's plan.
    private func timed(_ home: DemoThings) -> [JSON] {
        var rules: [JSON] = []
        if let strip = home.on("living_strip")?.text, let anna = home.address("anna", "location"), let ben = home.address("ben", "location")
        {
            rules.append([
                "id": .string(Self.ours + "evening"), "name": .string(isChinese ? "傍晚开灯带" : "Light strip at sunset"),
                "when": [["time": "sunset-15m"]], "only": [["any": [["state": anna, "is": "home"], ["state": ben, "is": "home"]]]],
                "then": [["set": .object([strip: true])]],
            ])
        }
        if let warmth = home.address("bedroom_radiator", "target_temperature")?.text {
            let weekdays: JSON = ["mon", "tue", "wed", "thu", "fri"]
            for (id, name, time, degrees) in [
                ("warm", isChinese ? "早上卧室升温" : "Bedroom warm in the morning", "06:15", 20.0),
                ("cool", isChinese ? "夜里卧室降温" : "Bedroom cool at night", "22:30", 17.0),
            ] {
                rules.append([
                    "id": .string(Self.ours + id), "name": .string(name),
                    "when": [["time": ["kind": "weekly", "days": weekdays, "from": .string(time)]]],
                    "then": [["set": .object([warmth: .double(degrees)])]],
                ])
            }
        }
        return rules
    }
}

/// The things of the virtual home by the names of their devices, whatever people call them.
private struct DemoThings {
    private let things: [JSON]

    init(_ things: [JSON]) { self.things = things.filter { DemoOrigins.all.values.contains($0["origin"]?.text ?? "") } }

    var ids: Set<String> { Set(things.compactMap { $0["id"]?.text }) }

    func thing(_ device: String) -> JSON? {
        DemoOrigins.all[device].flatMap { origin in things.first { $0["origin"]?.text == origin } }
    }

    /// The address of a property of a name.
    func address(_ device: String, _ property: String) -> JSON? {
        guard let thing = thing(device), let id = thing["id"]?.text, thing["properties"]?[property] != nil else { return nil }
        return .string("\(id)/\(property)")
    }

    func on(_ device: String) -> JSON? { address(device, "on") }

    /// The address of the property that measures something.
    func property(_ device: String, _ quantity: String) -> JSON? {
        guard let thing = thing(device), let id = thing["id"]?.text, case .object(let properties)? = thing["properties"],
            let found = properties.first(where: { $0.value["quantity"]?.text == quantity && $0.value["role"] == nil })
        else { return nil }
        return .string("\(id)/\(found.key)")
    }
}
