internal import LaresThings

/// By which identifier a home knows each device of the virtual home, whatever its things are called.
package enum DemoOrigins {
    /// Identifiers by the ids of devices: "hall_motion".
    package static let all: [String: String] = Dictionary(
        DemoDevices(language: .english).all.map { ($0.id, identifier($0)) }, uniquingKeysWith: { first, _ in first })

    private static func identifier(_ device: DemoDevice) -> String {
        switch device.family {
        case .tasmota: device.announcements.lazy.compactMap { mac($0.topic) }.first ?? device.id
        case .wifi, .zigbee: DemoDraft.identifier(of: device.id, device.family)
        }
    }

    /// "DEC0DE000001" of "tasmota/discovery/DEC0DE000001/config".
    private static func mac(_ topic: String) -> String? {
        let levels = topic.split(separator: "/")
        return levels.count == 4 && levels[0] == "tasmota" ? String(levels[2]) : nil
    }
}
