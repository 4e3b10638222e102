public import LaresThings

/// A property that energy is known from.
public struct EnergyMeter: Hashable, Sendable {
    /// The property.
    public let address: PropertyAddress
    /// Which way the energy flows.
    public let role: EnergyRole
    /// Kilowatt-hours in what its statistics count: 0.001 for power in watts, 1 for a meter in kilowatt-hours; below zero where the thing's signs are
    /// the other way round.
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
    /// Those of ``EnergyRole/grid`` and ``EnergyRole/battery`` whose signs are the other way round.
    public var inverted: Set<PropertyAddress> = []

    /// Nobody said anything.
    public init() {}

    /// The meters of things, in the order of their addresses.
    ///
    /// Energy is known from meters that only rise, in units of energy, and from power in watts. Of a thing that has both, only meters are guessed to
    /// count, and none that begins again each day or month. Power by whose sign energy comes and goes is guessed to count where nothing counts the same
    /// by direction.
    public func meters(of things: some Sequence<Thing>) -> [EnergyMeter] {
        var meters: [EnergyMeter] = []
        for thing in things {
            let candidates = thing.properties.compactMap { property in property.energyScale.map { (property, $0) } }
            let hasMeter = candidates.contains { $0.0.isMeter && !$0.0.isPartial }
            for (property, scale) in candidates {
                let address = PropertyAddress(thing.id, property.name)
                let counts = hasMeter ? property.isMeter && !property.isPartial : !property.isMeter
                let guess = counts ? Self.guess(property, of: thing) : Self.guessSigned(property) ?? .uncounted
                let role = roles[address] ?? guess
                let isInverted = role.isSigned && inverted.contains(address)
                meters.append(EnergyMeter(address, role, scale: isInverted ? -scale : scale, isGuess: roles[address] == nil))
            }
        }
        return Self.once(meters).sorted { $0.address.description < $1.address.description }
    }

    /// Whether a thing is where energy comes from or goes to, and no device that uses it. What people say of it goes before its name.
    public func isSource(_ thing: Thing) -> Bool {
        let candidates = thing.properties.filter { $0.energyScale != nil }
        let said = candidates.compactMap { roles[PropertyAddress(thing.id, $0.name)] }.filter { $0 != .uncounted }
        guard said.isEmpty else { return said.contains { $0 != .device } }
        return candidates.contains { ![.device, .uncounted].contains(Self.guess($0, of: thing)) }
    }

    /// What was guessed to flow by its sign isn't counted where the same flows are known by direction.
    private static func once(_ meters: [EnergyMeter]) -> [EnergyMeter] {
        let roles = Set(meters.map(\.role))
        return meters.map { meter in
            let others: Set<EnergyRole> = meter.role == .grid ? [.gridImport, .gridExport] : [.batteryIn, .batteryOut]
            guard meter.isGuess, meter.role.isSigned, !roles.isDisjoint(with: others) else { return meter }
            return EnergyMeter(meter.address, .uncounted, scale: meter.scale, isGuess: true)
        }
    }

    /// By what power itself is called, whatever else its thing counts.
    private static func guessSigned(_ property: Property) -> EnergyRole? {
        guard !property.isMeter else { return nil }
        let words = property.words
        if !words.isDisjoint(with: ["grid", "mains"]) { return .grid }
        return words.contains("battery") ? .battery : nil
    }

    /// By what a property and its thing are called.
    private static func guess(_ property: Property, of thing: Thing) -> EnergyRole {
        let words = property.words.union(Self.words("\(thing.id) \(thing.name)"))
        let has = { (some: Set<String>) in !words.isDisjoint(with: some) }
        if has(["export", "exported", "return", "returned", "injected", "injection", "feedin", "sold"]) { return .gridExport }
        if has(["discharge", "discharged", "discharging"]) { return .batteryOut }
        if has(["charge", "charged", "charging"]), has(["battery", "storage"]) { return .batteryIn }
        if has(["import", "imported"]) { return .gridImport }
        if property.isOfTheSun { return .solar }
        if has(["grid", "mains", "smartmeter", "p1"]) {
            guard !property.isMeter else { return .gridImport }
            // What the house takes is what all flows come to.
            return property.words.isDisjoint(with: ["load", "house", "home", "consumption"]) ? .grid : .uncounted
        }
        if property.isBatteryPower(of: thing) { return .battery }
        if has(["solar", "pv", "photovoltaic", "inverter"]) { return .solar }
        return .device
    }

    static func words(_ text: String) -> Set<String> {
        Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
            .union(chinese.filter { text.contains($0.key) }.values)
    }

    /// Chinese has no spaces between words; what its words say in English.
    private static let chinese = [
        "售电": "sold", "卖电": "sold", "馈网": "export", "购电": "import", "买电": "import", "电网": "grid", "放电": "discharge", "充电": "charge",
        "充电器": "charger", "充电桩": "charger", "电池": "battery", "储能": "storage", "光伏": "solar", "太阳能": "solar", "家庭": "home", "负载": "load",
        "今日": "today", "昨日": "yesterday", "本月": "month",
    ]
}

extension Property {
    fileprivate var words: Set<String> { EnergyMeters.words("\(name) \(label ?? "")") }

    fileprivate var isMeter: Bool { accumulation == .totalIncreasing }

    /// What a battery takes and gives; a plug with a charger on it only takes.
    fileprivate func isBatteryPower(of thing: Thing) -> Bool {
        guard !isMeter, !thing.properties.contains(where: { $0.base == "on" && $0.isWritable }) else { return false }
        let others = EnergyMeters.words("\(thing.id) \(thing.name)")
        return words.contains("battery") || others.contains("battery") && others.isDisjoint(with: ["charger", "solar", "pv", "inverter"])
    }

    fileprivate var isOfTheSun: Bool { !words.isDisjoint(with: ["solar", "pv", "photovoltaic"]) }

    /// Whether it begins again: what a device used today is in its total too.
    fileprivate var isPartial: Bool {
        !words.isDisjoint(with: ["today", "yesterday", "daily", "day", "weekly", "week", "monthly", "month", "yearly", "year"])
    }

    /// Kilowatt-hours in what its statistics count; nil: energy isn't known from it. Which statistics there are is decided where it is recorded.
    fileprivate var energyScale: Double? {
        // What a device is told isn't what it measures.
        guard case .number = kind, let unit, !isWritable else { return nil }
        if isMeter { return unit.convert(1, to: .kilowattHour) }
        return quantity == "power" && unit == .watt ? 0.001 : nil
    }
}
