internal import Foundation
public import LaresJSON
internal import LaresThings

extension SenseMemory {
    /// As plain data.
    public var json: JSON {
        let sensors = self.sensors.sorted { $0.key.description < $1.key.description }.map { $1.json($0) }
        let areas = self.areas.sorted { $0.key.description < $1.key.description }.map { id, area in
            JSON.object([
                "area": .string(id.description), "occupancy": area.occupancy.json(seen: area.seen),
                "surface": area.comfort.surface.map { .double($0) } ?? .null,
                "surface_at": .double(area.comfort.surfaceAt),
            ])
        }
        return [
            "version": 1, "passed_at": .double(passedAt), "sensors": .array(sensors), "areas": .array(areas),
            "faults": .array(faults.map(\.json).sorted { $0.serialized < $1.serialized }), "past": .array(past.map(\.json)),
        ]
    }

    /// Reads what ``json`` writes. Throws ``SensingError`` with `badMemory`.
    public init(_ json: JSON) throws(SensingError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            guard try fields.int("version", in: 1...1) != nil else { throw fields.error("version", "is missing") }
            self.init(passedAt: try fields.double("passed_at", in: 0...Self.latest) ?? 0)
            for object in try fields.bounded("sensors", SenseLimits.sensors) {
                let (address, kept) = try Kept.read(object)
                sensors[address] = kept
            }
            for object in try fields.bounded("areas", SenseLimits.areas) { try readArea(object) }
            for object in try fields.bounded("faults", 5 * SenseLimits.sensors) { readFault(try SensorFault(object)) }
            past = []
            for object in try fields.bounded("past", SenseLimits.pastFaults) { past.append(try SensorFault(object)) }
            try fields.end()
        } catch {
            throw SensingError(
                .badMemory, "what was kept of sensing can't be read: \(error.message); it is left out, and is learned anew")
        }
    }

    private mutating func readArea(_ object: JSONFields) throws(JSONError) {
        var fields = object
        guard let id = AreaID(try fields.string("area") ?? "") else { throw fields.error("area", "must be the id of an area") }
        var area = KeptArea()
        if let occupancy = try fields.fields("occupancy") { area.seen = try area.occupancy.restore(occupancy) }
        let surface = try fields.double("surface", in: 0...100)
        area.comfort = ComfortJudge(surface: surface, at: try fields.double("surface_at", in: 0...Self.latest) ?? 0)
        areas[id] = area
        try fields.end()
    }

    /// A fault of a sensor that is known; one of each code.
    private mutating func readFault(_ fault: SensorFault) {
        guard let set = fault.code.set, sensors[fault.address]?.health.faults.insert(set).inserted == true else { return }
        faultsByAddress[fault.address, default: []].append(fault)
    }
}

extension SensorFault.Code {
    fileprivate var set: SensorHealth.Faults? {
        switch self {
        case .stuck: .stuck
        case .silent: .silent
        case .impossible: .impossible
        case .flapping: .flapping
        case .lowBattery: .lowBattery
        }
    }
}

extension SenseMemory.Kept {
    func json(_ address: PropertyAddress) -> JSON {
        var members: JSON.Members = ["sensor": .string(address.description), "kind": .string(health.kind.rawValue)]
        health.write(to: &members)
        if let meter { members.append("meter", meter.json) }
        return .object(members)
    }

    static func read(_ object: JSONFields) throws(JSONError) -> (PropertyAddress, Self) {
        var fields = object
        let address = try fields.address("sensor")
        guard let kind = try fields.choice("kind", of: SensorKind.self) else { throw fields.error("kind", "is missing") }
        var kept = Self(health: SensorHealth(kind))
        try kept.health.read(&fields)
        if let meter = try fields.fields("meter") { kept.meter = try ApplianceMeter(meter) }
        try fields.end()
        return (address, kept)
    }
}

extension SensorFault {
    /// As plain data, for the memory and for programs.
    public var json: JSON {
        var figures = JSON.Members()
        for (name, number) in self.figures.sorted(by: { $0.key < $1.key }) { figures.append(name, .number(number)) }
        return [
            "sensor": .string(address.description), "code": .string(code.rawValue), "reason": .string(reason.rawValue),
            "figures": .object(figures), "raised_at": .double(raisedAt.timeIntervalSince1970),
            "cleared_at": clearedAt.map { .double($0.timeIntervalSince1970) } ?? .null,
        ]
    }

    init(_ object: JSONFields) throws(JSONError) {
        var fields = object
        let (address, times) = (try fields.address("sensor"), 0.0...SenseMemory.latest)
        guard let reason = try fields.choice("reason", of: Reason.self), let raised = try fields.double("raised_at", in: times) else {
            throw fields.error("reason", "or 'raised_at' is missing")
        }
        guard try fields.choice("code", of: Code.self) ?? reason.code == reason.code else {
            throw fields.error("code", "isn't that of the reason")
        }
        var figures: [String: Double] = [:]
        if case .object(let members)? = fields.value("figures") {
            guard members.count <= 8 else { throw fields.error("figures", "has more than 8 members") }
            for (name, value) in members {
                guard Slug.isProperty(name), let number = value.number, number.isFinite else {
                    throw fields.error("figures.\(name.prefix(40))", "must be a name with a number")
                }
                figures[name] = number
            }
        }
        let cleared = try fields.double("cleared_at", in: times).map { Date(timeIntervalSince1970: $0) }
        try fields.end()
        self.init(address, reason, figures, raisedAt: Date(timeIntervalSince1970: raised), clearedAt: cleared)
    }
}
