/// One thing that can be known of a thing, or set on it, or both.
public struct Property: Hashable, Sendable {
    /// Its name in addresses: "brightness", "left". See ``PropertyAddress``.
    public var name: String
    /// What it is in the part that it belongs to, whatever the part is called: "on" for every switch.
    public let base: String
    /// What the device calls it, for people; nil: the console words its name.
    public var label: String?
    /// What values it takes.
    public var kind: PropertyKind
    /// The unit of its numbers.
    public var unit: Unit?
    /// Whether the device reports it.
    public var isReported: Bool
    /// Whether it can be set.
    public var isWritable: Bool
    /// What it measures or means, by Home Assistant's device classes: "temperature", "motion", "door", "power", "battery".
    public var quantity: String?
    /// What it is to people.
    public var role: Role
    /// How its numbers add up over time.
    public var accumulation: Accumulation?
    /// What must not happen by accident when it is set.
    public var hazard: Hazard?
    /// Seconds after which a report says nothing any more; nil: it holds until the next.
    public var expiresAfter: Double?
    /// Seconds after which a true report becomes false by itself; nil: it doesn't.
    public var resetsAfter: Double?
    /// Whether every report is an event that counts, even if it says the same as the one before.
    public var isEvent: Bool

    /// What a property is to people.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        /// What the thing is for.
        case primary
        /// How it is set up.
        case configuration
        /// How it is doing.
        case diagnostic
    }

    /// How numbers add up over time (Home Assistant's state classes).
    public enum Accumulation: String, Sendable, Hashable, CaseIterable {
        /// A level, such as a temperature.
        case measurement
        /// A sum that may rise and fall.
        case total
        /// A counter that only rises, and begins again at zero.
        case totalIncreasing = "total_increasing"
    }

    /// A property that is reported and can't be set, unless said otherwise.
    public init(
        _ name: String, _ kind: PropertyKind, label: String? = nil, unit: Unit? = nil, isReported: Bool = true, isWritable: Bool = false,
        quantity: String? = nil, role: Role = .primary, accumulation: Accumulation? = nil, hazard: Hazard? = nil,
        expiresAfter: Double? = nil, resetsAfter: Double? = nil, isEvent: Bool = false
    ) {
        (self.name, self.base, self.kind, self.label, self.unit) = (name, name, kind, label, unit)
        (self.isReported, self.isWritable, self.quantity, self.role) = (isReported, isWritable, quantity, role)
        (self.accumulation, self.hazard, self.expiresAfter) = (accumulation, hazard, expiresAfter)
        (self.resetsAfter, self.isEvent) = (resetsAfter, isEvent)
    }
}

/// What setting a property may do that a person must want.
public enum Hazard: String, Sendable, Hashable, CaseIterable {
    /// Opens the house: unlocking, a garage, a gate.
    case opens
    /// Takes its guard away: disarming.
    case disarms
    /// Heats something nobody may be looking at: an oven, a boiler.
    case heats
}
