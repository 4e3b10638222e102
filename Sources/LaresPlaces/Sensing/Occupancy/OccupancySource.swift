internal import LaresThings

/// A sensor that says something of whether people are in an area. Times are seconds since 1970.
struct OccupancySource: Hashable, Sendable {
    /// What it says of people.
    enum Role: String, Hashable, Sendable, CaseIterable {
        /// Somebody moves.
        case motion
        /// Somebody is there.
        case presence
        /// Somebody goes through.
        case door
        /// Somebody opened or closed it.
        case window
        /// Somebody switched it at the thing itself, or started an appliance.
        case hand
    }

    let address: PropertyAddress
    let role: Role
    /// What it says: true is moving, there, open; nil: unknown.
    var state: Bool?
    /// When it last said something of people.
    var seenAt: Double?
    /// Whether what it says counts: a sensor with a fault doesn't.
    var isTrusted = true

    init(_ address: PropertyAddress, _ role: Role) { (self.address, self.role) = (address, role) }

    /// How probable it makes it that somebody is there at first, by itself.
    var weight: Double {
        switch role {
        case .motion: 0.95
        case .presence: 0.98
        case .door: 0.5
        case .window, .hand: 0.65
        }
    }
}

extension SensorKind {
    /// What it says of people; nil: nothing.
    var role: OccupancySource.Role? {
        switch self {
        case .motion: .motion
        case .presence: .presence
        case .door: .door
        case .window: .window
        case .hand, .power: .hand
        default: nil
        }
    }
}
