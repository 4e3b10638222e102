public import LaresJSON
internal import LaresThings

extension EnergyMeters {
    /// Reads `{"meters": [{"property": "roof/inverter/energy", "role": "solar"}]}`; unknown members are errors. With the roles `grid` and `battery`,
    /// `"inverted": true` says that signs are the other way round.
    ///
    /// - Throws: ``EnergyError`` with `badMeters`, which names the place.
    public init(_ json: JSON) throws(EnergyError) {
        self.init()
        do throws(JSONError) {
            var fields = try JSONFields(json)
            for var meter in try fields.objects("meters") ?? [] {
                let address = try meter.address("property")
                guard let role: EnergyRole = try meter.choice("role") else { throw meter.error("role", "is missing") }
                let isInverted = try meter.bool("inverted") ?? false
                guard role.isSigned || !isInverted else {
                    throw meter.error("inverted", "is for the roles grid and battery, whose signs say which way energy flows")
                }
                try meter.end()
                if isInverted { inverted.insert(address) }
                guard roles.updateValue(role, forKey: address) == nil else { throw meter.error("property", "stands there twice") }
            }
            try fields.end()
            guard roles.count <= Self.most else { throw fields.error("meters", "may name \(Self.most) at most") }
        } catch {
            throw EnergyError(.badMeters, "the meters: \(error.message)")
        }
    }

    /// What people said, as plain data, which ``init(_:)`` reads back.
    public var json: JSON {
        let sorted = roles.sorted { $0.key.description < $1.key.description }
        let meters = sorted.map { address, role -> JSON in
            var members: JSON.Members = ["property": .string("\(address)"), "role": .string(role.rawValue)]
            if role.isSigned, inverted.contains(address) { members.append("inverted", true) }
            return .object(members)
        }
        return ["meters": .array(meters)]
    }
}
