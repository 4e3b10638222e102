import Foundation
import LaresPlaces
import LaresThings

/// Values and states of things in a reader's words.
struct ThingWords {
    let amount: Amount

    var words: Words { amount.words }

    /// A value with its unit, as people read it: "21.4 °C", "On", "Closed".
    func value(_ value: PropertyValue?, of property: Property) -> String {
        switch value {
        case nil: words("unit.none")
        case .boolean(let flag): truth(flag, property)
        case .number(let number): measured(number, property)
        case .text(let text): self.text(text, property)
        case .color(let color): words("thing.color", ["hue": amount.short(color.hue), "saturation": amount.short(color.saturation)])
        }
    }

    /// A state in words; one of a device's own choices at least without its underscores.
    private func text(_ text: String, _ property: Property) -> String {
        if let key = ["state.\(property.base).\(text)", "state.\(text)"].first(where: words.has) { return words(key) }
        guard case .choice = property.kind else { return text.printable }
        return text.replacing("_", with: " ").printable.capitalizedFirst
    }

    private func truth(_ flag: Bool, _ property: Property) -> String {
        let keys = [property.quantity, property.base].compactMap(\.self).map { "truth.\($0).\(flag)" }
        return words(keys.first(where: words.has) ?? "truth.\(flag)")
    }

    private func measured(_ number: Double, _ property: Property) -> String {
        // A tenth of a degree on the globe is eleven kilometres.
        let isOnGlobe = ["latitude", "longitude"].contains(property.base)
        let plain = isOnGlobe ? String(format: "%.4f", number) : self.plain(number)
        return unit(plain, of: property)
    }

    /// A number that is written already, with the unit of a property.
    func unit(_ plain: String, of property: Property) -> String {
        property.unit.map { $0 == .percent ? "\(plain)%" : "\(plain)\u{a0}\($0.description.printable)" } ?? plain
    }

    /// A number without its unit: at most one decimal, two for small ones.
    func plain(_ number: Double) -> String {
        if let whole = Int(exactly: number), whole.magnitude < 1_000_000_000 { return amount.whole(whole) }
        guard abs(number) < 1e9 else { return String(format: "%.3g", number) }
        return abs(number) < 1 ? String(format: "%.2f", number) : String(format: "%.1f", number)
    }

    /// What a property is called.
    func label(_ property: Property) -> String {
        if words.has("property.\(property.base)"), property.name == property.base { return words("property.\(property.base)") }
        return property.label?.printable ?? property.name.replacing("_", with: " ").capitalizedFirst
    }

    /// What something that can be made to happen is called on its button; "…" where it is asked for first.
    func act(_ property: Property) -> String {
        property.hazard == nil ? plainAct(property) : words("tile.asking", ["act": plainAct(property)])
    }

    /// What something that can be made to happen is called.
    func plainAct(_ property: Property) -> String {
        let known = words.has("act.\(property.base)") ? words("act.\(property.base)") : nil
        return property.label?.printable ?? (property.name == property.base ? known : nil) ?? label(property)
    }

    /// What a thing is called in the reader's language; what Lares made itself is called so in each, until people call it otherwise.
    func name(_ thing: Thing) -> String {
        let name = thing.name(in: words.language.tag)
        guard name == thing.name, thing.origin.hasPrefix(SenseEngine.origin) else { return name.printable }
        if name == SenseEngine.areaName { return words("senses.name") }
        guard name.hasSuffix(SenseEngine.cycleEnding) else { return name.printable }
        return words("senses.cycle", ["name": String(name.dropLast(SenseEngine.cycleEnding.count)).printable])
    }

    /// Why something changed: "by anna", "by itself".
    func cause(_ cause: Cause) -> String {
        words("cause.\(cause.kind.rawValue)", ["name": words.who(cause.name)])
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension ThingCategory {
    /// The picture of such a thing.
    var icon: String {
        switch description {
        case "light": "lamp"
        case "lock", "alarm_control_panel": "lock"
        case "climate", "water_heater", "fan", "humidifier": "air"
        case "cover", "valve": "blind"
        case "switch": "plug"
        case "sensor": "temp"
        case "binary_sensor": "door"
        default: "thing"
        }
    }
}
