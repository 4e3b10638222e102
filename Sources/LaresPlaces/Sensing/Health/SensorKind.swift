internal import LaresThings

/// What a property senses, as far as it matters for telling whether it senses well and what follows from it.
///
/// By Home Assistant's device classes; numbers are brought into one unit by ``number(_:)``.
enum SensorKind: String, Hashable, Sendable, CaseIterable {
    /// Passive infrared and its like: true while something moves.
    case motion
    /// Radar and its like: true as long as somebody is there.
    case presence
    case door, window
    /// Smoke, gas, water, tampering: false for years, if all is well.
    case alarm
    /// True: the battery is low.
    case batteryLow = "battery_low"
    /// The lamp or switch that a hand works: says something of people, nothing of its health.
    case hand
    /// Of the air, in °C.
    case temperature
    /// Of water, a chip, an oven.
    case innerTemperature = "inner_temperature"
    /// Relative, of the air, in percent.
    case humidity
    /// In ppm.
    case carbonDioxide = "carbon_dioxide"
    /// In W.
    case power
    /// In kWh.
    case energy
    /// In percent.
    case battery
    /// In lx.
    case illuminance
    /// Of the air, in hPa.
    case pressure
    /// In V.
    case voltage
    /// Another number.
    case number

    private static let booleans: [String: SensorKind] = [
        "motion": .motion, "moving": .motion, "vibration": .motion, "occupancy": .presence, "presence": .presence, "door": .door,
        "garage_door": .door, "window": .window, "opening": .window, "smoke": .alarm, "gas": .alarm, "carbon_monoxide": .alarm,
        "moisture": .alarm, "tamper": .alarm, "safety": .alarm, "problem": .alarm, "heat": .alarm, "cold": .alarm, "battery": .batteryLow,
    ]

    private static let numbers: [String: SensorKind] = [
        "temperature": .temperature, "humidity": .humidity, "carbon_dioxide": .carbonDioxide, "power": .power, "energy": .energy,
        "battery": .battery, "illuminance": .illuminance, "atmospheric_pressure": .pressure, "voltage": .voltage, "moisture": .number,
        "pm25": .number, "volatile_organic_compounds": .number, "current": .number,
    ]

    /// What a property of a thing senses; nil: nothing that is watched.
    init?(_ property: Property, of thing: Thing) {
        guard property.isReported, !property.isEvent else { return nil }
        switch property.kind {
        case .boolean:
            // A telephone that is at home says nothing of a room, and may stay there for weeks.
            if property.base == "home" { return nil }
            if let kind = property.quantity.flatMap({ Self.booleans[$0] }) {
                self = kind
            } else if property.base == "on", property.isWritable, ["light", "switch", "fan"].contains(thing.category.description) {
                self = .hand
            } else {
                return nil
            }
        case .number:
            guard !property.isWritable, let kind = property.quantity.flatMap({ Self.numbers[$0] }) else { return nil }
            let isInner = kind == .temperature && !property.isOfAir(of: thing)
            // The battery of a house is emptied every night.
            let isStore = kind == .battery && thing.properties.contains { $0.quantity == "power" }
            self = isInner ? .innerTemperature : isStore ? .number : kind
        default: return nil
        }
    }

    /// The unit in which it is counted; nil: as it comes.
    private var unit: Unit? {
        switch self {
        case .temperature, .innerTemperature: .celsius
        case .power: .watt
        case .energy: .kilowattHour
        case .pressure: Unit("hPa")
        case .voltage: .volt
        default: nil
        }
    }

    /// A value as a number in the kind's unit, 1 and 0 for true and false; nil for what can't be one.
    func number(_ value: PropertyValue?, in given: Unit?) -> Double? {
        switch value {
        case .boolean(let flag): flag ? 1 : 0
        case .number(let number):
            if let given, let unit { given.convert(number, to: unit) ?? number } else { number }
        default: nil
        }
    }

    /// Whether it tells yes or no.
    var isBoolean: Bool {
        switch self {
        case .motion, .presence, .door, .window, .alarm, .batteryLow, .hand: true
        default: false
        }
    }
}
