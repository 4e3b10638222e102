internal import LaresJSON

extension DemoDevices {
    /// What heats, cools, wets and moves the air.
    var climates: [DemoDevice] { [climate, radiator, boiler, humidifier, fan] }

    private var climate: DemoDevice {
        var draft = draft("living_climate", DemoName("Air conditioner", "空调"), in: .living, model: "Split heat pump")
        draft.part("climate", "climate", climateOptions(draft))
        draft.sensor("energy", class: "energy", unit: "kWh", accumulation: "total_increasing")
        draft.recall = { home, text in home.heatPumpMeter.recall(JSON(order: text)["energy"]) }
        draft.report(every: 120, gap: 5) { home in
            [
                "mode": .string(home.living.mode), "target": home.living.target.places(1), "fan": .string(home.living.fan),
                "preset": .string(home.living.preset), "action": .string(home.climateAction),
                "temperature": home.temperature(in: .living).places(1), "humidity": home.humidity(in: .living).places(0),
                "energy": home.heatPumpMeter.energy.places(1),
            ]
        }
        draft.obey("mode/set") { home, text in if ["off", "heat", "cool", "auto"].contains(text) { home.living.mode = text } }
        draft.obey("target/set") { home, text in if let number = JSON(order: text).number { home.living.target = min(30, max(16, number)) }
        }
        draft.obey("fan/set") { home, text in if ["auto", "low", "high"].contains(text) { home.living.fan = text } }
        draft.obey("preset/set") { home, text in home.living.preset = text == "away" ? "away" : "none" }
        return draft.finished
    }

    private func climateOptions(_ draft: DemoDraft) -> JSON.Members {
        var options: JSON.Members = [
            "modes": ["off", "heat", "cool", "auto"], "fan_modes": ["auto", "low", "high"], "preset_modes": ["away"], "min_temp": 16,
            "max_temp": 30, "temp_step": 0.5, "temperature_unit": "C", "current_temperature_topic": .string(draft.state),
            "current_temperature_template": "{{ value_json.temperature }}", "current_humidity_topic": .string(draft.state),
            "current_humidity_template": "{{ value_json.humidity }}", "action_topic": .string(draft.state),
            "action_template": "{{ value_json.action }}", "preset_mode_state_topic": .string(draft.state),
            "preset_mode_value_template": "{{ value_json.preset }}", "preset_mode_command_topic": draft.command("preset/set"),
        ]
        for (stem, member) in [("mode", "mode"), ("temperature", "target"), ("fan_mode", "fan")] {
            options.append("\(stem)_state_topic", .string(draft.state))
            options.append("\(stem)_state_template", .string("{{ value_json.\(member) }}"))
            options.append("\(stem)_command_topic", draft.command("\(member)/set"))
        }
        return options
    }

    private var radiator: DemoDevice {
        var draft = draft("bedroom_radiator", .zigbee, DemoName("Radiator", "暖气"), in: .bedroom, model: "TRV 2")
        let state = JSON.string(draft.state)
        draft.part(
            "climate", "climate",
            [
                "modes": ["off", "heat"], "min_temp": 5, "max_temp": 30, "temp_step": 0.5, "temperature_unit": "C",
                "mode_state_topic": state,
                "mode_state_template": "{{ value_json.system_mode }}", "mode_command_topic": draft.command("set/system_mode"),
                "temperature_state_topic": state, "temperature_state_template": "{{ value_json.occupied_heating_setpoint }}",
                "temperature_command_topic": draft.command("set/occupied_heating_setpoint"), "current_temperature_topic": state,
                "current_temperature_template": "{{ value_json.local_temperature }}", "action_topic": state,
                "action_template":
                    "{% set values = {None: None, 'idle': 'idle', 'heat': 'heating'} %}{{ values[value_json.running_state] }}",
            ])
        draft.battery()
        draft.report(every: 600, gap: 20) { home in
            [
                "system_mode": .string(home.bedroom.mode), "occupied_heating_setpoint": home.bedroom.target.places(1),
                "local_temperature": home.temperature(in: .bedroom).places(1),
                "running_state": .string(home.isBedroomHeated ? "heat" : "idle"),
                "battery": home.battery(DemoBattery.radiator.rawValue).places(0),
            ]
        }
        draft.obey("set/system_mode") { home, text in if text == "off" || text == "heat" { home.bedroom.mode = text } }
        draft.obey("set/occupied_heating_setpoint") { home, text in
            if let number = JSON(order: text).number { home.bedroom.target = min(30, max(5, number)) }
        }
        return draft.finished
    }

    private var boiler: DemoDevice {
        var draft = draft("water_heater", DemoName("Water heater", "热水器"), in: .bathroom, model: "Boiler 120 L")
        let state = JSON.string(draft.state)
        draft.part(
            "water_heater", "water_heater",
            [
                "modes": ["off", "eco", "performance"], "min_temp": 40, "max_temp": 65, "precision": 0.5, "temperature_unit": "C",
                "mode_state_topic": state, "mode_state_template": "{{ value_json.mode }}", "mode_command_topic": draft.command("mode/set"),
                "temperature_state_topic": state, "temperature_state_template": "{{ value_json.target }}",
                "temperature_command_topic": draft.command("target/set"), "current_temperature_topic": state,
                "current_temperature_template": "{{ value_json.temperature }}",
            ])
        draft.sensor("energy", class: "energy", unit: "kWh", accumulation: "total_increasing")
        draft.recall = { home, text in home.boilerMeter.recall(JSON(order: text)["energy"]) }
        draft.report(gap: 30) { home in
            [
                "mode": .string(home.boiler.mode), "target": home.boiler.target.places(1), "temperature": home.water.places(1),
                "energy": home.boilerMeter.energy.places(1),
            ]
        }
        draft.obey("mode/set") { home, text in if ["off", "eco", "performance"].contains(text) { home.boiler.mode = text } }
        draft.obey("target/set") { home, text in if let number = JSON(order: text).number { home.boiler.target = min(65, max(40, number)) }
        }
        return draft.finished
    }

    private var humidifier: DemoDevice {
        var draft = draft("bedroom_humidifier", DemoName("Humidifier", "加湿器"), in: .bedroom, model: "Mist 3")
        let state = JSON.string(draft.state)
        draft.part(
            "humidifier", "humidifier",
            [
                "state_topic": state, "state_value_template": "{{ value_json.state }}", "command_topic": draft.command(),
                "device_class": "humidifier",
                "target_humidity_state_topic": state, "target_humidity_state_template": "{{ value_json.target }}",
                "target_humidity_command_topic": draft.command("target/set"), "mode_state_topic": state,
                "mode_state_template": "{{ value_json.mode }}", "mode_command_topic": draft.command("mode/set"),
                "modes": ["normal", "sleep"],
                "min_humidity": 30, "max_humidity": 70, "current_humidity_topic": state,
                "current_humidity_template": "{{ value_json.humidity }}",
                "action_topic": state, "action_template": "{{ value_json.action }}",
            ])
        draft.report(gap: 120) { home in
            let settings = home.settings, humidity = home.humidity(in: .bedroom)
            let action = !settings.isHumidifierOn ? "off" : humidity < settings.humidifierTarget ? "humidifying" : "idle"
            return [
                "state": settings.isHumidifierOn ? "ON" : "OFF", "target": settings.humidifierTarget.places(0),
                "mode": .string(settings.humidifierMode), "humidity": humidity.places(0), "action": .string(action),
            ]
        }
        draft.obey { home, text in home.settings.isHumidifierOn = text == "ON" }
        draft.obey("target/set") { home, text in
            if let number = JSON(order: text).number { home.settings.humidifierTarget = min(70, max(30, number)) }
        }
        draft.obey("mode/set") { home, text in if ["normal", "sleep"].contains(text) { home.settings.humidifierMode = text } }
        return draft.finished
    }

    private var fan: DemoDevice {
        var draft = draft("bathroom_fan", DemoName("Ventilator", "排风扇"), in: .bathroom, model: "Vent 100")
        let state = JSON.string(draft.state)
        draft.part(
            "fan", "fan",
            [
                "state_topic": state, "state_value_template": "{{ value_json.state }}", "command_topic": draft.command(),
                "percentage_state_topic": state, "percentage_value_template": "{{ value_json.speed }}",
                "percentage_command_topic": draft.command("speed/set"), "oscillation_state_topic": state,
                "oscillation_value_template": "{{ value_json.oscillation }}", "oscillation_command_topic": draft.command("oscillation/set"),
            ])
        draft.report { home in
            [
                "state": home.settings.isFanOn ? "ON" : "OFF", "speed": home.settings.fanSpeed.places(0),
                "oscillation": home.settings.isOscillating ? "oscillate_on" : "oscillate_off",
            ]
        }
        draft.obey { home, text in home.settings.isFanOn = text == "ON" }
        draft.obey("speed/set") { home, text in
            guard let number = JSON(order: text).number else { return }
            home.settings.isFanOn = number > 0
            if number > 0 { home.settings.fanSpeed = min(100, number) }
        }
        draft.obey("oscillation/set") { home, text in home.settings.isOscillating = text == "oscillate_on" }
        return draft.finished
    }
}

extension VirtualHome {
    /// Whether the bedroom's radiator is warm.
    var isBedroomHeated: Bool { air[VirtualRoom.bedroom.rawValue].heat > 40 }
}
