import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// The battery as a form describes it. Cars and heat pumps are written as text.
struct BatteryForm {
    static let checked = ["order", "capacity", "power", "reserve", "text", "kw", "address"]
    private static let entries = ["charge", "order", "capacity", "power", "reserve"]

    private var values: [String: String]
    private var flags: [String: Bool]
    private var text: String

    /// What is controlled, as far as a form can describe it.
    init(_ settings: EnergyControlSettings) {
        let battery = settings.battery
        values = [
            "charge": battery.map { "\($0.charge)" } ?? "", "order": battery.map { "\($0.order)" } ?? "",
            "capacity": battery.map { "\($0.capacity)" } ?? "", "power": battery.map { "\($0.power)" } ?? "",
            "reserve": "\(((battery?.reserve ?? 0.1) * 1_000).rounded() / 10)",
        ]
        flags = [
            "enabled": settings.isEnabled || battery == nil, "sends": settings.sendsInShadow, "inverted": battery?.isInverted ?? false,
        ]
        text = settings.json.indented
    }

    /// What a person filled in.
    init(_ form: Form) {
        values = Self.entries.reduce(into: [:]) { $0[$1] = form[$1] }
        flags = ["enabled", "sends", "inverted"].reduce(into: [:]) { $0[$1] = form.has($1) }
        text = form.exact("text")
    }

    /// The text that was filled in, with the battery as it is.
    func keeping(_ settings: EnergyControlSettings) -> BatteryForm {
        var form = BatteryForm(settings)
        form.text = text
        return form
    }

    /// The battery that was filled in, with the text as it is.
    func writing(_ settings: EnergyControlSettings) -> BatteryForm {
        var form = self
        form.text = settings.json.indented
        return form
    }

    /// The fields of the form, with what may be chosen.
    func fields(_ things: [ThingView], _ said: ThingWords) -> [String: Any] {
        func choices(_ key: String, _ fits: (Property) -> Bool) -> [[String: Any]] {
            things.flatMap { view in
                view.thing.properties.filter(fits).map { property -> [String: Any] in
                    let address = "\(PropertyAddress(view.thing.id, property.name))"
                    let name = said.words("tile.of", ["name": said.name(view.thing), "property": said.label(property)])
                    return ["value": address, "word": name, "chosen": address == values[key]]
                }
            }
        }
        let charges = choices("charge") { property in
            guard case .number = property.kind, property.isReported else { return false }
            return property.quantity == "battery" || property.unit == .percent && property.base.contains("charge")
                || property.unit.map { $0.convert(1, to: .kilowattHour) != nil && property.accumulation != .totalIncreasing } ?? false
        }
        let orders = choices("order") { property in
            guard case .number = property.kind, property.isWritable else { return false }
            return property.unit.map { $0.convert(1, to: .watt) != nil } ?? false
        }
        return [
            "charges": charges, "ordersTo": orders, "anyChoices": !charges.isEmpty && !orders.isEmpty,
            "capacityValue": values["capacity"] ?? "", "powerValue": values["power"] ?? "", "reserveValue": values["reserve"] ?? "",
            "isEnabled": flags["enabled"] ?? false, "sends": flags["sends"] ?? true, "inverted": flags["inverted"] ?? false,
            "textValue": text,
        ]
    }

    /// The settings with this battery in them.
    ///
    /// - Throws: ``FieldFault`` naming the field that can't be used.
    func settings(with old: EnergyControlSettings) throws -> EnergyControlSettings {
        guard let charge = PropertyAddress(values["charge"] ?? ""), let order = PropertyAddress(values["order"] ?? "") else {
            throw FieldFault("order", "control.wrong.property")
        }
        var battery = ControlledBattery(
            charge: charge, order: order, capacity: try number("capacity", in: 0.1...1e5), power: try number("power", in: 0.05...1e5))
        battery.reserve = try number("reserve", in: 0...95) / 100
        battery.isInverted = flags["inverted"] ?? false
        var settings = old
        (settings.isEnabled, settings.sendsInShadow, settings.battery) = (flags["enabled"] ?? false, flags["sends"] ?? true, battery)
        return settings
    }

    /// All settings as they are written.
    ///
    /// - Throws: `EnergyError`; `JSONError`.
    func written() throws -> EnergyControlSettings { try EnergyControlSettings(JSON(parsing: Array(text.utf8))) }

    private func number(_ name: String, in range: ClosedRange<Double>) throws -> Double {
        guard let number = Double((values[name] ?? "").replacing(",", with: ".")), range.contains(number) else {
            throw FieldFault(name, "control.wrong.number")
        }
        return number
    }
}

/// What a city may have, as a form describes it.
struct FlexibilityForm {
    private static let numbers = [
        ("less", "most_less_kw"), ("more", "most_more_kw"), ("kept", "reserve"), ("week", "most_in_week"), ("paid", "least_payment"),
    ]

    private let settings: JSON

    init(_ settings: FlexibilitySettings) { self.settings = settings.json }

    /// What a person filled in, as the API takes it.
    ///
    /// - Throws: ``FieldFault`` for what is no number.
    static func json(_ form: Form) throws -> JSON {
        var members: JSON.Members = ["willing": .bool(form.has("willing"))]
        for (name, key) in numbers {
            let text = form[name].replacing(",", with: ".")
            guard !text.isEmpty else { continue }
            guard let number = Double(text), number.isFinite else { throw FieldFault(name, "control.wrong.number") }
            let value = key == "reserve" ? number / 100 : number
            members.append(key, Int(exactly: value).map { .int($0) } ?? .double(value))
        }
        if !form["address"].isEmpty { members.append("city", .string(form["address"])) }
        if !form["cityKey"].isEmpty { members.append("key", .string(form["cityKey"])) }
        return .object(members)
    }

    /// The fields of the form.
    func fields(_ words: Words) -> [String: Any] {
        let rows = Self.numbers.map { name, key -> [String: Any] in
            let number = (settings[key]?.number ?? 0) * (key == "reserve" ? 100 : 1)
            let value = Int(exactly: number).map(String.init) ?? "\((number * 1_000).rounded() / 1_000)"
            return ["name": name, "label": words("control.limit.\(name)"), "value": value]
        }
        return ["willing": settings["willing"] == true, "limits": rows, "addressValue": settings["city"]?.text ?? ""]
    }
}
