import Foundation
import LaresJSON
import LaresThings

extension ThingView {
    /// The thing as the API shows it.
    var json: JSON {
        var members: JSON.Members = [
            "id": .string(thing.id.description), "name": .string(thing.name), "category": .string(thing.category.description),
            "availability": .string(availability.rawValue), "area": thing.area.map { .string($0.description) } ?? .null,
        ]
        if !thing.names.isEmpty { members.append("names", .object(of: thing.names)) }
        if !thing.aliases.isEmpty { members.append("aliases", .array(thing.aliases.map { .string($0) })) }
        members.append("device", thing.details.json)
        members.append("origin", .string(thing.origin))
        var properties = JSON.Members()
        for property in thing.properties { properties.append(property.name, property.json(states[property.name] ?? PropertyState())) }
        members.append("properties", .object(properties))
        return .object(members)
    }
}

extension DeviceDetails {
    fileprivate var json: JSON {
        let all: [(String, String?)] = [
            ("manufacturer", manufacturer), ("model", model), ("model_id", modelID), ("hardware", hardware), ("software", software),
            ("serial", serial), ("configuration_url", configurationURL), ("via", via),
        ]
        var members = JSON.Members()
        for case (let key, let text?) in all { members.append(key, .string(text)) }
        return .object(members)
    }
}

extension Property {
    /// What it is, and what is known of it now.
    func json(_ state: PropertyState) -> JSON {
        var members: JSON.Members = ["value": state.reported?.json ?? .null]
        if let unit { members.append("unit", .string(unit.description)) }
        if let desired = state.desired { members.append("desired", desired.json) }
        members.append("reported", state.reportedAt?.json ?? .null)
        members.append("changed", state.changedAt?.json ?? .null)
        if let cause = state.cause { members.append("cause", cause.json) }
        for (key, value) in kind.members { members.append(key, value) }
        members.append("writable", .bool(isWritable))
        if let label { members.append("label", .string(label)) }
        if let quantity { members.append("quantity", .string(quantity)) }
        if role != .primary { members.append("role", .string(role.rawValue)) }
        if let accumulation { members.append("accumulation", .string(accumulation.rawValue)) }
        if let hazard { members.append("hazard", .string(hazard.rawValue)) }
        return .object(members)
    }
}

extension PropertyKind {
    fileprivate var members: [(String, JSON)] {
        switch self {
        case .boolean: [("kind", "boolean")]
        case .number(let range):
            [("kind", "number")]
                + [("minimum", range.least), ("maximum", range.greatest), ("step", range.step)].compactMap { key, number in
                    number.map { (key, .double($0)) }
                }
        case .choice(let words): [("kind", "choice"), ("choices", .array(words.map { .string($0) }))]
        case .text(let longest): [("kind", "text"), ("longest", .int(longest))]
        case .color: [("kind", "color")]
        case .action: [("kind", "action")]
        }
    }
}

extension Cause {
    /// Why something changed.
    var json: JSON {
        var members: JSON.Members = ["kind": .string(kind.rawValue)]
        if !name.isEmpty { members.append("name", .string(name)) }
        if let command { members.append("command", .int(command)) }
        return .object(members)
    }
}

extension Date {
    /// Seconds since 1970, to the millisecond.
    fileprivate var json: JSON { .double((timeIntervalSince1970 * 1000).rounded() / 1000) }
}

extension HomeEvent {
    /// What happened, as watchers of the API get it.
    var json: JSON {
        switch self {
        case .changed(let change):
            [
                "event": "changed", "thing": .string(change.address.thing.description), "property": .string(change.address.property),
                "old": change.old?.json ?? .null, "value": change.new?.json ?? .null, "time": change.date.json, "cause": change.cause.json,
            ]
        case .asked(let address, let value, let date):
            [
                "event": "asked", "thing": .string(address.thing.description), "property": .string(address.property),
                "desired": value?.json ?? .null, "time": date.json,
            ]
        case .availability(let thing, let availability, let date):
            [
                "event": "availability", "thing": .string(thing.description), "availability": .string(availability.rawValue),
                "time": date.json,
            ]
        case .described(let thing): ["event": "described", "thing": .string(thing.description)]
        case .removed(let thing): ["event": "removed", "thing": .string(thing.description)]
        case .heard(let message): ["event": "heard", "topic": .string(message.topic)]
        case .refused(let topic, let reason): ["event": "refused", "topic": .string(topic), "reason": .string(reason)]
        }
    }

    /// The thing it is about; nil: none.
    var thing: ThingID? {
        switch self {
        case .changed(let change): change.address.thing
        case .asked(let address, _, _): address.thing
        case .availability(let thing, _, _), .described(let thing), .removed(let thing): thing
        case .heard, .refused: nil
        }
    }
}

extension JSON {
    fileprivate static func object(of texts: [String: String]) -> JSON {
        var members = Members()
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) { members.append(key, .string(text)) }
        return .object(members)
    }
}
