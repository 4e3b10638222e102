internal import LaresJSON

extension DemoDevices {
    /// What works, plays and shows.
    var appliances: [DemoDevice] { [vacuum, oven, fridge, remote, scenes, display] }

    private var vacuum: DemoDevice {
        var draft = draft("vacuum", DemoName("Robot vacuum", "扫地机器人"), in: .living, model: "Robot S")
        draft.part(
            "vacuum", "vacuum",
            [
                "state_topic": .string(draft.state), "command_topic": draft.command(),
                "set_fan_speed_topic": draft.command("fan_speed/set"),
                "fan_speed_list": ["quiet", "standard", "max"],
                "supported_features": ["start", "stop", "pause", "return_home", "battery", "status", "locate", "fan_speed"],
            ])
        draft.report(gap: 2) { home in
            [
                "state": .string(home.vacuum.state), "battery_level": home.vacuum.battery.places(0),
                "fan_speed": .string(home.vacuum.speed),
            ]
        }
        draft.obey { home, text in
            switch text {
            case "start": home.vacuum.start()
            case "stop": if home.vacuum.state != "docked" { home.vacuum.state = "idle" }
            case "pause": if home.vacuum.state == "cleaning" { home.vacuum.state = "paused" }
            case "return_to_base": home.vacuum.goHome()
            default: break
            }
        }
        draft.obey("fan_speed/set") { home, text in if ["quiet", "standard", "max"].contains(text) { home.vacuum.speed = text } }
        return draft.finished
    }

    private var oven: DemoDevice {
        var draft = draft("oven", DemoName("Oven", "烤箱"), in: .kitchen, model: "Oven 60")
        let state = JSON.string(draft.state)
        draft.part(
            "select", "programme", name: DemoName("Programme", "模式"),
            [
                "state_topic": state, "value_template": "{{ value_json.programme }}", "command_topic": draft.command("programme/set"),
                "options": ["off", "convection", "grill", "top_bottom"],
            ])
        draft.part(
            "number", "target", name: DemoName("Target", "目标温度"),
            [
                "state_topic": state, "value_template": "{{ value_json.target }}", "command_topic": draft.command("target/set"), "min": 30,
                "max": 275, "step": 5, "unit_of_measurement": "°C",
            ])
        draft.sensor("temperature", class: "temperature", unit: "°C")
        draft.report(gap: 20) { home in
            [
                "programme": .string(home.settings.oven), "target": home.settings.ovenTarget.places(0), "temperature": home.oven.places(0),
            ]
        }
        draft.obey("programme/set") { home, text in
            if ["off", "convection", "grill", "top_bottom"].contains(text) { home.settings.oven = text }
        }
        draft.obey("target/set") { home, text in
            if let number = JSON(order: text).number { home.settings.ovenTarget = min(275, max(30, number)) }
        }
        return draft.finished
    }

    private var fridge: DemoDevice {
        var draft = draft("fridge", .zigbee, DemoName("Fridge", "冰箱"), in: .kitchen, model: "Fridge sensor")
        draft.sensor("temperature", class: "temperature", unit: "°C")
        draft.part(
            "binary_sensor", "door", name: DemoName("Door", "冰箱门"),
            [
                "device_class": "door", "state_topic": .string(draft.state), "value_template": "{{ value_json.contact }}",
                "payload_on": false,
                "payload_off": true,
            ])
        draft.battery()
        draft.report(every: 900, gap: 240) { home in
            [
                "temperature": home.fridge.places(1), "contact": .bool(!home.isFridgeOpen),
                "battery": home.battery(DemoBattery.fridge.rawValue).places(0),
            ]
        }
        return draft.finished
    }

    private var remote: DemoDevice {
        var draft = draft("living_remote", .zigbee, DemoName("Remote", "遥控器"), in: .living, model: "Remote 4")
        let topic = draft.base + "/action"
        for action in ["single", "double", "film"] {
            draft.part(
                "device_automation", "action_\(action)",
                [
                    "automation_type": "trigger", "type": "action", "subtype": .string(action), "payload": .string(action),
                    "topic": .string(topic),
                ])
        }
        draft.battery()
        draft.report(every: 3_600) { home in ["battery": home.battery(DemoBattery.remote.rawValue).places(0)] }
        draft.tell(on: topic, { $0.presses[.remote]?.count ?? 0 }) { $0.presses[.remote]?.event }
        return draft.finished
    }

    private var scenes: DemoDevice {
        var draft = draft("scenes", DemoName("Scenes", "场景"), in: .living, model: "Light controller")
        let scenes = [("bright", DemoName("Bright", "明亮")), ("film", DemoName("Film", "观影")), ("night", DemoName("Good night", "晚安"))]
        for (id, name) in scenes {
            draft.part("scene", id, name: name, ["command_topic": draft.command("\(id)/set"), "payload_on": "ON"])
            draft.obey("\(id)/set") { home, _ in home.show(id) }
        }
        return draft.finished
    }

    private var display: DemoDevice {
        var draft = draft("study_display", DemoName("Desk display", "桌面屏"), in: .study, model: "E-paper 4.2")
        let state = JSON.string(draft.state)
        draft.part(
            "text", "message", name: DemoName("Message", "留言"),
            ["state_topic": state, "value_template": "{{ value_json.message }}", "command_topic": draft.command("message/set"), "max": 80])
        draft.part(
            "number", "contrast", name: DemoName("Contrast", "对比度"),
            [
                "state_topic": state, "value_template": "{{ value_json.contrast }}", "command_topic": draft.command("contrast/set"),
                "min": 0,
                "max": 100, "unit_of_measurement": "%", "entity_category": "config",
            ])
        draft.part(
            "select", "page", name: DemoName("Page", "页面"),
            [
                "state_topic": state, "value_template": "{{ value_json.page }}", "command_topic": draft.command("page/set"),
                "options": ["clock", "weather", "energy"],
            ])
        draft.part(
            "update", "firmware", name: DemoName("Firmware", "固件"),
            [
                "state_topic": state, "device_class": "firmware", "command_topic": draft.command("firmware/set"),
                "payload_install": "install",
                "value_template":
                    #"{"installed_version": "{{ value_json.firmware }}", "latest_version": "1.5.0", "update_percentage": null}"#,
            ])
        draft.report { home in
            [
                "message": .string(home.settings.message), "contrast": home.settings.display.places(0), "page": .string(home.settings.page),
                "firmware": .string(home.settings.firmware),
            ]
        }
        draft.obey("message/set") { home, text in home.settings.message = String(text.prefix(80)) }
        draft.obey("contrast/set") { home, text in
            if let number = JSON(order: text).number { home.settings.display = min(100, max(0, number)) }
        }
        draft.obey("page/set") { home, text in if ["clock", "weather", "energy"].contains(text) { home.settings.page = text } }
        draft.obey("firmware/set") { home, text in if text == "install" { home.settings.firmware = "1.5.0" } }
        return draft.finished
    }
}

extension VirtualHome {
    /// Sets the light of the living room.
    mutating func show(_ scene: String) {
        let (ceiling, strip) = (LampPlace.ceiling.rawValue, LampPlace.strip.rawValue)
        switch scene {
        case "bright": (lamps[ceiling].isOn, lamps[ceiling].brightness, lamps[strip].isOn) = (true, 100, true)
        case "film": (lamps[ceiling].isOn, lamps[strip].isOn, lamps[strip].brightness, blind.target) = (false, true, 30, 0)
        default:
            for place in lamps.indices { lamps[place].isOn = false }
            (blind.target, bedroomBlind.target) = (0, 0)
        }
    }
}
