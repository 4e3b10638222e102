import Foundation
import LaresJSON
import LaresPlaces

/// One line of what happened in the city: when, what, and why as far as it is known.
struct CityDeed: Sendable {
    let date: Date
    let icon: String
    /// The fields of the template `state` where it is worth one.
    var state: (tone: String, icon: String, word: String)?
    let what: String
    var detail: String?
    var href: String?
    /// Why: names and values of the record of causes.
    var causes: [(label: String, value: String)] = []

    /// The fields of one entry of the template `deeds`.
    func fields(_ amount: Amount) -> [String: Any] {
        [
            "hold": "d\(Int64((date.timeIntervalSince1970 * 1_000).rounded()))\(icon)", "time": amount.time(date),
            "exact": amount.exact(date), "icon": icon, "what": what, "detail": detail ?? false, "href": href ?? false,
            "standing": state.map { ["tone": $0.tone, "stateIcon": $0.icon, "state": $0.word] as [String: Any] } ?? false,
            "why": causes.isEmpty
                ? false
                : [
                    "causes": causes.map { ["label": $0.label, "value": $0.value] }, "whyName": amount.words("deeds.whyOf", ["what": what]),
                ]
                    as [String: Any],
        ]
    }
}

/// Makes lines of what the API tells of traffic, orders and hand-overs.
struct DeedWords: Sendable {
    let junctions: JunctionWords

    var words: Words { junctions.words }
    var amount: Amount { junctions.amount }

    func date(_ json: JSON?) -> Date? {
        json?.number.flatMap { $0.isFinite && abs($0) < 1e11 ? Date(timeIntervalSince1970: $0) : nil }
    }

    /// Something that a signal did; nil: it has no time.
    func event(_ json: JSON) -> CityDeed? {
        guard let date = date(json["at"]) else { return nil }
        let kind = json["kind"]?.text ?? "", junction = json["junction"]?.text
        let text = json["text"]?.text?.printable ?? kind.printable
        let isBad = ["fell-back", "loop-failed", "stepped-back", "simulator", "refused-wish", "model", "trust"].contains(kind)
        let key = "signals.event.\(kind)"
        var deed = CityDeed(
            date: date, icon: Self.icons[kind] ?? "info",
            what: words.has(key)
                ? words(key, ["name": junction?.printable ?? words("city.streets")])
                : words("signals.event", ["name": junction?.printable ?? words("city.streets"), "text": text]))
        if words.has(key) { deed.detail = junctions.why(json["reason"]?.text, text) }
        if isBad { deed.state = ("warn", "alert", words("signals.attention")) }
        if kind == "violation" { deed.state = ("bad", "alert", words("signals.attention")) }
        deed.href = junction.map { "/signals/" + $0.pathEscaped }
        return deed
    }

    private static let icons = [
        "fell-back": "alert", "loop-failed": "alert", "violation": "alert", "model": "alert", "stepped-back": "down", "trust": "down",
        "promoted": "up", "recovered": "check",
        "loop-regained": "check",
        "taken-over": "people", "handed-back": "people", "ordered": "send", "breakdown": "x", "closure": "x", "simulator": "pulse",
    ]

    /// Who an actuator went to, from whom, and why.
    func handover(_ json: JSON) -> CityDeed? {
        guard let date = date(json["at"]), let actuator = json["actuator"]?.text else { return nil }
        let to = issuer(json["to"]), by = json["by"]?.text?.printable ?? words("unit.none")
        let isPerson = json["to"]?["kind"] == "person"
        var deed = CityDeed(
            date: date, icon: "people",
            what: words(
                isPerson ? "deeds.taken" : "deeds.given", ["name": name(of: actuator), "by": by, "to": to ?? words("unit.none")]))
        deed.detail = json["reason"]?.text.flatMap { $0.isEmpty ? nil : words("deeds.reason", ["reason": $0.printable]) }
        deed.href = page(of: actuator)
        return deed
    }

    /// What was ordered, what became of it, and why.
    func order(_ json: JSON) -> CityDeed? {
        guard let date = date(json["ordered"]), let actuator = json["actuator"]?.text else { return nil }
        let state = json["state"]?.text ?? ""
        var deed = CityDeed(
            date: date, icon: "send",
            what: words(
                "deeds.ordered",
                [
                    "name": name(of: actuator), "value": value(json["value"]),
                    "by": issuer(json["issuer"]) ?? words("unit.none"),
                ]))
        let (tone, icon) =
            switch state {
            case "effective", "acknowledged": ("ok", "check")
            case "refused", "failed", "expired": ("warn", "alert")
            default: ("", "clock")
            }
        deed.state = (tone, icon, words.has("deeds.state.\(state)") ? words("deeds.state.\(state)") : state.printable)
        deed.detail = json["reason"]?.text?.printable
        deed.href = page(of: actuator)
        deed.causes = causes(json)
        return deed
    }

    /// A person by their name, a controller in words; nil: nobody.
    private func issuer(_ json: JSON?) -> String? {
        guard let name = json?["name"]?.text else { return nil }
        return json?["kind"] == "controller" ? junctions.controllerName(name) : name.printable
    }

    /// "Signal A1", "battery/home-3".
    func name(of actuator: String) -> String {
        let parts = actuator.split(separator: "/", maxSplits: 1).map { String($0).printable }
        guard parts.count == 2, words.has("deeds.kind.\(parts[0])") else { return actuator.printable }
        return words("deeds.kind.\(parts[0])", ["name": parts[1]])
    }

    private func page(of actuator: String) -> String? {
        if actuator == ActuatorID.energy.description { return "/district" }
        return actuator.hasPrefix("signal/") ? "/signals/" + String(actuator.dropFirst(7)).pathEscaped : nil
    }

    private func value(_ json: JSON?) -> String {
        if let phase = json?["phase"]?.number.flatMap({ Int(exactly: $0) }) { return words("deeds.phase", ["n": "\(phase)"]) }
        if let energy = energyValue(json) { return energy }
        guard case .object(let members)? = json else { return (json?.text ?? json?.serialized ?? "").printable }
        return members.map { key, value in "\(key) \(value.text ?? value.number.map(amount.figure) ?? value.serialized)".printable }
            .joined(separator: words("list.comma"))
    }

    /// "planner, version 2"; what learns as it goes on has the hour up to which it had learnt.
    private func model(_ name: String, _ version: Double?, of actuator: String?) -> String {
        let version = version.flatMap { Int(exactly: $0) }
        guard actuator == ActuatorID.energy.description else {
            return words("deeds.version", ["name": name.printable, "version": "\(version ?? 0)"])
        }
        guard let version, (0...10_000_000).contains(version) else { return name.printable }
        return words("deeds.learnt", ["name": name.printable, "when": amount.moment(Date(timeIntervalSince1970: Double(version) * 3_600))])
    }

    /// From readings through the version of the model to what was decided.
    private func causes(_ order: JSON) -> [(label: String, value: String)] {
        guard let cause = order["cause"], case .object = cause else { return [] }
        var causes: [(String, String)] = []
        func add(_ name: String, _ value: String?) { if let value, !value.isEmpty { causes.append((words("deeds.cause.\(name)"), value)) } }
        func phase(_ json: JSON?) -> String? {
            json?.number.flatMap { Int(exactly: $0) }.map { words("deeds.phase", ["n": "\($0)"]) }
        }
        add("decided", cause["decided"]?.text.map { words.has("deeds.by.\($0)") ? words("deeds.by.\($0)") : $0.printable })
        add("why", cause["why"]?.text.map { word($0) { "district.why.\($0)" } })
        add("controller", cause["controller"]?.text.map(junctions.controllerName))
        if let model = cause["model"], let name = model["name"]?.text {
            add("model", self.model(name, model["version"]?.number, of: order["actuator"]?.text))
        }
        add("stage", cause["stage"]?.text.map(junctions.stageName))
        causes += energyCauses(cause)
        add("wish", phase(cause["wish"]))
        add("programme", phase(cause["programme"]))
        let readings = (cause["readings"]?.elements ?? []).prefix(24).compactMap { reading -> String? in
            guard let lane = reading["lane"]?.text, let standing = reading["standing"]?.number else { return nil }
            return words("deeds.reading", ["lane": junctions.lane(lane), "n": amount.tally(standing)])
        }
        add("readings", readings.joined(separator: words("list.comma")))
        add("sent", self.date(order["sent"]).map(amount.moment))
        add("effect", self.date(order["effect_at"]).map(amount.moment))
        return causes
    }
}
