internal import LaresJSON
internal import LaresThings

extension DemoDevices {
    /// Plugs that switch and measure, and a lamp behind a relay.
    var plugs: [DemoDevice] {
        [
            television, multisocket, tasmota("washer", "DEC0DE000001", DemoName("Washing machine", "洗衣机"), .washer),
            tasmota("dishwasher", "DEC0DE000002", DemoName("Dishwasher", "洗碗机"), .dishwasher), hallLamp,
        ]
    }

    private var television: DemoDevice {
        var draft = draft("living_tv", .zigbee, DemoName("Television", "电视"), in: .living, model: "Plug 2")
        draft.part(
            "switch", "switch",
            [
                "state_topic": .string(draft.state), "value_template": "{{ value_json.state }}", "command_topic": draft.command(),
                "payload_on": "ON", "payload_off": "OFF", "device_class": "outlet",
            ])
        draft.sensor("power", class: "power", unit: "W")
        draft.sensor("energy", class: "energy", unit: "kWh", accumulation: "total_increasing")
        draft.recall = { home, text in home.televisionMeter.recall(JSON(order: text)["energy"]) }
        draft.report(gap: 10) { home in
            [
                "state": home.television.isOn ? "ON" : "OFF", "power": home.television.power.places(0),
                "energy": home.televisionMeter.energy.places(2),
            ]
        }
        draft.obey { home, text in home.television.isOn = (JSON(order: text)["state"]?.text ?? text) == "ON" }
        return draft.finished
    }

    private var multisocket: DemoDevice {
        var draft = draft("study_socket", DemoName("Desk socket", "书桌插座"), in: .study, model: "Socket 4")
        draft.part("switch", "switch", ["state_topic": .string(draft.state), "command_topic": draft.command(), "device_class": "outlet"])
        draft.report(on: draft.state) { $0.settings.isMultisocketOn ? "ON" : "OFF" }
        draft.obey { home, text in home.settings.isMultisocketOn = text == "ON" }
        return draft.finished
    }

    private func tasmota(_ id: String, _ mac: String, _ name: DemoName, _ machine: Machine) -> DemoDevice {
        let paper = TasmotaPaper(topic: "demo_\(id)", mac: mac, name: name.text(language), isLamp: false)
        let place = machine.rawValue
        return paper.device(
            id,
            sensors: { home in
                let power = home.machines[place].power
                return [
                    "Total": home.meters[place].energy.places(3), "Power": power.places(0), "Voltage": 231,
                    "Current": (power / 231).places(3),
                ]
            }, isOn: { $0.machines[place].isOn }, switching: { $0.machines[place].isOn = $1 })
    }

    private var hallLamp: DemoDevice {
        let place = LampPlace.hall.rawValue
        return TasmotaPaper(topic: "demo_hall_lamp", mac: "DEC0DE000003", name: DemoName("Hall light", "门厅灯").text(language), isLamp: true)
            .device("hall_lamp", sensors: nil, isOn: { $0.lamps[place].isOn }, switching: { $0.lamps[place].isOn = $1 })
    }
}

/// Writes what a device with Tasmota says.
private struct TasmotaPaper: Sendable {
    let topic, mac, name: String
    let isLamp: Bool

    func device(
        _ id: String, sensors: (@Sendable (VirtualHome) -> JSON)?, isOn: @escaping @Sendable (VirtualHome) -> Bool,
        switching: @escaping @Sendable (inout VirtualHome, Bool) -> Void
    ) -> DemoDevice {
        let power: @Sendable (VirtualHome) -> String = { isOn($0) ? "ON" : "OFF" }
        var streams = [
            stream("stat/\(topic)/RESULT", every: .infinity) { #"{"POWER":"\#(power($0))"}"# },
            stream("tele/\(topic)/STATE", every: 300, gap: 300) { #"{"POWER":"\#(power($0))","Wifi":{"Signal":-61},"UptimeSec":86400}"# },
        ]
        if let sensors {
            streams.append(
                stream("tele/\(topic)/SENSOR", every: 300, gap: 10) { home in JSON.object(["ENERGY": sensors(home)]).serialized })
        }
        let order: DemoOrder = { home, text in
            switch text.uppercased() {
            case "ON", "1": switching(&home, true)
            case "OFF", "0": switching(&home, false)
            case "TOGGLE", "2": switching(&home, !isOn(home))
            default: break
            }
        }
        let orders = ["POWER", "Power", "Power1", "POWER1"].map { ("cmnd/\(topic)/\($0)", order) }
        // What is asked for is said again, as everything is after an order.
        let nothing: DemoOrder = { _, _ in }
        let questions = ["STATE", "STATUS"].map { ("cmnd/\(topic)/\($0)", nothing) }
        return DemoDevice(
            id: id, family: .tasmota, announcements: announcements(hasSensors: sensors != nil),
            presence: ("tele/\(topic)/LWT", "Online", "Offline"), streams: streams,
            orders: Dictionary(orders + questions) { first, _ in first }, delay: 0.02...0.1)
    }

    private func stream(
        _ topic: String, every: Double, gap: Double = 1, _ content: @escaping @Sendable (VirtualHome) -> String
    ) -> DemoStream { DemoStream(topic: topic, every: every, gap: gap, isRetained: false, content: content) }

    private func announcements(hasSensors: Bool) -> [MQTTMessage] {
        let config: JSON = [
            "ip": "127.0.0.1", "dn": .string(name), "fn": [.string(name)], "hn": .string(topic), "mac": .string(mac),
            "md": .string(isLamp ? "Relay 1" : "Plug S"), "ty": 0, "if": 0, "ofln": "Offline", "onln": "Online",
            "state": ["OFF", "ON", "TOGGLE", "HOLD"], "sw": "14.2.0", "t": .string(topic), "ft": "%prefix%/%topic%/",
            "tp": ["cmnd", "stat", "tele"], "rl": [1, 0], "swc": [-1], "swn": [.null], "btn": [0],
            "so": ["4": 0, "11": 0, "13": 0, "30": isLamp ? 1 : 0, "73": 0, "114": 0], "lk": 0, "lt_st": 0, "bat": 0, "dslp": 0, "ver": 1,
        ]
        let energy: JSON = ["Total": 0, "Power": 0, "Voltage": 231, "Current": 0]
        let sensors: JSON = hasSensors ? ["sn": ["ENERGY": energy], "ver": 1] : ["sn": [:], "ver": 1]
        return [("config", config), ("sensors", sensors)].map { end, json in
            MQTTMessage("tasmota/discovery/\(mac)/\(end)", json.data, quality: .atLeastOnce, isRetained: true)
        }
    }
}
