import Foundation
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
        case .text(let text): words.has("state.\(text)") ? words("state.\(text)") : text.printable
        case .color(let color): words("thing.color", ["hue": amount.short(color.hue), "saturation": amount.short(color.saturation)])
        }
    }

    private func truth(_ flag: Bool, _ property: Property) -> String {
        let keys = [property.quantity, property.base].compactMap(\.self).map { "truth.\($0).\(flag)" }
        return words(keys.first(where: words.has) ?? "truth.\(flag)")
    }

    private func measured(_ number: Double, _ property: Property) -> String {
        let plain = self.plain(number)
        return property.unit.map { $0 == .percent ? "\(plain)%" : "\(plain)\u{a0}\($0.description.printable)" } ?? plain
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

    /// What a thing is called in the reader's language.
    func name(_ thing: Thing) -> String { thing.name(in: words.language.tag).printable }

    /// Why something changed: "by anna", "by itself".
    func cause(_ cause: Cause) -> String {
        words("cause.\(cause.kind.rawValue)", ["name": cause.name.printable])
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
