import LaresJSON
import LaresPlaces
import LaresThings

/// What of energy control somebody sees: devices all of whose things they see, and what was ordered of those and is wrong with them.
/// What one may not see stands in no answer, not by its name either.
struct EnergySight: Sendable {
    /// What is controlled, as far as they see it.
    let settings: EnergyControlSettings
    private let things: SeriesSight
    /// What devices are called that they don't see, and that they do.
    private let hidden: Set<String>, seen: Set<String>

    init(_ things: SeriesSight, _ settings: EnergyControlSettings) {
        self.things = things
        self.settings = settings.seen { things.tells(of: $0) }
        seen = self.settings.names
        hidden = settings.names.subtracting(seen)
    }

    /// Faults that are about no device.
    private static let common: Set<String> = ["meters", "tariff", "forecast", "store"]
    /// Members of a decision that are about the battery.
    private static let ofBattery: Set<String> = ["reason", "planned_kw", "ruled_kw", "sent_kw", "charge", "promised_kw"]

    private var seesBattery: Bool { !hidden.contains("battery") }

    /// How it stands.
    func told(_ shown: JSON) -> JSON {
        guard case .object(var members) = shown else { return .null }
        members["orders"] = told(orders: shown["orders"])
        members["faults"] = told(faults: shown["faults"])
        if !seesBattery {
            members["promises"] = []
            members = members.without(["battery"])
        }
        return .object(members)
    }

    /// An entry of the history; nil: it isn't theirs to see.
    func told(entry: JSON) -> JSON? {
        guard case .object(var members) = entry else { return nil }
        switch entry["kind"]?.text {
        // `nil` beside a JSON would be JSON's null.
        case "order": return shows(order: entry) ? entry : nil
        case "fault": return shows(fault: entry["fault"]) ? entry : nil
        case "request", "promise": return seesBattery ? entry : nil
        case "decision":
            members["orders"] = told(orders: entry["orders"])
            members["faults"] = told(faults: entry["faults"])
            return .object(seesBattery ? members : members.without(Self.ofBattery))
        default: return entry
        }
    }

    /// An order of the book, as the API gives it; nil: it isn't theirs to see. What decided names all devices: who doesn't see one is told no causes.
    func told(order: JSON) -> JSON? {
        guard case .object(var members) = order, order["actuator"]?.text == ActuatorID.energy.description else { return order }
        guard let value = order["value"], value["property"] == nil ? seesBattery : shows(order: value) else { return nil }
        if !hidden.isEmpty { members["cause"] = .null }
        return .object(members)
    }

    /// The plan: without the battery for who doesn't see it.
    func told(_ plan: EnergyPlan?) -> EnergyPlan? { seesBattery ? plan : plan?.withoutBattery }

    private func told(orders: JSON?) -> JSON { .array((orders?.elements ?? []).filter(shows)) }

    private func told(faults: JSON?) -> JSON { .array((faults?.elements ?? []).filter { shows(fault: $0) }) }

    private func shows(order: JSON) -> Bool {
        order["property"]?.text.flatMap { PropertyAddress($0) }.map { things.tells(of: $0.thing) } ?? false
    }

    /// "battery.silent" is about the battery; what is about a device that is controlled no more is an administrator's to see.
    private func shows(fault: JSON?) -> Bool {
        guard let text = fault?.text, let end = text.lastIndex(of: ".") else { return false }
        let subject = String(text[..<end])
        return !hidden.contains(subject) && (seen.contains(subject) || Self.common.contains(subject) || things.seesAll)
    }
}

extension JSON.Members {
    fileprivate func without(_ names: Set<String>) -> JSON.Members {
        var rest: JSON.Members = [:]
        for (name, value) in self where !names.contains(name) { rest.append(name, value) }
        return rest
    }
}
