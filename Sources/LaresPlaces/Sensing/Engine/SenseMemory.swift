public import Foundation
internal import LaresThings

/// What is kept of sensing over a restart: what was learned, what goes on, and faults.
public struct SenseMemory: Sendable {
    struct Kept: Sendable {
        var health: SensorHealth
        var meter: ApplianceMeter?
    }

    struct KeptArea: Sendable {
        var occupancy = OccupancyJudge()
        var comfort = ComfortJudge()
        /// When each source said something of people.
        var seen: [PropertyAddress: Double] = [:]
    }

    let passedAt: Double
    var sensors: [PropertyAddress: Kept] = [:]
    var areas: [AreaID: KeptArea] = [:]
    var faults: [SensorFault] { faultsByAddress.values.flatMap(\.self) }
    var faultsByAddress: [PropertyAddress: [SensorFault]] = [:]
    var past: [SensorFault] = []

    /// The last time there can be, 2200-01-01, in seconds since 1970.
    static let latest = 7_258_118_400.0
    /// Any number there is.
    static let numbers = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

    /// Until when time was taken in.
    public var date: Date { Date(timeIntervalSince1970: passedAt) }
}

extension SenseMemory.Kept {
    mutating func bound(by now: Double, after away: Double) {
        health.shift(by: away)
        health.bound(by: now)
        meter?.bound(by: now)
    }
}

extension SenseMemory {
    /// The faults of a sensor, if it goes on with them.
    func faults(of address: PropertyAddress, _ kept: SensorHealth.Faults) -> [SensorFault]? {
        guard !kept.isEmpty else { return nil }
        return faultsByAddress[address]
    }
}

/// Over a restart.
extension SenseEngine {
    /// What is to be kept, to go on from.
    public var kept: SenseMemory {
        var memory = SenseMemory(passedAt: passedAt)
        for sensor in sensors where !sensor.isGone { memory.sensors[sensor.address] = .init(health: sensor.health, meter: sensor.meter) }
        for area in areas where !area.isGone {
            let seen = area.occupancy.sources.compactMap { source in source.seenAt.map { (source.address, $0) } }
            memory.areas[area.id] = .init(
                occupancy: area.occupancy, comfort: area.comfort, seen: Dictionary(seen, uniquingKeysWith: { max($0, $1) }))
        }
        (memory.faultsByAddress, memory.past) = (current, past)
        return memory
    }

    /// An engine that goes on from what was kept: describe the things to it, then call ``settle()``.
    ///
    /// No sensor is blamed for the time in which nobody was there to hear it.
    public init(from memory: SenseMemory, at now: Date, limits: SenseLimits = SenseLimits()) {
        self.init(at: now, limits: limits)
        var memory = memory
        let away = passedAt - memory.passedAt
        if Self.isAbsence(away) {
            for address in memory.sensors.keys { memory.sensors[address]?.bound(by: passedAt, after: away) }
            for area in memory.areas.keys { memory.areas[area]?.occupancy.bound(by: passedAt) }
        } else {
            passedAt = memory.passedAt
        }
        past = memory.past
        self.memory = memory
    }

    /// All things have been described: what was kept of others is forgotten.
    public mutating func settle() { memory = nil }
}
