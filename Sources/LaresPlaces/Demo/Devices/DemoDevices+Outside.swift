internal import LaresJSON

extension DemoDevices {
    /// What makes, stores and buys power.
    var meters: [DemoDevice] { [inverter, gridMeter, carCharger] }

    private var inverter: DemoDevice {
        var draft = draft("solar_inverter", DemoName("Solar inverter", "光伏逆变器"), in: .garden, model: "Hybrid 6")
        draft.parts([
            part("power", "power", "W", DemoName("Solar power", "光伏功率")),
            part("energy", "energy", "kWh", DemoName("Solar energy", "光伏电量"), "total_increasing"),
            part("battery_power", "power", "W", DemoName("Battery power", "电池功率")),
            part("battery_charge", "battery", "%", DemoName("Battery charge", "电池电量")),
        ])
        draft.power("battery_order", name: DemoName("Battery order", "电池指令"), in: -EnergyFlow.most...EnergyFlow.most)
        draft.obey("battery_order/set") { home, text in
            if let watts = Double(text), watts.isFinite { home.energy.tell(watts, at: home.time) }
        }
        draft.recall = { home, text in home.energy.solar.recall(JSON(order: text)["energy"]) }
        draft.report(gap: 10) { home in
            let energy = home.energy
            return [
                "power": (energy.solar.power / 5).rounded().places(0).times(5), "energy": energy.solar.energy.places(2),
                "battery_power": (energy.battery / 5).rounded().places(0).times(5), "battery_charge": energy.charge.places(0),
                "battery_order": (energy.order ?? 0).places(0),
            ]
        }
        return draft.finished
    }

    private var carCharger: DemoDevice {
        var draft = draft("car_charger", DemoName("Car charger", "充电桩"), in: .garden, model: "Charger 11")
        draft.parts([
            part("car_charge", "battery", "%", DemoName("Car charge", "汽车电量")),
            part("car_energy", "energy", "kWh", DemoName("Car energy", "汽车用电"), "total_increasing"),
        ])
        draft.sensor("plugged", "binary_sensor", name: DemoName("Plugged in", "已连接"), class: "plug", accumulation: nil)
        draft.power("charging_power", name: DemoName("Charging power", "充电功率"), in: 0...VirtualCar.most)
        draft.obey("charging_power/set") { home, text in
            if let watts = Double(text), watts.isFinite { home.car.tell(watts, at: home.time) }
        }
        draft.recall = { home, text in home.car.meter.recall(JSON(order: text)["car_energy"]) }
        draft.report(gap: 10) { home in
            let car = home.car
            return [
                "car_charge": car.charge.places(0), "car_energy": car.meter.energy.places(2), "plugged": .bool(car.isPlugged),
                "charging_power": (car.order ?? 0).places(0),
            ]
        }
        return draft.finished
    }

    private var gridMeter: DemoDevice {
        var draft = draft("grid_meter", DemoName("Grid meter", "电表"), in: .hall, model: "Meter 3")
        draft.parts([
            part("power", "power", "W", DemoName("Grid power", "电网功率")),
            part("load", "power", "W", DemoName("House power", "家庭功率")),
            part("imported", "energy", "kWh", DemoName("Energy bought", "购电量"), "total_increasing"),
            part("exported", "energy", "kWh", DemoName("Energy sold", "售电量"), "total_increasing"),
        ])
        draft.recall = { home, text in
            home.energy.imported.recall(JSON(order: text)["imported"])
            home.energy.exported.recall(JSON(order: text)["exported"])
        }
        draft.report(gap: 10) { home in
            let energy = home.energy
            return [
                "power": energy.grid.places(0), "load": energy.load.power.places(0), "imported": energy.imported.energy.places(2),
                "exported": energy.exported.energy.places(2),
            ]
        }
        return draft.finished
    }

    func part(
        _ member: String, _ quantity: String, _ unit: String, _ name: DemoName?, _ accumulation: String = "measurement"
    ) -> (component: String, object: String, name: DemoName?, options: JSON.Members) {
        let options: JSON.Members = [
            "device_class": .string(quantity), "unit_of_measurement": .string(unit), "state_class": .string(accumulation),
            "value_template": .string("{{ value_json.\(member) }}"),
        ]
        return ("sensor", member, name, options)
    }

    // MARK: Garden

    /// What is out in the garden.
    var outside: [DemoDevice] { [weatherStation, soil] }

    private var weatherStation: DemoDevice {
        var draft = draft("weather_station", DemoName("Weather station", "气象站"), in: .garden, model: "Station 7")
        draft.parts([
            part("temperature", "temperature", "°C", DemoName("Temperature", "温度")),
            part("humidity", "humidity", "%", DemoName("Humidity", "湿度")), part("wind", "wind_speed", "m/s", DemoName("Wind", "风速")),
            part("rain", "precipitation", "mm", DemoName("Rain", "雨量"), "total_increasing"),
            part("illuminance", "illuminance", "lx", DemoName("Light", "光照")),
            part("irradiance", "irradiance", "W/m²", DemoName("Sun", "太阳辐射")),
        ])
        draft.recall = { home, text in home.rained = max(home.rained, JSON(order: text)["rain"]?.number ?? 0) }
        draft.report(gap: 60) { home in
            let weather = home.weather
            return [
                "temperature": weather.temperature.places(1), "humidity": weather.humidity.places(0), "wind": weather.wind.places(1),
                "rain": home.rained.places(1), "illuminance": .int(home.coarse(weather.illuminance)),
                "irradiance": weather.irradiance.places(0),
            ]
        }
        return draft.finished
    }

    private var soil: DemoDevice {
        var draft = draft("garden_soil", .zigbee, DemoName("Soil sensor", "土壤传感器"), in: .garden, model: "Soil 1")
        draft.sensor("soil_moisture", class: "moisture", unit: "%")
        draft.battery()
        draft.report(every: 1_800, gap: 120) { home in
            ["soil_moisture": home.soil.places(0), "battery": home.battery(DemoBattery.soil.rawValue).places(0)]
        }
        return draft.finished
    }

    // MARK: People

    /// The telephones of those who live here, which say where they are.
    var people: [DemoDevice] { [phone(.anna, DemoName("Anna", "小雅")), phone(.ben, DemoName("Ben", "大明"))] }

    private func phone(_ person: Inhabitant, _ name: DemoName) -> DemoDevice {
        var draft = draft(person == .anna ? "anna" : "ben", name, in: nil, model: "Telephone")
        draft.part(
            "device_tracker", "tracker",
            [
                "state_topic": .string(draft.state), "json_attributes_topic": .string(draft.base + "/attributes"), "source_type": "gps",
            ])
        let (latitude, longitude) = (latitude, longitude)
        draft.report(on: draft.state, every: 900) { $0.isHome(person) ? "home" : "not_home" }
        draft.report(on: draft.base + "/attributes", every: 900, gap: 60) { home in
            // Work lies three kilometres to the north-east.
            let away = home.isHome(person) ? 0.0 : 0.02
            let place: JSON = [
                "latitude": min(90, latitude + away).places(5), "longitude": min(180, longitude + away).places(5), "gps_accuracy": 12,
            ]
            return place.serialized
        }
        return draft.finished
    }
}

extension Meter {
    /// Goes on from a reading, never back.
    mutating func recall(_ reading: JSON?) {
        if let reading = reading?.number, reading < 1e9 { energy = max(energy, reading) }
    }
}

extension JSON {
    /// A whole number so many times.
    fileprivate func times(_ factor: Int) -> JSON {
        guard case .int(let whole) = self else { return self }
        return .int(whole * factor)
    }
}
