internal import LaresJSON

extension DemoDevices {
    /// What moves to a place and stands there: blinds and the garden's valve.
    var shades: [DemoDevice] { [blind, bedroomBlind, valve] }

    private var blind: DemoDevice {
        var draft = draft("living_blind", DemoName("Venetian blind", "百叶窗"), in: .living, model: "Blind motor")
        let base = draft.base
        draft.part(
            "cover", "cover",
            [
                "device_class": "blind", "state_topic": .string(draft.state), "command_topic": draft.command(),
                "position_topic": .string(base + "/position"), "set_position_topic": draft.command("position/set"),
                "tilt_status_topic": .string(base + "/tilt"), "tilt_command_topic": draft.command("tilt/set"),
            ])
        draft.report(on: draft.state) { $0.blind.word }
        draft.report(on: base + "/position") { "\(Int($0.blind.position.rounded()))" }
        draft.report(on: base + "/tilt") { "\(Int($0.slats.position.rounded()))" }
        draft.obey { home, text in home.blind.obey(text) }
        draft.obey("position/set") { home, text in home.blind.obey(text) }
        draft.obey("tilt/set") { home, text in home.slats.obey(text) }
        return draft.finished
    }

    private var bedroomBlind: DemoDevice {
        var draft = draft("bedroom_blind", .zigbee, DemoName("Roller blind", "卷帘"), in: .bedroom, model: "Roller blind")
        let state = JSON.string(draft.state)
        draft.part(
            "cover", "cover",
            [
                "device_class": "shade", "command_topic": draft.command(), "position_topic": state,
                "position_template": "{{ value_json.position }}", "set_position_topic": draft.command(),
                "set_position_template": #"{ "position": {{ position }} }"#,
            ])
        draft.report { home in
            ["position": home.bedroomBlind.position.places(0), "state": home.bedroomBlind.position > 0 ? "OPEN" : "CLOSE"]
        }
        draft.obey { home, text in home.bedroomBlind.obey(JSON(order: text)["position"]?.serialized ?? text) }
        return draft.finished
    }

    private var valve: DemoDevice {
        var draft = draft("garden_valve", DemoName("Irrigation", "灌溉阀"), in: .garden, model: "Valve 3/4")
        draft.part(
            "valve", "valve",
            [
                "device_class": "water", "state_topic": .string(draft.state), "command_topic": draft.command(), "reports_position": true,
                "payload_stop": "STOP",
            ])
        draft.report { home in ["state": .string(home.valve.word), "position": home.valve.position.places(0)] }
        draft.obey { home, text in home.valve.obey(text) }
        return draft.finished
    }
}

extension Mover {
    /// Does what a word or a number says.
    mutating func obey(_ text: String) {
        switch text {
        case "OPEN": target = 100
        case "CLOSE": target = 0
        case "STOP": target = position
        default: if let place = JSON(order: text).number { target = min(100, max(0, place)) }
        }
    }
}
