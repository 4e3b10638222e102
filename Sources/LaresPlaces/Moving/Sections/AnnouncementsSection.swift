internal import Foundation
internal import GRDB
internal import LaresJSON
internal import LaresThings

/// What devices announced, so that they are known before they announce themselves again.
struct AnnouncementsSection: MovingSection {
    let home: Home
    let database: any DatabaseWriter
    let readers: [any DiscoveryReader]
    var name: String { "announcements" }
    var limit: Int { 50_000 }
    var isWhole: Bool { true }

    func items(in database: Database) throws -> [MovingItem] {
        try HomeStore.announcements(in: database).sorted { $0.topic < $1.topic }.compactMap { message in
            String(validating: message.payload, as: UTF8.self).map { Self.item(message.topic, $0) }
        }
    }

    private static func item(_ topic: String, _ payload: String) -> MovingItem {
        MovingItem(topic, ["topic": .string(topic), "payload": .string(payload)])
    }

    func read(_ json: JSON) throws -> MovingItem {
        var fields = try JSONFields(json)
        guard let topic = try fields.string("topic"), TopicName.isTopic(topic) else { throw fields.error("topic", "must be a topic") }
        guard let payload = try fields.string("payload"), !payload.isEmpty else { throw fields.error("payload", "is missing") }
        try fields.end()
        return Self.item(topic, payload)
    }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        var readers = readers
        return compare(theirs, mine, context).map { change in
            guard let message = Self.message(change.theirs) else { return change }
            let announced = readers.indices.flatMap { place in
                readers[place].filters.contains { TopicName.matches(message.topic, $0) } ? readers[place].read(message) : []
            }
            guard let reason = Self.fault(announced) else { return change }
            return MovingChange(refused: change.key, change.theirs, mine: change.mine, reason)
        }
    }

    /// Why nothing that was announced can be understood; nil: some of it can.
    private static func fault(_ announced: [Announcement]) -> String? {
        var fault: String? = "it is no announcement that this Lares understands"
        for announcement in announced {
            guard case .refused(_, let reason) = announcement else { return nil }
            fault = reason
        }
        return fault
    }

    private static func message(_ json: JSON) -> MQTTMessage? {
        guard let topic = json["topic"]?.text, let payload = json["payload"]?.text else { return nil }
        return MQTTMessage(topic, payload, isRetained: true)
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        for message in changes.compactMap(\.outcome).compactMap(Self.message) {
            // In front of what was announced here.
            try HomeStore.save(message, at: Date(timeIntervalSince1970: 0), in: database)
        }
    }

    func adopt(_ changes: [MovingChange]) async throws {
        var moved = MovedHome()
        moved.announcements = changes.compactMap(\.outcome).compactMap(Self.message)
        try home.adopt(moved)
    }
}
