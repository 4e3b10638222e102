internal import LaresJSON

/// Home Assistant's MQTT discovery: what devices announce under "homeassistant/…/config", or another prefix.
///
/// It keeps which topic announced which part, so that an update, a removal or a migration says what is there no more. A part's key is the component
/// with its `unique_id` behind "homeassistant", whatever the prefix is, and lasts when its device goes over from announcing components one by one to announcing them together, or back.
///
/// - [MQTT discovery](https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery)
public struct HomeAssistantDiscovery: DiscoveryReader {
    /// What topics begin with.
    public let prefix: DiscoveryPrefix
    /// What the lasting keys of parts and devices begin with.
    static let origin = "homeassistant"
    /// At most so many parts are known at once.
    public let mostParts: Int

    /// An announcement that is longer is refused.
    public static let longestAnnouncement = Payload.longestJSON
    /// A device with more components is refused.
    public static let mostComponents = 1_000
    /// All announcements together may have so many bytes; ten thousand parts take about a fifth of it.
    public static let mostBytes = 64 << 20

    /// What each topic announced.
    private var topics: [String: [String]] = [:]
    /// How long the last announcement of each topic was, and all together.
    private var sizes: [String: Int] = [:]
    private var bytes = 0
    /// Which topic a part belongs to.
    private var owners: [String: String] = [:]
    /// Topics whose parts another one may take over.
    private var migrating: Set<String> = []

    /// Discovery below a prefix.
    public init(prefix: DiscoveryPrefix = .usual, mostParts: Int = 20_000) { (self.prefix, self.mostParts) = (prefix, mostParts) }

    /// Both forms of the topics.
    public var filters: [String] { prefix.announcements }

    /// What an announcement says: parts that are there, parts that are gone, or why it can't be understood.
    public mutating func read(_ message: MQTTMessage) -> [Announcement] {
        guard let topic = DiscoveryTopic(message.topic, prefix: prefix.description) else { return [] }
        guard !message.payload.isEmpty else { return remove(message.topic) }
        do {
            let members = try Self.members(of: message)
            if Self.isMigration(members) {
                if topics[message.topic] != nil { migrating.insert(message.topic) }
                return []
            }
            try make(room: message.payload.count, for: message.topic)
            let announced =
                topic.component == "device"
                ? try DevicePayload(members, topic).components : [ComponentPayload(members, topic)]
            return update(message.topic, announced)
        } catch {
            freeRoom(of: message.topic)
            return [.refused(topic: message.topic, reason: error.message)]
        }
    }

    private static func members(of message: MQTTMessage) throws(ThingsError) -> JSON.Members {
        guard message.payload.count <= longestAnnouncement else {
            throw ThingsError(
                .badAnnouncement, "the announcement has \(message.payload.count) bytes; there may be \(longestAnnouncement)")
        }
        let json: JSON
        do {
            json = try JSON(parsing: message.payload, maximumDepth: Payload.deepestJSON)
        } catch {
            throw ThingsError(.badAnnouncement, "the announcement is not JSON: \(error.message)")
        }
        guard case .object(let members) = json else {
            throw ThingsError(.badAnnouncement, "an announcement must be an object, not \(json.kind)")
        }
        return members
    }

    private static func isMigration(_ members: JSON.Members) -> Bool {
        members.count == 1 && (members["migrate_discovery"] == true || members["migr_discvry"] == true)
    }
}

/// What is there and what isn't any more.
extension HomeAssistantDiscovery {
    /// Parts that a topic's last announcement had, and this one hasn't, are gone.
    private mutating func update(_ topic: String, _ announced: [ComponentPayload]) -> [Announcement] {
        var announcements: [Announcement] = []
        var (keys, seen): ([String], Set<String>) = ([], [])
        for component in announced where !component.isRemoval {
            guard seen.insert(component.key).inserted else {
                announcements.append(.refused(topic: topic, reason: "\(component.key): it stands there twice"))
                continue
            }
            let isKnown = owners[component.key] == topic
            do {
                try claim(component.key, for: topic)
                // What can't be understood leaves the part as it was.
                if isKnown { keys.append(component.key) }
                announcements.append(.part(try component.part()))
                if !isKnown { keys.append(component.key) }
                owners[component.key] = topic
            } catch {
                announcements.append(.refused(topic: topic, reason: "\(component.key): \(error.message)"))
            }
        }
        let kept = Set(keys)
        for key in topics[topic] ?? [] where !kept.contains(key) && owners[key] == topic {
            owners[key] = nil
            announcements.append(.gone(key: key))
        }
        topics[topic] = keys.isEmpty ? nil : keys
        freeRoom(of: topic)
        migrating.remove(topic)
        return announcements
    }

    /// Whether a topic may announce a part. The first to announce it keeps it, unless it says that it hands it on.
    private func claim(_ key: String, for topic: String) throws(ThingsError) {
        if let owner = owners[key] {
            guard owner == topic || migrating.contains(owner) else {
                throw ThingsError(.badAnnouncement, "'\(CleanText.text(owner, limit: 120))' announced it already")
            }
        } else if owners.count >= mostParts {
            throw ThingsError(.full, "\(mostParts) parts are announced already; remove some")
        }
    }

    private mutating func make(room size: Int, for topic: String) throws(ThingsError) {
        let others = bytes - (sizes[topic] ?? 0)
        guard others + size <= Self.mostBytes else {
            throw ThingsError(.full, "the announcements together have more than \(Self.mostBytes) bytes; remove some")
        }
        (sizes[topic], bytes) = (size, others + size)
    }

    /// What a topic without parts took.
    private mutating func freeRoom(of topic: String) {
        if topics[topic] == nil { bytes -= sizes.removeValue(forKey: topic) ?? 0 }
    }

    private mutating func remove(_ topic: String) -> [Announcement] {
        migrating.remove(topic)
        var announcements: [Announcement] = []
        for key in topics.removeValue(forKey: topic) ?? [] where owners[key] == topic {
            owners[key] = nil
            announcements.append(.gone(key: key))
        }
        freeRoom(of: topic)
        return announcements
    }
}
