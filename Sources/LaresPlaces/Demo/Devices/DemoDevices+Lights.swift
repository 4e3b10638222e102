package import LaresJSON

extension DemoDevices {
    /// One lamp of each way in which lamps are announced.
    var lights: [DemoDevice] { [ceiling, strip, kitchenLamp, bedroomLamp, studyLamp, bathroomLamp] }

    private var ceiling: DemoDevice {
        var draft = draft("living_ceiling", .zigbee, DemoName("Ceiling light", "吸顶灯"), in: .living, model: "White ambiance E27")
        draft.part(
            "light", "light",
            [
                "schema": "json", "state_topic": .string(draft.state), "command_topic": draft.command(), "brightness": true,
                "brightness_scale": 254, "supported_color_modes": ["color_temp"], "min_mireds": 153, "max_mireds": 454,
            ])
        draft.part(
            "select", "power_on_behavior", name: DemoName("Power-on behavior", "通电状态"),
            [
                "state_topic": .string(draft.state), "value_template": "{{ value_json.power_on_behavior }}",
                "command_topic": draft.command(),
                "command_template": #"{"power_on_behavior": "{{ value }}"}"#, "options": ["off", "on", "previous"],
                "entity_category": "config",
            ])
        draft.sensor("linkquality", name: DemoName("Link quality", "信号质量"), class: nil, unit: "lqi", isDiagnostic: true)
        draft.report { home in
            let lamp = home.lamp(.ceiling)
            return [
                "state": lamp.isOn ? "ON" : "OFF", "brightness": (lamp.brightness * 2.54).places(0), "color_mode": "color_temp",
                "color_temp": (1e6 / lamp.kelvin).places(0), "power_on_behavior": .string(home.settings.powerOn), "linkquality": 131,
            ]
        }
        draft.obey { home, text in
            let wanted = JSON(order: text)
            home.set(.ceiling, wanted, scale: 254)
            if let word = wanted["power_on_behavior"]?.text { home.settings.powerOn = word }
        }
        return draft.finished
    }

    private var strip: DemoDevice {
        var draft = draft("living_strip", DemoName("Light strip", "氛围灯带"), in: .living, model: "LED strip")
        draft.part(
            "light", "light",
            [
                "schema": "json", "state_topic": .string(draft.state), "command_topic": draft.command(), "brightness": true,
                "supported_color_modes": ["hs"], "effect": true, "effect_list": ["none", "candle", "rainbow", "waves"],
            ])
        draft.report { home in
            let lamp = home.lamp(.strip)
            return [
                "state": lamp.isOn ? "ON" : "OFF", "brightness": (lamp.brightness * 2.55).places(0), "color_mode": "hs",
                "color": ["h": lamp.hue.places(3), "s": lamp.saturation.places(3)], "effect": .string(lamp.effect),
            ]
        }
        draft.obey { home, text in home.set(.strip, JSON(order: text), scale: 255) }
        return draft.finished
    }

    private var kitchenLamp: DemoDevice {
        var draft = draft("kitchen_lamp", DemoName("Kitchen light", "厨房灯"), in: .kitchen, model: "Panel")
        let base = draft.base
        draft.part(
            "light", "light",
            [
                "state_topic": .string(draft.state), "command_topic": draft.command(),
                "brightness_state_topic": .string(base + "/brightness"),
                "brightness_command_topic": draft.command("brightness/set"), "color_temp_state_topic": .string(base + "/color_temp"),
                "color_temp_command_topic": draft.command("color_temp/set"), "min_mireds": 167, "max_mireds": 370,
            ])
        draft.report(on: draft.state) { $0.lamp(.kitchen).isOn ? "ON" : "OFF" }
        draft.report(on: base + "/brightness") { "\(Int(($0.lamp(.kitchen).brightness * 2.55).rounded()))" }
        draft.report(on: base + "/color_temp") { "\(Int((1e6 / $0.lamp(.kitchen).kelvin).rounded()))" }
        draft.obey { home, text in home.set(.kitchen, ["state": .string(text)], scale: 255) }
        draft.obey("brightness/set") { home, text in home.set(.kitchen, ["brightness": JSON(order: text)], scale: 255) }
        draft.obey("color_temp/set") { home, text in home.set(.kitchen, ["color_temp": JSON(order: text)], scale: 255) }
        return draft.finished
    }

    private var bedroomLamp: DemoDevice {
        var draft = draft("bedroom_lamp", DemoName("Bedside lamp", "床头灯"), in: .bedroom, model: "Night light")
        draft.part(
            "light", "light",
            [
                "schema": "template", "state_topic": .string(draft.state), "command_topic": draft.command(),
                "command_on_template":
                    #"{"power": 1{% if brightness is defined %}, "dim": {{ brightness }}{% endif %}{% if color_temp is defined %}, "warmth": {{ color_temp }}{% endif %}}"#,
                "command_off_template": #"{"power": 0}"#, "state_template": "{{ 'on' if value_json.power == 1 else 'off' }}",
                "brightness_template": "{{ value_json.dim }}", "color_temp_template": "{{ value_json.warmth }}",
            ])
        draft.report { home in
            let lamp = home.lamp(.bedroom)
            return [
                "power": lamp.isOn ? 1 : 0, "dim": (lamp.brightness * 2.55).places(0), "warmth": (1e6 / lamp.kelvin).places(0),
            ]
        }
        draft.obey { home, text in
            let wanted = JSON(order: text)
            var plain: JSON.Members = ["state": wanted["power"] == 0 ? "OFF" : "ON"]
            if let dim = wanted["dim"] { plain.append("brightness", dim) }
            if let warmth = wanted["warmth"] { plain.append("color_temp", warmth) }
            home.set(.bedroom, .object(plain), scale: 255)
        }
        return draft.finished
    }

    private var studyLamp: DemoDevice { dimmed("study_lamp", .wifi, .study, DemoName("Desk lamp", "台灯"), in: .study) }

    private var bathroomLamp: DemoDevice { dimmed("bathroom_lamp", .zigbee, .bathroom, DemoName("Mirror light", "镜前灯"), in: .bathroom) }

    private func dimmed(_ id: String, _ family: DemoFamily, _ place: LampPlace, _ name: DemoName, in area: DemoArea) -> DemoDevice {
        var draft = draft(id, family, name, in: area, model: "Dimmer")
        draft.part(
            "light", "light",
            [
                "schema": "json", "state_topic": .string(draft.state), "command_topic": draft.command(), "brightness": true,
                "supported_color_modes": ["brightness"],
            ])
        draft.report { home in
            let lamp = home.lamp(place)
            return [
                "state": lamp.isOn ? "ON" : "OFF", "brightness": (lamp.brightness * 2.55).places(0), "color_mode": "brightness",
            ]
        }
        draft.obey { home, text in home.set(place, JSON(order: text), scale: 255) }
        return draft.finished
    }
}

extension VirtualHome {
    /// Sets a lamp by the members that lamps with JSON take.
    ///
    /// - Parameter scale: The lamp's number for full brightness.
    package mutating func set(_ place: LampPlace, _ wanted: JSON, scale: Double) {
        var lamp = lamps[place.rawValue]
        if let word = wanted["state"]?.text { lamp.isOn = word == "ON" }
        if let level = wanted["brightness"]?.number {
            lamp.isOn = level > 0
            if level > 0 { lamp.brightness = min(100, level / scale * 100) }
        }
        if let mireds = wanted["color_temp"]?.number, (100...600).contains(mireds) { lamp.kelvin = 1e6 / mireds }
        if let hue = wanted["color"]?["h"]?.number, let saturation = wanted["color"]?["s"]?.number {
            (lamp.hue, lamp.saturation) = (min(360, max(0, hue)), min(100, max(0, saturation)))
        }
        if let effect = wanted["effect"]?.text { lamp.effect = effect }
        lamps[place.rawValue] = lamp
    }
}
