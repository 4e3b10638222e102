internal import Foundation
internal import LaresJSON
internal import LaresThings

/// What is found, as Home Assistant's discovery has it.
extension SenseBoard {
    static func identifier(of area: AreaID) -> String { "\(SenseEngine.origin)area-\(area)" }
    static func identifier(of appliance: PropertyAddress) -> String { "\(SenseEngine.origin)appliance-\(appliance)" }

    /// The components of an area that tell of its people and of its air.
    static let people = ["occupancy", "probability", "because"]
    static let air = ["comfort", "dew_point", "feels_like", "surface_humidity", "mould", "air"]

    /// Where states of a thing are retained, by its identifier.
    static func topics(of identifier: String) -> [String] {
        for (kind, folder, names) in [("area-", "areas", ["occupancy", "comfort"]), ("appliance-", "appliances", ["state", "last"])] {
            let beginning = SenseEngine.origin + kind
            guard identifier.hasPrefix(beginning) else { continue }
            let topics = names.map { "\(folder)/\(identifier.dropFirst(beginning.count))/\($0)" }
            return topics.filter(TopicName.isTopic)
        }
        return []
    }

    /// Shows whether people are in an area.
    mutating func show(_ occupancy: AreaOccupancy, of area: Area) {
        let id = Self.identifier(of: area.id), topic = "areas/\(area.id)/occupancy"
        announce(
            id, device: Self.device(area),
            [
                Self.binary("occupancy", "Occupancy", id, topic, "occupied", ["device_class": "occupancy"]),
                Self.sensor(
                    "probability", "Probability", id, topic,
                    ["unit_of_measurement": "%", "state_class": "measurement", "entity_category": "diagnostic"]),
                Self.sensor("because", "Because", id, topic, ["entity_category": "diagnostic"]),
            ])
        let evidence = occupancy.evidence.map { one -> JSON in
            [
                "sensor": .string(one.address.description), "kind": .string(one.kind.rawValue),
                "weight": .number((one.weight * 100).rounded() / 100),
            ]
        }
        let because = occupancy.evidence.prefix(2).map(\.address.description).joined(separator: ", ")
        show(
            [
                "occupied": .string(occupancy.isOccupied ? "ON" : "OFF"), "probability": .int(Int((occupancy.probability * 100).rounded())),
                "because": .string(because.isEmpty ? "-" : because), "evidence": .array(evidence),
            ], on: topic)
    }

    /// Shows how the air of an area is.
    mutating func show(_ comfort: RoomComfort, of area: Area) {
        let id = Self.identifier(of: area.id), topic = "areas/\(area.id)/comfort"
        func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> JSON.Members where Word.RawValue == String {
            ["device_class": "enum", "options": .array(type.allCases.map { .string($0.rawValue) })]
        }
        let warmth: JSON.Members = ["device_class": "temperature", "unit_of_measurement": "°C", "state_class": "measurement"]
        let wetness: JSON.Members = ["device_class": "humidity", "unit_of_measurement": "%", "state_class": "measurement"]
        var parts = [Self.sensor("comfort", "Comfort", id, topic, words(RoomComfort.Verdict.self))]
        if comfort.dewPoint != nil {
            parts.append(Self.sensor("dew_point", "Dew point", id, topic, warmth))
            parts.append(Self.sensor("feels_like", "Feels like", id, topic, warmth))
            parts.append(Self.sensor("surface_humidity", "Surface humidity", id, topic, wetness))
            parts.append(Self.sensor("mould", "Mould", id, topic, words(RoomComfort.Mould.self)))
        }
        if comfort.air != nil { parts.append(Self.sensor("air", "Air", id, topic, words(RoomComfort.Air.self))) }
        announce(id, device: Self.device(area), parts)
        func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
        show(
            [
                "comfort": .string(comfort.verdict.rawValue), "dew_point": number(comfort.dewPoint),
                "feels_like": number(comfort.feelsLike),
                "surface_humidity": number(comfort.surfaceHumidity), "mould": comfort.mould.map { .string($0.rawValue) } ?? .null,
                "air": comfort.air.map { .string($0.rawValue) } ?? .null,
            ], on: topic)
    }

    /// Shows what an appliance does.
    mutating func show(_ state: ApplianceState, of appliance: PropertyAddress, _ thing: Thing?, in area: Area?) {
        let id = Self.identifier(of: appliance), topic = "appliances/\(appliance)"
        var device: JSON.Members = [
            "name": .string("\(thing?.name ?? appliance.description)\(SenseEngine.cycleEnding)"), "manufacturer": "Lares",
            "model": "Appliance",
        ]
        if let area { device.append("suggested_area", .string(area.announced)) }
        let words = JSON.array(ApplianceState.allCases.map { .string($0.rawValue) })
        announce(
            id, device: device,
            [
                Self.sensor("state", "State", id, "\(topic)/state", ["device_class": "enum", "options": words]),
                Self.sensor("duration", "Last duration", id, "\(topic)/last", ["device_class": "duration", "unit_of_measurement": "s"]),
                Self.sensor("energy", "Last energy", id, "\(topic)/last", ["device_class": "energy", "unit_of_measurement": "Wh"]),
                Self.component("done", "Done", id, "\(topic)/done", ["platform": "event", "event_types": ["done"]]),
            ])
        show(["state": .string(state.rawValue)], on: "\(topic)/state")
    }

    /// Tells that an appliance is done.
    mutating func tell(_ cycle: ApplianceCycle, of appliance: PropertyAddress) {
        let last: JSON.Members = [
            "duration": .number(cycle.duration.rounded()), "energy": .number((cycle.energy * 10).rounded() / 10),
            "peak": .number(cycle.peak.rounded()), "started_at": .double(cycle.startedAt.timeIntervalSince1970),
            "ended_at": .double(cycle.endedAt.timeIntervalSince1970),
        ]
        show(.object(last), on: "appliances/\(appliance)/last")
        var event = last
        event.append("event_type", "done")
        tell(.object(event), on: "appliances/\(appliance)/done")
    }

    private static func device(_ area: Area) -> JSON.Members {
        ["name": .string(SenseEngine.areaName), "manufacturer": "Lares", "model": "Area", "suggested_area": .string(area.announced)]
    }

    private static func component(
        _ name: String, _ label: String, _ identifier: String, _ topic: String, _ rest: JSON.Members
    ) -> (name: String, component: JSON) {
        var members: JSON.Members = [
            "unique_id": .string("\(identifier)-\(name)"), "name": .string(label), "state_topic": .string("\(root)/\(topic)"),
        ]
        for (key, value) in rest { members.append(key, value) }
        return (name, .object(members))
    }

    private static func sensor(_ name: String, _ label: String, _ id: String, _ topic: String, _ rest: JSON.Members) -> (String, JSON) {
        var rest = rest
        rest.append("platform", "sensor")
        rest.append("value_template", .string("{{ value_json.\(name) }}"))
        return component(name, label, id, topic, rest)
    }

    private static func binary(
        _ name: String, _ label: String, _ id: String, _ topic: String, _ member: String, _ rest: JSON.Members
    ) -> (String, JSON) {
        var rest = rest
        rest.append("platform", "binary_sensor")
        rest.append("value_template", .string("{{ value_json.\(member) }}"))
        return component(name, label, id, topic, rest)
    }
}

extension Area {
    /// What to call it so that whoever reads the announcement finds the same area: its name, unless people have given it another since.
    fileprivate var announced: String { AreaID(naming: name) == id ? name : id.description }
}
