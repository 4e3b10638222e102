internal import LaresJSON
package import LaresThings

/// A device of the virtual home: how it announces itself, what it reports, and what it does when it is told.
package struct DemoDevice: Sendable {
    /// Its name among the devices, and the end of its topics: "living_ceiling".
    package let id: String
    /// Whose account it uses.
    package let family: DemoFamily
    /// What it announces; the broker keeps these.
    package let announcements: [MQTTMessage]
    /// Where it says whether it is there, and the words for it; the broker keeps them.
    package let presence: (topic: String, online: String, offline: String)
    /// What it reports.
    package let streams: [DemoStream]
    /// What it does for a message on a topic.
    package let orders: [String: DemoOrder]
    /// Seconds until it does what it is told.
    package let delay: ClosedRange<Double>
    /// Goes on from what it said before it was started again, where it has a meter.
    var recall: DemoOrder?

    /// The topic of its state.
    var stateTopic: String { streams.first?.topic ?? presence.topic }

    /// What it says when it is there, or when it goes.
    package func presenceMessage(_ isThere: Bool) -> MQTTMessage {
        MQTTMessage(presence.topic, isThere ? presence.online : presence.offline, quality: .atLeastOnce, isRetained: true)
    }
}

/// Does what the text of a message says.
package typealias DemoOrder = @Sendable (inout VirtualHome, String) -> Void

/// What a device reports on one topic.
package struct DemoStream: Sendable {
    /// The topic.
    package let topic: String
    /// Seconds after which it is said again even if nothing changed.
    let every: Double
    /// The least seconds between two reports.
    let gap: Double
    /// Whether the broker keeps the last one.
    let isRetained: Bool
    /// For what happens rather than is: how often it did, each time being reported once.
    var count: (@Sendable (VirtualHome) -> Int)?
    /// What is said; nil: nothing now.
    let content: @Sendable (VirtualHome) -> String?
}

/// Devices that share an account at the broker.
package enum DemoFamily: String, Sendable, CaseIterable {
    /// Devices with Wi-Fi that announce themselves as Home Assistant has it.
    case wifi = "demo"
    /// Devices behind a radio hub, in the shapes of Zigbee2MQTT.
    case zigbee = "demo-zigbee"
    /// Devices with Tasmota.
    case tasmota = "demo-tasmota"
}

/// The language of the names.
public enum DemoLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"
}

/// A name in both languages.
struct DemoName: Sendable {
    let english, chinese: String

    init(_ english: String, _ chinese: String) { (self.english, self.chinese) = (english, chinese) }

    func text(_ language: DemoLanguage) -> String { language == .chinese ? chinese : english }
}

/// Where devices are.
enum DemoArea: Sendable {
    case living, kitchen, bedroom, study, bathroom, hall, garden

    var name: DemoName {
        switch self {
        case .living: DemoName("Living room", "客厅")
        case .kitchen: DemoName("Kitchen", "厨房")
        case .bedroom: DemoName("Bedroom", "卧室")
        case .study: DemoName("Study", "书房")
        case .bathroom: DemoName("Bathroom", "浴室")
        case .hall: DemoName("Hall", "门厅")
        case .garden: DemoName("Garden", "花园")
        }
    }
}

extension Double {
    /// Rounded to so many places, as a device writes it.
    func places(_ places: Int) -> JSON {
        let scale = [1.0, 10, 100, 1_000][min(max(places, 0), 3)]
        let rounded = (self * scale).rounded() / scale
        return Int(exactly: rounded).map { .int($0) } ?? .double(rounded)
    }
}
