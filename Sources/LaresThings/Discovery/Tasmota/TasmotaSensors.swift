internal import LaresJSON

/// What a device with Tasmota measures, by its message "…/sensors": `{"sn": {"AM2301": {"Temperature": 21.3}, "TempUnit": "C"}}`.
extension TasmotaDevice {
    /// At most so many measurements of one device are read.
    private static let mostMeasurements = 200

    /// One part with all of them; none where nothing is measured.
    func measurements(by json: JSON?) -> [Part] {
        guard case .object(let groups)? = json?["sn"] else { return [] }
        let found = TasmotaMeasurement.all(in: groups, most: Self.mostMeasurements)
        guard !found.isEmpty else { return [] }
        var counts: [String: Int] = [:]
        for measurement in found { counts[measurement.quantity?.name ?? "", default: 0] += 1 }
        var (properties, readers): ([Property], [Reader]) = ([], [])
        for measurement in found {
            let isOnly = measurement.quantity.map { counts[$0.name] == 1 } ?? false
            let name = isOnly ? measurement.quantity?.name ?? measurement.longName : measurement.longName
            guard Slug.isProperty(name), !properties.contains(where: { $0.name == name }) else { continue }
            properties.append(measurement.property(name, groups))
            let form: any Form =
                measurement.isNumber ? NumberForm(property: properties.count - 1) : TextForm(property: properties.count - 1)
            readers.append(Reader(sensors, .value(ValueTemplate(path: measurement.path), form)))
            readers.append(Reader(askedSensors, .value(ValueTemplate(path: [.member("StatusSNS")] + measurement.path), form)))
        }
        return [part("sensors", "sensor", name: nil, properties: properties, readers: readers)]
    }
}

/// One thing that is measured.
private struct TasmotaMeasurement {
    let path: [TemplatePath.Step]
    let longName: String
    let quantity: Quantity?
    let isNumber: Bool
    /// Whether it has an energy that isn't counted in kWh.
    let isOddEnergy: Bool

    struct Quantity {
        let name: String
        let unit: String?
        var accumulation: Property.Accumulation? = .measurement
        /// What Home Assistant calls what it measures, where the name isn't that.
        var quantity: String?
    }

    func property(_ name: String, _ groups: JSON.Members) -> Property {
        let unit = isOddEnergy ? nil : unit(groups).flatMap(Unit.init(announced:))
        return Property(
            name, isNumber ? .number(.any) : .text(longest: 255), label: CleanText.name(label), unit: unit,
            quantity: isOddEnergy ? nil : quantity.map { $0.quantity ?? $0.name }, accumulation: isNumber ? quantity?.accumulation : nil)
    }

    private var label: String {
        path.map { step in
            switch step {
            case .member(let name): name
            case .element(let place): "\(place + 1)"
            }
        }.joined(separator: " ")
    }

    /// Some units are said once for all groups.
    private func unit(_ groups: JSON.Members) -> String? {
        switch quantity?.name {
        case "temperature", "dew_point": groups["TempUnit"]?.text ?? "°C"
        case "pressure", "sea_pressure": groups["PressureUnit"]?.text ?? "hPa"
        case "speed": groups["SpeedUnit"]?.text
        default: quantity?.unit
        }
    }

    static func all(in groups: JSON.Members, most: Int) -> [TasmotaMeasurement] {
        var found: [TasmotaMeasurement] = []
        func add(_ path: [TemplatePath.Step], _ names: [String], _ value: JSON) {
            guard found.count < most, let name = Slug.property(names.joined(separator: " ")) else { return }
            let known = quantities[names.last ?? ""] ?? (names.count > 2 ? quantities[names[1]] : nil) ?? Self.pin(names)
            let isOddEnergy = (names[0] == "AS3935" || names[0] == "LD2410") && names[1] == "Energy"
            found.append(
                TasmotaMeasurement(
                    path: path, longName: name, quantity: known, isNumber: value.number != nil || known?.unit != nil,
                    isOddEnergy: isOddEnergy))
        }
        for (group, sensor) in groups where !["Time", "PN532", "RDM6300"].contains(group) {
            guard case .object(let readings) = sensor else { continue }
            for (reading, value) in readings {
                let path = [TemplatePath.Step.member(group), .member(reading)]
                switch value {
                case .object(let parts): for (part, value) in parts { add(path + [.member(part)], [group, reading, part], value) }
                case .array(let elements):
                    for (place, value) in elements.prefix(16).enumerated() {
                        add(path + [.element(place)], [group, reading, "\(place + 1)"], value)
                    }
                default: add(path, [group, reading], value)
                }
            }
        }
        return found
    }

    /// Readings of "ANALOG" have the number of the pin behind them.
    private static func pin(_ names: [String]) -> Quantity? {
        guard names[0] == "ANALOG", let last = names[1].last, last.isNumber else { return nil }
        return quantities[String(names[1].dropLast())]
    }

    private static let quantities: [String: Quantity] = [
        "Temperature": Quantity(name: "temperature", unit: "°C"), "Humidity": Quantity(name: "humidity", unit: "%"),
        "DewPoint": Quantity(name: "dew_point", unit: "°C", quantity: "temperature"), "Pressure": Quantity(name: "pressure", unit: "hPa"),
        "SeaPressure": Quantity(name: "sea_pressure", unit: "hPa", quantity: "pressure"), "Speed": Quantity(name: "speed", unit: "km/h"),
        "Illuminance": Quantity(name: "illuminance", unit: "lx"), "Ambient": Quantity(name: "illuminance", unit: "lx"),
        "Battery": Quantity(name: "battery", unit: "%"), "CCT": Quantity(name: "cct", unit: "K", quantity: "color_temperature"),
        "CarbonDioxide": Quantity(name: "carbon_dioxide", unit: "ppm"),
        "eCO2": Quantity(name: "eco2", unit: "ppm", quantity: "carbon_dioxide"),
        "TVOC": Quantity(name: "tvoc", unit: "ppb", quantity: "volatile_organic_compounds_parts"),
        "Moisture": Quantity(name: "moisture", unit: "%"),
        "Distance": Quantity(name: "distance", unit: "cm"), "Weight": Quantity(name: "weight", unit: "kg"),
        "PM1": Quantity(name: "pm1", unit: "µg/m³"), "PM2.5": Quantity(name: "pm25", unit: "µg/m³"),
        "PM10": Quantity(name: "pm10", unit: "µg/m³"),
        "CF1": Quantity(name: "cf1", unit: "µg/m³"), "CF2.5": Quantity(name: "cf25", unit: "µg/m³"),
        "CF10": Quantity(name: "cf10", unit: "µg/m³"),
        "Power": Quantity(name: "power", unit: "W"), "ActivePower": Quantity(name: "active_power", unit: "W", quantity: "power"),
        "ApparentPower": Quantity(name: "apparent_power", unit: "VA"), "ReactivePower": Quantity(name: "reactive_power", unit: "var"),
        "Factor": Quantity(name: "power_factor", unit: nil), "Voltage": Quantity(name: "voltage", unit: "V"),
        "Current": Quantity(name: "current", unit: "A"),
        "CurrentNeutral": Quantity(name: "current_neutral", unit: "A", quantity: "current"),
        "Frequency": Quantity(name: "frequency", unit: "Hz"),
        "PhaseAngle": Quantity(name: "phase_angle", unit: "°"),
        "Total": Quantity(name: "energy", unit: "kWh", accumulation: .totalIncreasing),
        "Energy": Quantity(name: "energy", unit: "kWh", accumulation: .total),
        "TotalTariff": Quantity(name: "energy_tariff", unit: "kWh", accumulation: .totalIncreasing, quantity: "energy"),
        "Today": Quantity(name: "energy_today", unit: "kWh", accumulation: .totalIncreasing, quantity: "energy"),
        "Yesterday": Quantity(name: "energy_yesterday", unit: "kWh", accumulation: nil, quantity: "energy"),
        "ExportActive": Quantity(name: "energy_export", unit: "kWh", accumulation: .total, quantity: "energy"),
        "ExportTariff": Quantity(name: "energy_export_tariff", unit: "kWh", accumulation: .total, quantity: "energy"),
        "ImportActive": Quantity(name: "energy_import", unit: "kWh", accumulation: .total, quantity: "energy"),
        "ExportReactive": Quantity(name: "reactive_export", unit: "kvarh", accumulation: .total, quantity: "reactive_energy"),
        "ImportReactive": Quantity(name: "reactive_import", unit: "kvarh", accumulation: .total, quantity: "reactive_energy"),
        "TotalStartTime": Quantity(name: "energy_start", unit: nil, accumulation: nil, quantity: "timestamp"),
    ]
}
