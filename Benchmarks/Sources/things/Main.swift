import LaresJSON
import LaresThings

/// How many messages a second readers take on one core, and how long ten thousand announcements take.
@main enum Main {
    static func main() throws {
        print("| what one core does | messages/s | reports of each |\n|---|---:|---:|")
        try readers()
        announcements()
    }

    private static func readers() throws {
        let lamp =
            #"{"state":"ON","brightness":128,"color_mode":"xy","color":{"x":0.46,"y":0.41},"linkquality":120,"update":{"state":"idle","installed_version":16}}"#
        let air = #"{"temperature":21.46,"humidity":45.2,"pressure":1011.2,"battery":97,"linkquality":84}"#
        for (name, component, config, topic, message) in [
            ("a bare number", "sensor", #"{"stat_t":"s","dev_cla":"temperature"}"#, "s", "21.46"),
            ("a bare word", "switch", #"{"stat_t":"s","cmd_t":"c"}"#, "s", "ON"),
            (
                "value_json.temperature of five members", "sensor",
                #"{"stat_t":"s","dev_cla":"temperature","val_tpl":"{{ value_json.temperature }}"}"#, "s", air
            ),
            (
                "the same, rounded", "sensor",
                #"{"stat_t":"s","dev_cla":"temperature","val_tpl":"{{ value_json.temperature | float | round(1) }}"}"#, "s", air
            ),
            (
                "the same through the engine", "sensor",
                #"{"stat_t":"s","dev_cla":"temperature","val_tpl":"{{ value_json.temperature + 1 }}"}"#, "s", air
            ),
            (
                "a light's JSON", "light",
                #"{"schema":"json","stat_t":"s","cmd_t":"c","brightness":true,"supported_color_modes":["xy","color_temp"]}"#, "s", lamp
            ),
        ] {
            guard let part = part(component, config), let reader = part.readers.first(where: { $0.topic == topic }) else { continue }
            let (bytes, count) = (Array(message.utf8), 200_000)
            var heard = 0
            let time = try ContinuousClock().measure {
                for _ in 0..<count {
                    var payload = Payload(bytes)
                    heard += try reader.reports(of: &payload).count
                }
            }
            print("| \(name) | \(rate(count, time)) | \(heard / count) |")
        }
    }

    private static func announcements() {
        let lines = (0..<10_000).map { number -> MQTTMessage in
            let config =
                number % 4 == 0
                ? #"{"schema":"json","name":"Lamp \#(number)","uniq_id":"l\#(number)","stat_t":"z/\#(number)","cmd_t":"z/\#(number)/set","brightness":true,"supported_color_modes":["xy","color_temp"],"avty":[{"t":"z/bridge/state","val_tpl":"{{ value_json.state }}"}],"dev":{"ids":["z\#(number)"],"name":"Lamp \#(number)","mf":"IKEA","mdl":"LED1545G12","sw":"2.3"},"o":{"name":"Zigbee2MQTT","sw":"2.1.0"}}"#
                : #"{"name":"Temperature","uniq_id":"t\#(number)","stat_t":"z/\#(number)","dev_cla":"temperature","unit_of_meas":"°C","stat_cla":"measurement","val_tpl":"{{ value_json.temperature }}","avty":[{"t":"z/bridge/state","val_tpl":"{{ value_json.state }}"}],"dev":{"ids":["z\#(number / 4)"],"name":"Sensor","mf":"Aqara","mdl":"WSDCGQ11LM"},"o":{"name":"Zigbee2MQTT","sw":"2.1.0"}}"#
            return MQTTMessage("homeassistant/\(number % 4 == 0 ? "light" : "sensor")/0x\(number)/x/config", config)
        }
        var discovery = HomeAssistantDiscovery()
        var parts = 0
        let time = ContinuousClock().measure { for line in lines { parts += discovery.read(line).count } }
        print("| \(parts) announcements, new | \(rate(parts, time)) | – |")
    }

    private static func part(_ component: String, _ config: String) -> Part? {
        var discovery = HomeAssistantDiscovery()
        guard case .part(let part)? = discovery.read(MQTTMessage("homeassistant/\(component)/x/config", config)).first else { return nil }
        return part
    }

    private static func rate(_ count: Int, _ time: Duration) -> Int {
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
        return Int(Double(count) / seconds)
    }
}
