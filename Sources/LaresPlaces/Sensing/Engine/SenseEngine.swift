public import Foundation
public import LaresThings

/// Senses what follows from what things report: people, faults of sensors, what appliances do, how the air is. It does nothing by itself: it is told what
/// there is, what happens and what time it is, and says what it finds.
///
/// ```swift
/// var engine = SenseEngine(at: clock.now)
/// for view in home.things() { _ = engine.describe(view.thing, states: view.states, at: clock.now) }
/// tell(engine.take(change))
/// tell(engine.pass(to: clock.now))            // every few seconds
/// ```
///
/// What it keeps of a sensor doesn't grow. It takes nothing from things that it made itself (``origin``).
public struct SenseEngine: Sendable {
    struct Sensor: Sendable {
        let address: PropertyAddress
        let kind: SensorKind
        let unit: LaresThings.Unit?
        var health: SensorHealth
        var meter: ApplianceMeter?
        var toldState: ApplianceState?
        /// Its area's place, and its own among the area's sources.
        var area: Int?
        var source: Int?
        /// When it last said something of people, while its thing is described anew.
        var seenAt: Double?
        var isGone = false
    }

    struct Area: Sendable {
        let id: AreaID
        var occupancy = OccupancyJudge()
        var comfort = ComfortJudge()
        /// For each source, its sensor; and the sensors of its air.
        var members: [Int] = []
        var air: [Int] = []
        var told: AreaOccupancy?
        /// What was said of its air.
        var toldAir: SenseFinding?
        var isGone = false

        var toldComfort: RoomComfort? { if case .comfort(_, let comfort)? = toldAir { comfort } else { nil } }
    }

    struct Known: Sendable {
        let places: [Int]
        /// Those of them that say yes or no, which are heard whenever their thing is.
        let booleans: [Int]
        var availability: Availability
    }

    /// How the identifiers of the things begin that sensing makes.
    public static let origin = "lares-senses-"
    /// What it announces the senses of an area as, and what follows the name of an appliance's thing.
    package static let areaName = "Senses", cycleEnding = " cycle"

    /// How much is sensed, and what people said about it.
    public let limits: SenseLimits
    /// What people said of meters: where energy comes from or goes to is no appliance. Describe the things again after a change.
    public var meters = EnergyMeters()
    var sensors: [Sensor] = []
    var free: [Int] = []
    var places: [PropertyAddress: Int] = [:]
    var things: [ThingID: Known] = [:]
    var areas: [Area] = []
    var areaPlaces: [AreaID: Int] = [:]
    var current: [PropertyAddress: [SensorFault]] = [:]
    var past: [SensorFault] = []
    /// Until when time was taken in, and when air was looked at last.
    var passedAt: Double
    var airedAt = 0.0
    /// What was known before a restart of what hasn't been described yet.
    var memory: SenseMemory?

    /// Nothing known.
    public init(at now: Date, limits: SenseLimits = SenseLimits()) {
        (self.limits, passedAt) = (limits, now.timeIntervalSince1970)
    }

    /// After so many seconds without ``pass(to:)`` nobody was there to hear anything, and sensors aren't blamed for it.
    static let absence = 600.0
    /// Air changes slowly: it is looked at so often, and as soon as a sensor of it comes, goes or can't be reached.
    static let airing = 60.0
}

/// What is known.
extension SenseEngine {
    /// What is wrong with sensors now, the latest first.
    public var faults: [SensorFault] {
        current.values.joined().sorted { ($1.raisedAt, $0.address.description) < ($0.raisedAt, $1.address.description) }
    }

    /// What was wrong and is over, the latest first; at most 500.
    public var pastFaults: [SensorFault] { past.reversed() }

    /// Whether people are in an area, as was said last; nil: nothing there senses people.
    public func occupancy(of area: AreaID) -> AreaOccupancy? { areaPlaces[area].flatMap { areas[$0].told } }

    /// How the air of an area is, as was said last; nil: nobody knows.
    public func comfort(of area: AreaID) -> RoomComfort? { areaPlaces[area].flatMap { areas[$0].toldComfort } }

    /// What the appliance at a plug is doing; nil: there is none.
    public func appliance(_ address: PropertyAddress) -> ApplianceState? { places[address].flatMap { sensors[$0].toldState } }

    /// The plugs at which there may be appliances.
    var metered: [PropertyAddress] { places.filter { sensors[$0.value].meter?.isSource == false }.map(\.key) }

    /// The last time that an appliance ran.
    public func lastCycle(of address: PropertyAddress) -> ApplianceCycle? { places[address].flatMap { sensors[$0].meter?.last } }

    /// Above how many watts an appliance works, as given or learned; nil: nothing is known.
    public func threshold(of address: PropertyAddress) -> Double? {
        places[address].flatMap { sensors[$0].meter }.flatMap { $0.isAppliance ? $0.threshold : nil }
    }
}
