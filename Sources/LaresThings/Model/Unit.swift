/// A unit of measurement, by the symbol that devices send: "°C", "W", "kWh", "%".
public struct Unit: Hashable, Sendable, CustomStringConvertible {
    /// Its symbol.
    public let description: String

    /// A unit by its symbol.
    public init(_ symbol: String) { description = symbol }

    public static let percent = Unit("%")
    public static let celsius = Unit("°C")
    public static let fahrenheit = Unit("°F")
    public static let kelvin = Unit("K")
    public static let watt = Unit("W")
    public static let wattHour = Unit("Wh")
    public static let kilowattHour = Unit("kWh")
    public static let lux = Unit("lx")
    public static let volt = Unit("V")
    public static let ampere = Unit("A")
    public static let second = Unit("s")

    /// A number of this unit in another one of the same kind; nil when they measure different things, or aren't known.
    public func convert(_ number: Double, to other: Unit) -> Double? {
        guard self != other else { return number }
        guard let from = Self.scales[self], let to = Self.scales[other], from.quantity == to.quantity else { return nil }
        return (number * from.factor + from.offset - to.offset) / to.factor
    }

    private struct Scale { let quantity: String, factor: Double, offset: Double }

    /// What one unit is in the first of its kind, and where its zero lies there.
    private static let scales: [Unit: Scale] = {
        var scales: [Unit: Scale] = [:]
        func add(_ quantity: String, _ units: [(String, Double)]) {
            for (symbol, factor) in units { scales[Unit(symbol)] = Scale(quantity: quantity, factor: factor, offset: 0) }
        }
        add("power", [("W", 1), ("mW", 1e-3), ("kW", 1e3), ("MW", 1e6), ("BTU/h", 0.29307107)])
        add("energy", [("Wh", 1), ("kWh", 1e3), ("MWh", 1e6), ("J", 1 / 3600.0), ("kJ", 1 / 3.6), ("MJ", 1e3 / 3.6), ("GJ", 1e6 / 3.6)])
        add(
            "pressure",
            [("Pa", 1), ("hPa", 100), ("mbar", 100), ("kPa", 1e3), ("bar", 1e5), ("psi", 6894.757), ("mmHg", 133.322), ("inHg", 3386.389)])
        add("length", [("m", 1), ("mm", 1e-3), ("cm", 1e-2), ("km", 1e3), ("in", 0.0254), ("ft", 0.3048), ("mi", 1609.344)])
        add("speed", [("m/s", 1), ("km/h", 1 / 3.6), ("mph", 0.44704), ("kn", 0.514444)])
        add("volume", [("L", 1), ("mL", 1e-3), ("m³", 1e3), ("gal", 3.785411784), ("ft³", 28.316846592)])
        add("voltage", [("V", 1), ("mV", 1e-3)])
        add("current", [("A", 1), ("mA", 1e-3)])
        add("time", [("s", 1), ("ms", 1e-3), ("min", 60), ("h", 3600), ("d", 86_400)])
        add("mass", [("kg", 1), ("g", 1e-3), ("mg", 1e-6), ("lb", 0.45359237), ("oz", 0.028349523)])
        scales[.kelvin] = Scale(quantity: "temperature", factor: 1, offset: 0)
        scales[.celsius] = Scale(quantity: "temperature", factor: 1, offset: 273.15)
        scales[.fahrenheit] = Scale(quantity: "temperature", factor: 5 / 9.0, offset: 273.15 - 32 * 5 / 9.0)
        return scales
    }()
}
