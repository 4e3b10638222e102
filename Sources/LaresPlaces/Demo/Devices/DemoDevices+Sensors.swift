internal import LaresJSON

extension DemoDevices {
    /// What sees movement, openings and water.
    var detectors: [DemoDevice] {
        [
            motion("living_motion", .living, .motion, in: .living), motion("hall_motion", .hall, .hallMotion, in: .hall), presence,
            contact("kitchen_window", DemoName("Window", "窗户"), "window", .window, in: .kitchen) { $0.isWindowOpen(in: .kitchen) },
            contact("front_door", DemoName("Front door", "大门"), "door", .door, in: .hall) { $0.isDoorOpen },
            leak("kitchen_leak", .leak, in: .kitchen), leak("bathroom_leak", .bathroomLeak, in: .bathroom),
        ]
    }

    private func motion(_ id: String, _ room: VirtualRoom, _ battery: DemoBattery, in area: DemoArea) -> DemoDevice {
        var draft = draft(id, .zigbee, DemoName("Motion sensor", "人体传感器"), in: area, model: "Motion 2")
        draft.sensor("occupancy", "binary_sensor", class: "motion")
        draft.sensor("illuminance", class: "illuminance", unit: "lx")
        draft.battery()
        draft.report(every: 1_200, gap: 2) { home in
            // It measures the light when it sees somebody, and every ten minutes.
            [
                "occupancy": .bool(home.isMoving(in: room)), "illuminance": .int(home.coarse(home.illuminance(in: room))),
                "battery": home.battery(battery.rawValue).places(0),
            ]
        }
        return draft.finished
    }

    private var presence: DemoDevice {
        var draft = draft("study_presence", DemoName("Presence sensor", "存在传感器"), in: .study, model: "mmWave")
        draft.parts([
            ("binary_sensor", "occupancy", nil, ["device_class": "occupancy", "value_template": "{{ value_json.occupancy }}"]),
            (
                "sensor", "illuminance", nil,
                ["device_class": "illuminance", "unit_of_measurement": "lx", "value_template": "{{ value_json.illuminance }}"]
            ),
        ])
        draft.report(gap: 2) { home in
            [
                "occupancy": home.people(in: .study) > 0 ? "ON" : "OFF",
                "illuminance": .int(home.coarse(home.illuminance(in: .study))),
            ]
        }
        return draft.finished
    }

    private func contact(
        _ id: String, _ name: DemoName, _ quantity: String, _ battery: DemoBattery, in area: DemoArea,
        _ isOpen: @escaping @Sendable (VirtualHome) -> Bool
    ) -> DemoDevice {
        var draft = draft(id, .zigbee, name, in: area, model: "Contact 1")
        var options: JSON.Members = [
            "state_topic": .string(draft.state), "value_template": "{{ value_json.contact }}", "payload_on": false, "payload_off": true,
        ]
        options.append("device_class", .string(quantity))
        draft.part("binary_sensor", "contact", options)
        draft.battery()
        draft.report(every: 1_800) { home in
            ["contact": .bool(!isOpen(home)), "battery": home.battery(battery.rawValue).places(0)]
        }
        return draft.finished
    }

    private func leak(_ id: String, _ battery: DemoBattery, in area: DemoArea) -> DemoDevice {
        var draft = draft(id, .zigbee, DemoName("Leak detector", "水浸传感器"), in: area, model: "Water 1")
        draft.sensor("water_leak", "binary_sensor", class: "moisture")
        draft.battery()
        draft.report(every: 1_800) { home in ["water_leak": false, "battery": home.battery(battery.rawValue).places(0)] }
        return draft.finished
    }

    // MARK: Air

    /// What measures the air.
    var airs: [DemoDevice] {
        [
            quality("living_air", .living, in: .living), quality("study_air", .study, in: .study),
            climate("kitchen_air", .kitchenAir, in: .kitchen) { ($0.kitchenThermometer, $0.humidity(in: .kitchen)) },
            climate("bedroom_air", .bedroomAir, in: .bedroom) { ($0.temperature(in: .bedroom), $0.humidity(in: .bedroom)) },
            climate("bathroom_air", .bathroomAir, in: .bathroom) { home in
                home.isBathroomSilent ? nil : (home.temperature(in: .bathroom), home.humidity(in: .bathroom))
            },
        ]
    }

    private func quality(_ id: String, _ room: VirtualRoom, in area: DemoArea) -> DemoDevice {
        var draft = draft(id, DemoName("Air monitor", "空气监测仪"), in: area, model: "Air 5")
        draft.parts([
            part("temperature", "temperature", "°C", nil), part("humidity", "humidity", "%", nil),
            part("co2", "carbon_dioxide", "ppm", nil),
        ])
        draft.report(gap: 60) { home in
            [
                "temperature": home.temperature(in: room).places(1), "humidity": home.humidity(in: room).places(0),
                "co2": .int(Int(home.carbon(in: room) / 5) * 5),
            ]
        }
        return draft.finished
    }

    private func climate(
        _ id: String, _ battery: DemoBattery, in area: DemoArea, _ air: @escaping @Sendable (VirtualHome) -> (Double, Double)?
    ) -> DemoDevice {
        var draft = draft(id, .zigbee, DemoName("Thermometer", "温湿度计"), in: area, model: "Climate 1")
        draft.sensor("temperature", class: "temperature", unit: "°C")
        draft.sensor("humidity", class: "humidity", unit: "%")
        draft.battery()
        draft.report(every: 900, gap: 60) { home in
            guard let (temperature, humidity) = air(home) else { return nil }
            return [
                "temperature": temperature.places(1), "humidity": humidity.places(0), "battery": home.battery(battery.rawValue).places(0),
            ]
        }
        return draft.finished
    }
}

extension VirtualHome {
    /// Light as cheap sensors tell it, in steps of a fifth to a half.
    func coarse(_ lux: Double) -> Int {
        var step = 2.0
        while lux > step * 10, step < 20_000 { step *= step.truncatingRemainder(dividingBy: 5) == 0 ? 2 : 2.5 }
        return Int((min(max(0, lux), 200_000) / step).rounded() * step)
    }
}
