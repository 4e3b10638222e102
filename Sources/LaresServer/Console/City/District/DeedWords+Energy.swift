import Foundation
import LaresJSON

/// Lines of what the control of energy did.
extension DeedWords {
    /// What the page of the day shows of an entry of its history; nil: nothing, as of what is decided every hour, and of what stands in the book of orders.
    func energy(_ json: JSON) -> (kind: DayBook.Kind, deed: CityDeed)? {
        guard let date = date(json["time"]), let kind = json["kind"]?.text else { return nil }
        let power = power(json["kw"])
        switch kind {
        case "stage":
            let names = ["from", "to"].map { word(json[$0]?.text ?? "") { "signals.stage.\($0)" } }
            return (
                .energy,
                CityDeed(date: date, icon: "up", what: words("deeds.energy.stage", ["from": names[0], "to": names[1]]), href: "/district")
            )
        case "fault":
            var deed = CityDeed(date: date, icon: "alert", what: words("deeds.energy.fault"))
            deed.state = ("warn", "alert", words("signals.attention"))
            (deed.detail, deed.href) = (json["fault"]?.text?.printable, "/district")
            return (.energy, deed)
        case "request", "promise":
            return (.energy, CityDeed(date: date, icon: "bolt", what: words("deeds.energy.\(kind)", ["power": power]), href: "/district"))
        default: return nil
        }
    }

    /// "battery: 1.50 kW" of an order; nil: it is for something else.
    func energyValue(_ value: JSON?) -> String? {
        guard let value, let kilowatts = value["kw"] else { return nil }
        guard let device = value["device"]?.text?.printable else { return power(kilowatts) }
        return words(
            "deeds.energy.order", ["device": device == "battery" ? words("energy.key.battery") : device, "power": power(kilowatts)])
    }

    /// What an hour was decided on: wishes, and what was read.
    func energyCauses(_ cause: JSON) -> [(label: String, value: String)] {
        var causes: [(String, String)] = []
        for (name, label) in [("wish_kw", "wish"), ("rule_kw", "rule")] where cause[name]?.number != nil {
            causes.append((words("deeds.cause.\(label)"), power(cause[name])))
        }
        let readings = [("used_kwh", "used"), ("solar_kwh", "solar")].compactMap { name, word -> String? in
            cause["readings"]?[name]?.number.map { words("deeds.energy.\(word)", ["n": amount.decimal($0, places: 2)]) }
        }
        let charge = cause["readings"]?["charge"]?.number.map { words("deeds.energy.charge", ["n": amount.percent(min(max($0, 0), 1))]) }
        let all = readings + (charge.map { [$0] } ?? [])
        if !all.isEmpty { causes.append((words("deeds.cause.readings.energy"), all.joined(separator: words("list.comma")))) }
        return causes
    }

    func power(_ json: JSON?) -> String {
        json?.number.map { amount.decimal($0, places: 2) + "\u{a0}kW" } ?? words("unit.none")
    }

    func word(_ name: String, _ key: (String) -> String) -> String {
        words.has(key(name)) ? words(key(name)) : name.printable
    }
}
