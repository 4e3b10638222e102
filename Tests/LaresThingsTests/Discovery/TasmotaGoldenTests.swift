import LaresJSON
import LaresThings
import Testing

/// HATasmota beside our reading of the same devices.
@Suite struct TasmotaGoldenTests {
    static let devices = (try? Golden.json("tasmota")["devices"]?.elements) ?? []
    static let mac = "DC4F22AABBCC"

    static func parts(_ device: JSON) -> [Part] {
        var discovery = TasmotaDiscovery()
        var said = discovery.read(MQTTMessage("tasmota/discovery/\(mac)/config", device["config"]?.data ?? []))
        if let sensors = device["sensors"], sensors != .null {
            said = discovery.read(MQTTMessage("tasmota/discovery/\(mac)/sensors", sensors.data))
        }
        return said.compactMap(\.part)
    }

    /// The part that stands for an entity: "switch relay 0" is "switch_1".
    static func part(_ id: String, _ parts: [Part]) -> Part? {
        let words = id.split(separator: " ")
        if words[0] == "sensor" { return parts.first { $0.objectID == "sensors" } }
        let key =
            words[0] == "fan"
            ? "fan" : words[0] == "binary_sensor" ? "switch_\((Int(words[2]) ?? 0) + 1)_state" : "\(words[0])_\((Int(words[2]) ?? 0) + 1)"
        return parts.first { $0.objectID == key }
    }

    @Test func thereAreDevices() { #expect(Self.devices.count == 14) }

    @Test(arguments: Self.devices.indices) func entitiesAreTheSame(number: Int) throws {
        let device = Self.devices[number]
        let parts = Self.parts(device)
        let ids = (device["entities"]?.elements ?? []).compactMap { $0["id"]?.text }.filter {
            !($0 == "switch relay 0" && device["config"]?["if"] == 1)
        }
        for id in ids { #expect(Self.part(id, parts) != nil, "\(id)") }
        let outputs = Set(ids.compactMap { Self.part($0, parts)?.key })
        #expect(Set(parts.filter { $0.component.description != "event" && $0.objectID != "status" }.map(\.key)) == outputs)
        for entity in device["entities"]?.elements ?? [] where entity["id"]?.text?.hasPrefix("sensor") == false {
            guard let id = entity["id"]?.text, ids.contains(id), let part = Self.part(id, parts),
                part.component.description != "binary_sensor"
            else { continue }
            #expect(part.name == entity["name"]?.text)
            #expect(part.availability?.sources.map(\.topic) == [entity["availability_topic"]?.text ?? ""])
        }
        let triggers = (device["triggers"]?.elements ?? []).compactMap { $0.elements }.map {
            "\($0[0].text ?? "")_\((Int($0[1].number ?? 0)) + 1)"
        }
        for id in Set(triggers) { #expect(parts.contains { $0.objectID.hasPrefix(id) && $0.component.description == "event" }) }
    }

    @Test(arguments: Self.devices.indices) func messagesMeanTheSame(number: Int) throws {
        let device = Self.devices[number]
        let parts = Self.parts(device)
        for entity in device["entities"]?.elements ?? [] {
            guard let id = entity["id"]?.text, let part = Self.part(id, parts) else { continue }
            var rehearsal = Rehearsal(part)
            for (message, said) in zip(device["messages"]?.elements ?? [], entity["said"]?.elements ?? []) {
                rehearsal.hear(message.elements?[0].text ?? "", message.elements?[1].text ?? "")
                guard let heard = said.elements?.last?.elements else { continue }
                Self.compare(rehearsal, heard, id, entity)
            }
            #expect(rehearsal.problems.isEmpty)
        }
    }

    private static func compare(_ rehearsal: Rehearsal, _ heard: [JSON], _ id: String, _ entity: JSON) {
        if id.hasPrefix("sensor") {
            let label = (entity["value_path"]?.elements ?? []).map { $0.text ?? "\(Int($0.number ?? 0) + 1)" }.joined(separator: " ")
            let property = rehearsal.part.properties.first { $0.label == label }
            let value = property.flatMap { rehearsal[$0.name] }
            #expect(value?.number == heard[0].number && value?.text == heard[0].text, "\(id)")
            return
        }
        if id.hasPrefix("fan") {
            #expect(abs((rehearsal["speed"]?.number ?? -1) - (heard[0].number ?? 0) * 100 / 3) < 0.01)
        } else if case .bool(let isOn) = heard[0] {
            #expect(rehearsal.known[rehearsal.part.properties[0].name] == .boolean(isOn), "\(id)")
        }
        let attributes = heard[1]["attributes"] ?? heard[1]
        for (theirs, ours) in [("brightness", "brightness"), ("white_value", "white"), ("position", "position"), ("tilt", "tilt")] {
            if let number = attributes[theirs]?.number, rehearsal.part.properties.contains(where: { $0.name == ours }) {
                #expect(rehearsal[ours]?.number == number, "\(id) \(ours)")
            }
        }
        if let hue = attributes["color_hs"]?.elements?[0].number, let color = rehearsal["color"]?.color { #expect(color.hue == hue) }
        if let mireds = attributes["color_temp"]?.number, let kelvin = rehearsal["color_temp"]?.number {
            #expect(kelvin == (1_000_000 / mireds).rounded(.down))
        }
        if let effect = attributes["effect"]?.text { #expect(rehearsal["effect"]?.text == effect) }
        if let direction = attributes["direction"]?.number, direction != 0 {
            #expect(rehearsal["state"]?.text == (direction > 0 ? "opening" : "closing"))
        }
    }

    @Test(arguments: Self.devices.indices) func commandsAreTheSame(number: Int) throws {
        let device = Self.devices[number]
        let parts = Self.parts(device)
        for entity in device["entities"]?.elements ?? [] {
            guard let part = Self.part(entity["id"]?.text ?? "", parts) else { continue }
            for command in entity["commands"]?.elements ?? [] {
                guard case .object(let asked)? = command.elements?[0] else { continue }
                var setting: [String: PropertyValue] = [:]
                for (name, value) in asked { setting[name] = PropertyValue(value) }
                let told = try part.messages(setting: setting).map { "\($0.topic) \(String(decoding: $0.payload, as: UTF8.self))" }
                let theirs = (command.elements?[1].elements ?? []).map { "\($0.elements?[0].text ?? "") \($0.elements?[1].text ?? "")" }
                #expect(told == theirs)
            }
        }
    }
}
