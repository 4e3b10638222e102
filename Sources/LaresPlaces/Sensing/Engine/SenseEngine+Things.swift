public import Foundation
public import LaresThings

/// Things that come, change and go.
extension SenseEngine {
    /// Takes in what a thing is, and how it is.
    ///
    /// - Parameters:
    ///   - thing: The thing, in its area.
    ///   - availability: Whether it can be reached.
    ///   - states: What is known of its properties, by their names.
    ///   - now: What time it is.
    /// - Returns: What was found by it.
    public mutating func describe(
        _ thing: Thing, availability: Availability = .online, states: [String: PropertyState] = [:], at now: Date
    ) -> [SenseFinding] {
        guard !thing.origin.hasPrefix(Self.origin) else { return [] }
        var findings: [SenseFinding] = []
        let seconds = now.timeIntervalSince1970
        let before = detach(thing.id), isSource = meters.isSource(thing)
        var added: [Int] = []
        for property in thing.properties {
            guard let kind = SensorKind(property, of: thing), places.count < SenseLimits.sensors else { continue }
            let address = PropertyAddress(thing.id, property.name)
            if let other = before[address], other.kind != kind { forget(other, at: now, &findings) }
            var sensor = before[address].flatMap { $0.kind == kind ? $0 : nil } ?? newSensor(address, kind, property.unit, at: seconds)
            measure(&sensor, isSource: isSource, &findings)
            let verdicts = sensor.begin(with: states[property.name], at: seconds)
            if before[address] == nil { current[address] = memory?.faults(of: address, sensor.health.faults) }
            added.append(occupy(sensor))
            if let area = thing.area { enter(area, added[added.count - 1], isOutdoors: property.isOutdoors(of: thing)) }
            take(verdicts, of: added[added.count - 1], at: now, &findings)
        }
        for (address, sensor) in before where places[address] == nil { forget(sensor, at: now, &findings) }
        if !added.isEmpty {
            let booleans = added.filter { sensors[$0].kind.isBoolean }
            things[thing.id] = Known(places: added, booleans: booleans, availability: availability)
            renewTrust(of: thing.id)
        }
        tidyAreas(&findings)
        return findings
    }

    /// Takes in that a thing is there no more.
    public mutating func remove(_ id: ThingID, at now: Date) -> [SenseFinding] {
        var findings: [SenseFinding] = []
        for sensor in detach(id).values { forget(sensor, at: now, &findings) }
        tidyAreas(&findings)
        return findings
    }

    /// Takes in whether a thing can be reached: what it said last says nothing of people while it can't.
    public mutating func take(_ availability: Availability, of id: ThingID) {
        guard things[id] != nil else { return }
        things[id]?.availability = availability
        airedAt = 0
        renewTrust(of: id)
    }

    private func newSensor(_ address: PropertyAddress, _ kind: SensorKind, _ unit: LaresThings.Unit?, at now: Double) -> Sensor {
        let kept = memory?.sensors[address].flatMap { $0.health.kind == kind ? $0 : nil }
        return Sensor(address: address, kind: kind, unit: unit, health: kept?.health ?? SensorHealth(kind), meter: kept?.meter)
    }

    /// Power tells what an appliance does, unless it is that of the grid, the sun or a battery; what a person says goes before.
    private func measure(_ sensor: inout Sensor, isSource: Bool, _ findings: inout [SenseFinding]) {
        let given = limits.appliances[sensor.address]
        guard sensor.kind == .power, given != nil || !isSource else {
            if sensor.toldState != nil { findings.append(.applianceGone(sensor.address)) }
            (sensor.meter, sensor.toldState) = (nil, nil)
            return
        }
        if sensor.meter == nil { sensor.meter = ApplianceMeter() }
        sensor.meter?.given = given
    }

    private mutating func occupy(_ sensor: Sensor) -> Int {
        let place = free.popLast() ?? sensors.count
        if place == sensors.count { sensors.append(sensor) } else { sensors[place] = sensor }
        places[sensor.address] = place
        return place
    }

    /// Takes a thing's sensors out, to be put back or forgotten.
    private mutating func detach(_ id: ThingID) -> [PropertyAddress: Sensor] {
        guard let known = things.removeValue(forKey: id) else { return [:] }
        var taken: [PropertyAddress: Sensor] = [:]
        for place in known.places {
            leave(place)
            var sensor = sensors[place]
            (sensor.area, sensor.source) = (nil, nil)
            taken[sensor.address] = sensor
            places[sensor.address] = nil
            sensors[place].isGone = true
            free.append(place)
        }
        return taken
    }

    private mutating func forget(_ sensor: Sensor, at now: Date, _ findings: inout [SenseFinding]) {
        if sensor.toldState != nil { findings.append(.applianceGone(sensor.address)) }
        for fault in current[sensor.address] ?? [] { clear(fault.code, of: sensor.address, at: now, &findings) }
    }
}

/// Areas and who is in them.
extension SenseEngine {
    private mutating func enter(_ id: AreaID, _ place: Int, isOutdoors: Bool) {
        guard let area = areaPlace(id) else { return }
        sensors[place].area = area
        let sensor = sensors[place]
        // What measures outdoors from within a room tells nothing of its air.
        let isRoomAir = !isOutdoors || limits.outdoors.contains(id)
        if isRoomAir, [.temperature, .humidity, .carbonDioxide].contains(sensor.kind) { areas[area].air.append(place) }
        guard let role = sensor.kind.role, areas[area].members.count < SenseLimits.sources else { return }
        var source = OccupancySource(sensor.address, role)
        source.state = sensor.kind == .power ? nil : sensor.health.value.map { $0 == 1 }
        source.seenAt = sensor.seenAt ?? memory?.areas[id]?.seen[sensor.address] ?? (source.isActive ? sensor.health.changedAt : nil)
        sensors[place].source = areas[area].members.count
        areas[area].members.append(place)
        areas[area].occupancy.sources.append(source)
    }

    private mutating func areaPlace(_ id: AreaID) -> Int? {
        if let known = areaPlaces[id] { return known }
        guard areaPlaces.count < SenseLimits.areas else { return nil }
        var area = Area(id: id)
        if let kept = memory?.areas[id] { (area.occupancy, area.comfort) = (kept.occupancy, kept.comfort) }
        let place = areas.firstIndex(where: \.isGone) ?? areas.count
        if place == areas.count { areas.append(area) } else { areas[place] = area }
        areaPlaces[id] = place
        return place
    }

    private mutating func leave(_ place: Int) {
        guard let area = sensors[place].area else { return }
        if let member = areas[area].air.firstIndex(of: place) {
            areas[area].air.remove(at: member)
            airedAt = 0
        }
        guard let source = sensors[place].source else { return }
        sensors[place].seenAt = areas[area].occupancy.sources[source].seenAt
        areas[area].members.remove(at: source)
        areas[area].occupancy.sources.remove(at: source)
        for (number, member) in areas[area].members.enumerated() { sensors[member].source = number }
    }

    private mutating func tidyAreas(_ findings: inout [SenseFinding]) {
        for (id, place) in areaPlaces where areas[place].members.isEmpty && areas[place].air.isEmpty {
            areas[place] = Area(id: id, isGone: true)
            areaPlaces[id] = nil
            findings.append(.gone(id))
        }
    }

    func isOnline(_ id: ThingID) -> Bool { things[id]?.availability != .offline }

    mutating func renewTrust(of id: ThingID) {
        for place in things[id]?.places ?? [] { renewTrust(place) }
    }

    /// What a sensor with a fault says of people doesn't count.
    mutating func renewTrust(_ place: Int) {
        guard let area = sensors[place].area, let source = sensors[place].source else { return }
        areas[area].occupancy.sources[source].isTrusted = sensors[place].health.isTrusted && isOnline(sensors[place].address.thing)
    }
}

extension SenseEngine.Sensor {
    /// Takes over what is known of it.
    fileprivate mutating func begin(with state: PropertyState?, at now: Double) -> [SensorHealth.Verdict] {
        guard let state, let value = kind.number(state.reported, in: unit), let reported = state.reportedAt?.timeIntervalSince1970 else {
            return []
        }
        var verdicts: [SensorHealth.Verdict] = []
        let changed = state.changedAt?.timeIntervalSince1970 ?? reported
        health.begin(with: value, since: min(changed, now), heard: min(reported, now), into: &verdicts)
        if meter?.power == nil, !health.faults.contains(.impossible) { _ = meter?.take(value, at: now) }
        return verdicts
    }
}
