public import LaresThings

/// What was found out.
public enum SenseFinding: Hashable, Sendable {
    /// Whether people are in an area, when that or how probable it is has changed.
    case occupancy(AreaID, AreaOccupancy)
    /// How the air of an area is now.
    case comfort(AreaID, RoomComfort)
    /// How the air of an area is can't be told now: its sensors are away, or have faults.
    case airUnknown(AreaID)
    /// Nobody measures the air of an area.
    case airGone(AreaID)
    /// Nothing in an area senses people any more.
    case peopleGone(AreaID)
    /// What the appliance at a plug is doing now.
    case appliance(PropertyAddress, ApplianceState)
    /// It is done; said once.
    case finished(PropertyAddress, ApplianceCycle)
    /// Something is wrong with a sensor.
    case raised(SensorFault)
    /// It isn't any more.
    case cleared(SensorFault)
    /// Nothing is sensed in an area any more.
    case gone(AreaID)
    /// An appliance's plug is there no more, or knows no appliance.
    case applianceGone(PropertyAddress)
}

/// How much is sensed, and what people said about it.
public struct SenseLimits: Hashable, Sendable {
    /// At most so many sensors are watched, areas sensed, and sources used in one area.
    public static let sensors = 50_000, areas = 1_000
    static let sources = 500
    /// So many faults that are over are remembered.
    static let pastFaults = 500

    /// Areas that lie outside: it is as warm there as outside, and nothing is said of comfort or mould.
    public var outdoors: Set<AreaID>
    /// What tells work from waiting, for appliances of which a person said so.
    public var appliances: [PropertyAddress: ApplianceLimits]

    /// Limits. Areas with a usual name for such, such as "garden" or "yang_tai", lie outside unless said otherwise.
    public init(outdoors: Set<AreaID>? = nil, appliances: [PropertyAddress: ApplianceLimits] = [:]) {
        (self.outdoors, self.appliances) = (outdoors ?? Self.usualOutdoors, appliances)
    }

    /// Areas that lie outside by what they are called.
    package static let usualOutdoors = Set(
        [
            "garden", "outside", "outdoors", "outdoor", "yard", "backyard", "front_yard", "balcony", "terrace", "patio", "porch",
            "driveway",
            "garten", "aussen", "draussen", "balkon", "terrasse", "shi_wai", "hu_wai", "hua_yuan", "yuan_zi", "yang_tai", "lu_tai",
        ].compactMap { AreaID($0) })
}
