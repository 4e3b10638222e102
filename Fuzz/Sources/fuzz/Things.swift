import LaresThings

/// An announcement of Home Assistant's discovery: its topic in the first line, what it says in the second, and a message for its readers behind.
func discover(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
    guard lines.count == 3 else { return }
    var discovery = HomeAssistantDiscovery(mostParts: 100)
    let message = MQTTMessage(String(decoding: lines[0], as: UTF8.self), lines[1])
    for announcement in discovery.read(message) + discovery.read(message) { use(announcement, lines[2]) }
}

/// Tasmota's announcements of a device and its sensors, and a message for their readers, a line each.
func discoverTasmota(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
    guard lines.count == 3 else { return }
    var discovery = TasmotaDiscovery()
    let said = discovery.read(MQTTMessage("tasmota/discovery/DC4F22AABBCC/config", lines[0]))
    for announcement in said + discovery.read(MQTTMessage("tasmota/discovery/DC4F22AABBCC/sensors", lines[1])) {
        use(announcement, lines[2])
    }
}

/// A message of Zigbee2MQTT's bridge: the end of its topic in the first line.
func hearZigbee(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
    guard lines.count == 2 else { return }
    var bridge = ZigbeeBridge()
    _ = bridge.read(MQTTMessage("zigbee2mqtt/bridge/" + String(decoding: lines[0], as: UTF8.self), lines[1]))
}

private func use(_ announcement: Announcement, _ message: [UInt8]) {
    guard case .part(let part) = announcement else { return }
    var payload = Payload(message)
    for reader in part.readers { _ = try? reader.reports(of: &payload) }
    for property in part.properties where property.isWritable { _ = try? part.messages(setting: [property.name: value(property.kind)]) }
}

private func value(_ kind: PropertyKind) -> PropertyValue {
    switch kind {
    case .boolean, .action: .boolean(true)
    case .number(let range): .number(range.greatest ?? range.least ?? 1e9)
    case .choice(let words): .text(words.first ?? "")
    case .text: .text("a")
    case .color: Color(hue: 200, saturation: 70).map { .color($0) } ?? .boolean(true)
    }
}
