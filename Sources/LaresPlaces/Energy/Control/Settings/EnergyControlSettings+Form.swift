internal import LaresControl
public import LaresJSON
internal import LaresThings

extension EnergyControlSettings {
    /// Reads and checks what is to be controlled; unknown members are errors.
    ///
    /// - Throws: ``EnergyError`` with `badControl`, which names the place.
    public init(_ json: JSON) throws(EnergyError) {
        self.init()
        do throws(JSONError) {
            var fields = try JSONFields(json)
            isEnabled = try fields.bool("enabled") ?? false
            sendsInShadow = try fields.bool("sends_in_shadow") ?? true
            silentMinutes = try fields.int("silent_minutes", in: 5...1_440) ?? 65
            battery = try fields.fields("battery").map { (fields) throws(JSONError) in try ControlledBattery(fields) }
            for object in try fields.objects("cars") ?? [] { cars.append(try ControlledCar(object)) }
            for object in try fields.objects("heat_pumps") ?? [] { heatPumps.append(try ControlledHeatPump(object)) }
            try fields.end()
            try check(fields)
        } catch {
            throw EnergyError(.badControl, "energy control: \(error.message)")
        }
    }

    private func check(_ fields: JSONFields) throws(JSONError) {
        guard cars.count <= Self.most, heatPumps.count <= Self.most else { throw fields.error("cars", "may be \(Self.most) at most") }
        let orders = ([battery?.order] + cars.map(\.order) + heatPumps.map(\.order)).compactMap(\.self)
        guard Set(orders).count == orders.count else { throw fields.error("order", "of two is the same: each is told by its own property") }
        let names = (cars.map(\.name) + heatPumps.map(\.name))
        guard Set(names).count == names.count else { throw fields.error("cars", "and heat pumps need names of their own") }
    }

    /// As plain data, which ``init(_:)`` reads back.
    public var json: JSON {
        var members: JSON.Members = [
            "enabled": .bool(isEnabled), "sends_in_shadow": .bool(sendsInShadow), "silent_minutes": .int(silentMinutes),
        ]
        members["battery"] = battery?.json
        if !cars.isEmpty { members["cars"] = .array(cars.map(\.json)) }
        if !heatPumps.isEmpty { members["heat_pumps"] = .array(heatPumps.map(\.json)) }
        return .object(members)
    }
}

extension ControlledBattery {
    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        self.init(
            charge: try fields.address("charge"), order: try fields.address("order"),
            capacity: try fields.amount("capacity_kwh", in: 0.1...1e5), power: try fields.amount("power_kw", in: 0.05...1e5))
        isInverted = try fields.bool("inverted") ?? false
        reserve = try fields.double("reserve", in: 0...0.95) ?? 0.1
        try fields.end()
    }

    fileprivate var json: JSON {
        [
            "charge": .string("\(charge)"), "order": .string("\(order)"), "inverted": .bool(isInverted), "capacity_kwh": .number(capacity),
            "power_kw": .number(power), "reserve": .number(reserve),
        ]
    }
}

extension ControlledCar {
    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        name = try fields.name()
        (charge, order) = (try fields.address("charge"), try fields.address("order"))
        plugged = try fields.optionalAddress("plugged")
        (capacity, power) = (try fields.amount("capacity_kwh", in: 1...1_000), try fields.amount("power_kw", in: 0.5...500))
        leastPower = try fields.double("least_kw", in: 0.1...500) ?? min(1.4, power)
        needed = try fields.double("needed", in: 0...1) ?? 0.8
        phases = try fields.int("phases", in: 1...3) ?? 1
        guard let departure = try fields.time("departure") else { throw fields.error("departure", "is missing: a time such as \"07:30\"") }
        self.departure = departure
        days = try fields.weekdays("days")
        try fields.end()
        guard leastPower <= power else { throw fields.error("least_kw", "must not be more than power_kw") }
    }

    fileprivate var json: JSON {
        var members: JSON.Members = ["name": .string(name), "charge": .string("\(charge)"), "order": .string("\(order)")]
        members["plugged"] = plugged.map { .string("\($0)") }
        members["capacity_kwh"] = .number(capacity)
        members["power_kw"] = .number(power)
        members["least_kw"] = .number(leastPower)
        members["needed"] = .number(needed)
        members["phases"] = .int(phases)
        members["departure"] = .string("\(departure)")
        members["days"] = .array(Weekday.allCases.filter(days.contains).map { .string($0.rawValue) })
        return .object(members)
    }
}

extension ControlledHeatPump {
    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        name = try fields.name()
        (inside, order) = (try fields.address("inside"), try fields.address("order"))
        outside = try fields.optionalAddress("outside")
        power = try fields.amount("power_kw", in: 0.1...500)
        resistance = try fields.double("resistance", in: 0.1...100) ?? 5
        warmth = try fields.double("warmth", in: 0.1...1_000) ?? 10
        comfort = try fields.band("comfort") ?? 20...22
        if var inner = try fields.fields("night") {
            guard let from = try inner.time("from"), let to = try inner.time("to"), let comfort = try inner.band("comfort") else {
                throw inner.error("from", "'to' and 'comfort' must say when and how warm")
            }
            try inner.end()
            night = Night(from: from, to: to, comfort: comfort)
        }
        try fields.end()
    }

    fileprivate var json: JSON {
        var members: JSON.Members = ["name": .string(name), "inside": .string("\(inside)")]
        members["outside"] = outside.map { .string("\($0)") }
        members["order"] = .string("\(order)")
        members["power_kw"] = .number(power)
        members["resistance"] = .number(resistance)
        members["warmth"] = .number(warmth)
        members["comfort"] = Self.json(comfort)
        members["night"] = night.map { ["from": .string("\($0.from)"), "to": .string("\($0.to)"), "comfort": Self.json($0.comfort)] }
        return .object(members)
    }

    private static func json(_ band: ClosedRange<Double>) -> JSON { [.number(band.lowerBound), .number(band.upperBound)] }
}

extension JSONFields {
    fileprivate mutating func amount(_ key: String, in range: ClosedRange<Double>) throws(JSONError) -> Double {
        guard let amount = try double(key, in: range) else { throw error(key, "is missing") }
        return amount
    }

    fileprivate mutating func name() throws(JSONError) -> String {
        let name = try string("name") ?? ""
        guard ThingID(name) != nil, name.utf8.count <= 40, !name.contains("/") else {
            throw error("name", "must be a short name of small letters, digits, '-' and '_'")
        }
        return name
    }

    fileprivate mutating func optionalAddress(_ key: String) throws(JSONError) -> PropertyAddress? {
        guard let text = try string(key) else { return nil }
        guard let address = PropertyAddress(text) else { throw error(key, "must be a property such as \"cellar/battery/charge\"") }
        return address
    }

    fileprivate mutating func band(_ key: String) throws(JSONError) -> ClosedRange<Double>? {
        guard let pair = try doubles(key, in: 5...30) else { return nil }
        guard pair.count == 2, pair[0] <= pair[1] else { throw error(key, "must be two temperatures, the lower first") }
        return pair[0]...pair[1]
    }
}
