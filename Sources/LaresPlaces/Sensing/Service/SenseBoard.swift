internal import LaresJSON
internal import LaresThings

/// What the broker should have of what is sensed, and what it has. Whatever it lacks is published, again after each new connection.
struct SenseBoard: Sendable {
    /// Below this are the states.
    static let root = "lares/senses"
    static let statusTopic = root + "/status"
    /// Messages that aren't retained wait for a connection, no more than so many.
    static let mostWaiting = 100

    /// By topic; empty: nothing is to be retained there any more.
    private var wanted: [String: [UInt8]] = [:]
    private var published: [String: [UInt8]] = [:]
    private var waiting: [MQTTMessage] = []
    private var components: [String: JSON.Members] = [:]
    private var devices: [String: JSON.Members] = [:]
    /// What was announced in an earlier run, by identifier, as far as nothing was said of it in this one.
    private var recalled: Set<String> = []

    init() { wanted[Self.statusTopic] = Array("online".utf8) }

    /// Where a thing that senses make is announced, by its identifier.
    static func announcementTopic(_ identifier: String) -> String {
        "homeassistant/device/\(identifier.replacing("/", with: "--"))/config"
    }

    /// What there is to be published: announcements first, then states, then what happened.
    var news: [MQTTMessage] {
        let topics = wanted.filter { published[$0.key] != $0.value }.keys.sorted()
        let parts = topics.filter { $0.hasPrefix("homeassistant/") } + topics.filter { !$0.hasPrefix("homeassistant/") }
        return parts.map { MQTTMessage($0, wanted[$0] ?? [], quality: .atLeastOnce, isRetained: true) } + waiting
    }

    /// The broker has a message.
    mutating func note(_ message: MQTTMessage) {
        guard message.isRetained else {
            if let place = waiting.firstIndex(of: message) { waiting.remove(at: place) }
            return
        }
        published[message.topic] = message.payload
        if message.payload.isEmpty, wanted[message.topic]?.isEmpty == true {
            (wanted[message.topic], published[message.topic]) = (nil, nil)
        }
    }

    /// It may have lost everything.
    mutating func forgetPublished() { published = [:] }

    /// Has a state retained on a topic below ``root``.
    mutating func show(_ state: JSON, on topic: String) { wanted["\(Self.root)/\(topic)"] = state.data }

    /// Has something told once.
    mutating func tell(_ event: JSON, on topic: String) {
        waiting.append(MQTTMessage("\(Self.root)/\(topic)", event.data, quality: .atLeastOnce))
        if waiting.count > Self.mostWaiting { waiting.removeFirst() }
    }

    /// Has a thing announced with these components besides those it has.
    mutating func announce(_ identifier: String, device: JSON.Members, _ new: [(name: String, component: JSON)]) {
        var members = components[identifier] ?? JSON.Members()
        for (name, component) in new { members[name] = component }
        components[identifier] = members
        devices[identifier] = device
        announce(identifier)
    }

    private mutating func announce(_ identifier: String) {
        guard var device = devices[identifier], let members = components[identifier] else { return }
        device.append("identifiers", [.string(identifier)])
        let payload: JSON = [
            "device": .object(device), "origin": ["name": "Lares"], "availability_topic": .string(Self.statusTopic), "qos": 1,
            "components": .object(members),
        ]
        guard wanted.updateValue(payload.data, forKey: Self.announcementTopic(identifier)) != payload.data else { return }
        // Who shares a topic with others and comes later would never hear what was said on it.
        published[Self.statusTopic] = nil
    }

    /// Takes a thing away, with its states.
    mutating func remove(_ identifier: String) {
        (components[identifier], devices[identifier]) = (nil, nil)
        recalled.remove(identifier)
        wanted[Self.announcementTopic(identifier)] = []
        for topic in Self.topics(of: identifier) { wanted["\(Self.root)/\(topic)"] = [] }
    }

    /// Something was announced in an earlier run, and goes on.
    mutating func recall(_ identifier: String) { if components[identifier] == nil { recalled.insert(identifier) } }

    /// Has nothing said of the air of an area, which had been told of.
    mutating func forgetAir(of area: AreaID) {
        let id = Self.identifier(of: area), topic = "areas/\(area)/comfort"
        guard wanted["\(Self.root)/\(topic)"]?.isEmpty == false || recalled.contains(id) else { return }
        var nothing = JSON.Members()
        for name in Self.air { nothing.append(name, .null) }
        show(.object(nothing), on: topic)
    }

    /// Takes some components of an area away, with their state; all of it when none is left.
    mutating func withdraw(_ state: String, _ names: [String], of area: AreaID) {
        let id = Self.identifier(of: area), topic = "\(Self.root)/areas/\(area)/\(state)"
        guard wanted[topic]?.isEmpty == false || recalled.contains(id) else { return }
        guard let members = components[id], members.contains(where: { !names.contains($0.key) && $0.value["state_topic"] != nil }) else {
            return remove(id)
        }
        // Whoever else reads this takes a component away when nothing but its platform is left.
        for name in names { if let platform = members[name]?["platform"] { components[id]?[name] = ["platform": platform] } }
        wanted[topic] = []
        announce(id)
    }
}
