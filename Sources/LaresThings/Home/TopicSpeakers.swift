/// Whose topics are whose, learnt from who reports where: "zigbee/lamp" is the lamp's when nobody else reports there or right below.
struct TopicSpeakers: Sendable {
    /// No more topics are remembered.
    static let most = 50_000

    /// Nil: several things'.
    private var owners: [String: ThingID?] = [:]

    /// A thing reported on a topic.
    mutating func note(_ topic: String, _ thing: ThingID) {
        own(topic, thing)
        if let slash = topic.lastIndex(of: "/") { own(String(topic[..<slash]), thing) }
    }

    private mutating func own(_ topic: String, _ thing: ThingID) {
        guard let owner = owners[topic] else {
            if owners.count < Self.most { owners[topic] = .some(thing) }
            return
        }
        if owner != nil, owner != thing { owners[topic] = .some(nil) }
    }

    /// Whose topic one is by what lies above it.
    func owner(near topic: String) -> ThingID? {
        var rest = topic[...]
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            if let owner = owners[String(rest)] { return owner }
        }
        return nil
    }
}
