public import Foundation
public import LaresThings

/// What happens.
extension SenseEngine {
    /// Takes in that a property became something else.
    ///
    /// - Returns: What was found by it.
    public mutating func take(_ change: Change) -> [SenseFinding] {
        guard let place = places[change.address] else { return [] }
        let now = change.date.timeIntervalSince1970
        guard now.isFinite else { return [] }
        if now - passedAt > Self.absence { bound(by: now) }
        var findings: [SenseFinding] = []
        let (kind, unit) = (sensors[place].kind, sensors[place].unit)
        let value = kind.number(change.new, in: unit)
        var verdicts: [SensorHealth.Verdict] = []
        sensors[place].health.take(value, at: now, into: &verdicts)
        if !verdicts.isEmpty { take(verdicts, of: place, at: change.date, &findings) }
        hearMates(of: change.address.thing, besides: place, at: change.date, &findings)
        if kind == .power { measure(place, sensors[place].health.faults.contains(.impossible) ? nil : value, at: change.date, &findings) }
        if let area = sensors[place].area, areas[area].toldComfort == nil, areas[area].air.contains(place) { airedAt = 0 }
        guard kind != .power, let area = sensors[place].area, let source = sensors[place].source else { return findings }
        let isByHand = kind == .hand && change.cause.kind == .device && change.old != nil
        if value == 1, areas[area].occupancy.sources[source].state != true {
            sensors[place].health.note(others: areas[area].occupancy.activity + 1)
        }
        areas[area].occupancy.take(value.map { $0 == 1 }, from: source, byHand: isByHand, at: now)
        judge(area, at: now, &findings)
        return findings
    }

    /// Takes in that a property was reported, be it the same again.
    ///
    /// - Returns: What was found by it: a sensor that was silent isn't any more.
    public mutating func hear(_ address: PropertyAddress, at date: Date) -> [SenseFinding] {
        guard let place = places[address] else { return [] }
        let now = date.timeIntervalSince1970
        guard now.isFinite, now > sensors[place].health.heardAt ?? 0 else { return [] }
        var findings: [SenseFinding] = []
        hear(place, at: date, &findings)
        sensors[place].meter?.hear(at: now)
        hearMates(of: address.thing, besides: place, at: date, &findings)
        return findings
    }

    /// A sensor that tells yes or no speaks only when that changes, but its thing tells of its battery now and then: it lives.
    private mutating func hearMates(of id: ThingID, besides place: Int, at date: Date, _ findings: inout [SenseFinding]) {
        guard let mates = things[id]?.booleans else { return }
        for mate in mates where mate != place { hear(mate, at: date, &findings) }
    }

    private mutating func hear(_ place: Int, at date: Date, _ findings: inout [SenseFinding]) {
        var verdicts: [SensorHealth.Verdict] = []
        sensors[place].health.hear(at: date.timeIntervalSince1970, into: &verdicts)
        if !verdicts.isEmpty { take(verdicts, of: place, at: date, &findings) }
    }

    private mutating func measure(_ place: Int, _ power: Double?, at date: Date, _ findings: inout [SenseFinding]) {
        guard let step = sensors[place].meter?.take(power, at: date.timeIntervalSince1970) else { return }
        tell(step, of: place, at: date, &findings)
    }

    /// Says what an appliance does when that is something else than was said.
    mutating func tell(_ step: ApplianceMeter.Step, of place: Int, at date: Date, _ findings: inout [SenseFinding]) {
        guard let meter = sensors[place].meter else { return }
        let address = sensors[place].address
        guard meter.isAppliance else {
            if sensors[place].toldState != nil, meter.isSource {
                sensors[place].toldState = nil
                findings.append(.applianceGone(address))
            }
            return
        }
        if case .finished(let cycle) = step { findings.append(.finished(address, cycle)) }
        guard sensors[place].toldState != meter.state else { return }
        let before = sensors[place].toldState
        sensors[place].toldState = meter.state
        findings.append(.appliance(address, meter.state))
        if before != nil, meter.state == .running { noteHand(place, meter, at: date, &findings) }
    }

    /// What hadn't run for two hours was started by somebody; refrigerators and pumps start by themselves.
    private mutating func noteHand(_ place: Int, _ meter: ApplianceMeter, at date: Date, _ findings: inout [SenseFinding]) {
        guard let area = sensors[place].area, let source = sensors[place].source, let last = meter.last, let work = meter.work,
            work.startedAt - last.endedAt.timeIntervalSince1970 >= 7200
        else { return }
        let now = date.timeIntervalSince1970
        areas[area].occupancy.take(true, from: source, byHand: true, at: now)
        judge(area, at: now, &findings)
    }
}

/// What follows.
extension SenseEngine {
    /// Enters faults and takes them out.
    mutating func take(_ verdicts: [SensorHealth.Verdict], of place: Int, at date: Date, _ findings: inout [SenseFinding]) {
        let address = sensors[place].address
        for verdict in verdicts {
            switch verdict {
            case .raise(let reason, let figures):
                let fault = SensorFault(address, reason, figures, raisedAt: date)
                current[address, default: []].append(fault)
                findings.append(.raised(fault))
            case .clear(let code): clear(code, of: address, at: date, &findings)
            }
        }
        renewTrust(place)
    }

    mutating func clear(_ code: SensorFault.Code, of address: PropertyAddress, at date: Date, _ findings: inout [SenseFinding]) {
        guard let at = current[address]?.firstIndex(where: { $0.code == code }), var fault = current[address]?.remove(at: at) else {
            return
        }
        if current[address]?.isEmpty == true { current[address] = nil }
        fault.clearedAt = max(date, fault.raisedAt)
        past.append(fault)
        if past.count > SenseLimits.pastFaults { past.removeFirst(past.count - SenseLimits.pastFaults) }
        findings.append(.cleared(fault))
    }

    /// Whether people are in an area; said when it is something else, or more or less probable by a twentieth.
    mutating func judge(_ area: Int, at now: Double, _ findings: inout [SenseFinding]) {
        guard areas[area].occupancy.sources.contains(where: { $0.role == .motion || $0.role == .presence }) else {
            if areas[area].told != nil { findings.append(.peopleGone(areas[area].id)) }
            areas[area].told = nil
            return
        }
        let occupancy = areas[area].occupancy.judge(at: now)
        let told = areas[area].told
        guard told?.isOccupied != occupancy.isOccupied || abs((told?.probability ?? 0) - occupancy.probability) >= 0.05 else { return }
        areas[area].told = occupancy
        findings.append(.occupancy(areas[area].id, occupancy))
    }
}
