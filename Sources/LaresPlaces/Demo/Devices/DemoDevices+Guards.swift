internal import LaresJSON

extension DemoDevices {
    /// What guards the house: lock, alarm, siren, smoke.
    var guards: [DemoDevice] { [lock, alarm, siren, smoke, bell] }

    private var lock: DemoDevice {
        var draft = draft("front_lock", DemoName("Front door lock", "门锁"), in: .hall, model: "Smart lock")
        draft.part("lock", "lock", ["state_topic": .string(draft.state), "command_topic": draft.command()])
        draft.report(on: draft.state) { $0.lock.state.uppercased() }
        draft.obey { home, text in home.turnLock(locking: text == "LOCK") }
        return draft.finished
    }

    private var alarm: DemoDevice {
        var draft = draft("alarm", DemoName("Alarm", "安防"), in: .hall, model: "Panel")
        draft.part(
            "alarm_control_panel", "alarm",
            [
                "state_topic": .string(draft.state), "command_topic": draft.command(),
                "supported_features": ["arm_home", "arm_away", "arm_night", "trigger"],
            ])
        draft.report(on: draft.state) { $0.alarm }
        draft.obey { home, text in
            let states = [
                "DISARM": "disarmed", "ARM_HOME": "armed_home", "ARM_AWAY": "armed_away", "ARM_NIGHT": "armed_night",
                "TRIGGER": "triggered",
            ]
            guard let state = states[text] else { return }
            home.alarm = state
            home.sound(state == "triggered", seconds: 180)
        }
        return draft.finished
    }

    private var siren: DemoDevice {
        var draft = draft("siren", DemoName("Siren", "警笛"), in: .hall, model: "Siren")
        draft.part(
            "siren", "siren",
            ["state_topic": .string(draft.state), "command_topic": draft.command(), "available_tones": ["alarm", "chime", "fire"]])
        draft.report { home in
            [
                "state": home.siren.isOn ? "ON" : "OFF", "tone": .string(home.siren.tone), "volume_level": home.siren.volume.places(2),
                "duration": home.siren.duration.places(0),
            ]
        }
        draft.obey { home, text in
            let wanted = JSON(order: text)
            if let tone = wanted["tone"]?.text { home.siren.tone = tone }
            if let volume = wanted["volume_level"]?.number { home.siren.volume = min(1, max(0, volume)) }
            if let word = wanted["state"]?.text { home.sound(word == "ON", seconds: wanted["duration"]?.number ?? 60) }
        }
        return draft.finished
    }

    private var smoke: DemoDevice {
        var draft = draft("kitchen_smoke", .zigbee, DemoName("Smoke detector", "烟雾报警器"), in: .kitchen, model: "Smoke 1")
        draft.sensor("smoke", "binary_sensor", class: "smoke")
        draft.part(
            "button", "test", name: DemoName("Test", "自检"),
            ["command_topic": draft.command(), "payload_press": #"{"test": true}"#, "entity_category": "diagnostic"])
        draft.battery()
        draft.report(every: 1_800) { home in
            ["smoke": .bool(home.isSmoky), "battery": home.battery(DemoBattery.smoke.rawValue).places(0)]
        }
        draft.obey { home, text in if JSON(order: text)["test"] == true { home.testSmoke() } }
        return draft.finished
    }

    private var bell: DemoDevice {
        var draft = draft("doorbell", DemoName("Doorbell", "门铃"), in: .hall, model: "Bell")
        draft.part("event", "ring", ["device_class": "doorbell", "event_types": ["ring"], "state_topic": .string(draft.base + "/event")])
        draft.tell(on: draft.base + "/event", { $0.presses[.doorbell]?.count ?? 0 }) { _ in #"{"event_type":"ring"}"# }
        return draft.finished
    }
}

extension VirtualHome {
    package mutating func turnLock(locking: Bool) { lock.turn(locking: locking, chance) }

    mutating func testSmoke() { smokeUntil = time + 6 }

    /// Sounds the siren for at most ten minutes, or silences it.
    mutating func sound(_ isOn: Bool, seconds: Double) {
        siren.isOn = isOn
        if isOn { siren.duration = min(600, max(1, seconds)) }
        siren.left = isOn ? siren.duration : 0
    }
}
