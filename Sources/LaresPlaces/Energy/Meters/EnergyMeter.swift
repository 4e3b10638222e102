public import LaresThings

/// A property that energy is known from.
public struct EnergyMeter: Hashable, Sendable {
    /// The property.
    public let address: PropertyAddress
    /// Which way the energy flows.
    public let role: EnergyRole
    /// Kilowatt-hours in what its statistics count: 0.001 for power in watts, 1 for a meter in kilowatt-hours.
    public let scale: Double
    /// Whether nobody said what it is: Lares guessed.
    public let isGuess: Bool

    /// A property that energy is known from.
    public init(_ address: PropertyAddress, _ role: EnergyRole, scale: Double, isGuess: Bool = false) {
        (self.address, self.role, self.scale, self.isGuess) = (address, role, scale, isGuess)
    }
}

/// What people said of the meters of a home; the rest is guessed.
public struct EnergyMeters: Hashable, Sendable {
    /// How many properties may be named.
    public static let most = 1000

    /// Which way the energy flows that a property counts.
    public var roles: [PropertyAddress: EnergyRole] = [:]

    /// Nobody said anything.
    public init() {}

    /// The meters of things, in the order of their addresses.
    ///
    /// Energy is known from meters that only rise, in units of energy, and from power in watts. Of a thing that has both, only meters are guessed to
    /// count, and none that begins again each day or month.
    public func meters(of things: some Sequence<Thing>) -> [EnergyMeter] {
        var meters: [EnergyMeter] = []
        for thing in things {
            let candidates = thing.properties.compactMap { property in property.energyScale.map { (property, $0) } }
            let hasMeter = candidates.contains { $0.0.isMeter && !$0.0.isPartial }
            for (property, scale) in candidates {
                let address = PropertyAddress(thing.id, property.name)
                let counts = hasMeter ? property.isMeter && !property.isPartial : !property.isMeter
                let role = roles[address] ?? (counts ? Self.guess(property, of: thing) : .uncounted)
                meters.append(EnergyMeter(address, role, scale: scale, isGuess: roles[address] == nil))
            }
        }
        return meters.sorted { $0.address.description < $1.address.description }
    }

    /// By what a property and its thing are called.
    private static func guess(_ property: Property, of thing: Thing) -> EnergyRole {
        let words = property.words.union(Self.words("\(thing.id) \(thing.name)"))
        let has = { (some: Set<String>) in !words.isDisjoint(with: some) }
        if has(["export", "exported", "return", "returned", "injected", "injection", "feedin", "sold"]) { return .gridExport }
        if has(["discharge", "discharged", "discharging"]) { return .batteryOut }
        if has(["charge", "charged", "charging"]), has(["battery", "storage"]) { return .batteryIn }
        if has(["grid", "mains", "import", "imported", "smartmeter", "p1"]) { return .gridImport }
        if has(["solar", "pv", "photovoltaic", "inverter"]) { return .solar }
        return .device
    }

    static func words(_ text: String) -> Set<String> {
        Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
    }
}

extension Property {
    fileprivate var words: Set<String> { EnergyMeters.words("\(name) \(label ?? "")") }

    fileprivate var isMeter: Bool { accumulation == .totalIncreasing }

    /// Whether it begins again: what a device used today is in its total too.
    fileprivate var isPartial: Bool {
        !words.isDisjoint(with: ["today", "yesterday", "daily", "day", "weekly", "week", "monthly", "month", "yearly", "year"])
    }

    /// Kilowatt-hours in what its statistics count; nil: energy isn't known from it. Which statistics there are is decided where it is recorded.
    fileprivate var energyScale: Double? {
        guard case .number = kind, let unit else { return nil }
        if isMeter { return unit.convert(1, to: .kilowattHour) }
        return quantity == "power" && unit == .watt ? 0.001 : nil
    }
}
