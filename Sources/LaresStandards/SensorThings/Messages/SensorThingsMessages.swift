public import LaresJSON
public import LaresThings

/// SensorThings over MQTT (OGC 18-088, §14): messages that come in as requests, and what was created and changed as messages that go out.
///
/// It is pure: who holds the connection to the broker asks it, carries out and publishes. Messages go out on the topics of sets
/// (`v1.1/Observations`), of sets behind links (`v1.1/Datastreams(1)/Observations`), of entities and of their properties. A broker doesn't
/// say who subscribes to what, so that topics with `?$select=…` have to be named.
public struct SensorThingsMessages: Sendable {
    /// What stands in front of every topic: "v1.1".
    public let prefix: String
    /// Topics with query options that are to be served: "v1.1/Observations?$select=result".
    public let selections: [String]

    /// A translation between messages and requests.
    public init(prefix: String = "v1.1", selections: [String] = []) { (self.prefix, self.selections) = (prefix, selections) }

    /// What is to be subscribed to, to hear of new observations.
    public var filters: [String] {
        ["Observations", "+/Observations", "+/+/Observations"].map { prefix + "/" + $0 } + [prefix + "/CreateObservations"]
    }

    /// What a message is to the service.
    public enum Incoming: Sendable {
        /// Nothing: another topic's, or what this service published itself.
        case nothing
        /// A request for a new Observation (§14.1), or several (`CreateObservations`).
        case observation(SensorThingsRequest)
        /// No Observation, and why.
        case refused(String)
    }

    /// The request that a message makes; nil for those that make none.
    public func request(_ message: MQTTMessage, root: String) -> SensorThingsRequest? {
        if case .observation(let request) = incoming(message, root: root) { request } else { nil }
    }

    /// What a message is.
    ///
    /// On the topic of a stream a message can't be about another one: the broker's rules say who may publish where, and so who may observe what.
    public func incoming(_ message: MQTTMessage, root: String) -> Incoming {
        guard message.topic.hasPrefix(prefix + "/"), !message.isRetained else { return .nothing }
        let path = String(message.topic.dropFirst(prefix.utf8.count + 1))
        let owner = path.split(separator: "/").dropLast().last ?? ""
        let isOfStream = path.hasSuffix(")/Observations") && (owner.hasPrefix("Datastreams(") || owner.hasPrefix("MultiDatastreams("))
        guard path == "CreateObservations" || path == "Observations" || isOfStream else { return .nothing }
        // What has an address was made by a service already; a bare link would move what is there.
        if let json = try? JSON(parsing: message.payload), path != "CreateObservations" {
            guard json["@iot.selfLink"] == nil, json["@iot.id"] == nil else { return .nothing }
            if isOfStream, json["Datastream"] != nil || json["MultiDatastream"] != nil {
                return .refused(
                    "on the topic of a stream an Observation names no stream: leave it out, or publish on '\(prefix)/Observations'")
            }
        }
        return .observation(
            SensorThingsRequest("POST", path, contentType: "application/json", body: message.payload, root: root, isMinimal: true))
    }

    /// What goes out about entities that were created or changed.
    ///
    /// - Parameter entity: The entity of a change as JSON; nil when it is there no more.
    public func publications(_ changes: [SensorThingsChange], entity: (SensorThingsChange) -> SensorThingsEntity?) -> [MQTTMessage] {
        changes.flatMap { change in entity(change).map { publications(change, $0) } ?? [] }
    }

    private func publications(_ change: SensorThingsChange, _ entity: SensorThingsEntity) -> [MQTTMessage] {
        let one = "\(prefix)/\(change.kind.set)(\(change.id))"
        var messages = ["\(prefix)/\(change.kind.set)"].map { MQTTMessage($0, entity.json.serialized) }
        for owner in entity.owners { messages.append(MQTTMessage("\(prefix)/\(owner)/\(change.kind.set)", entity.json.serialized)) }
        if !change.isNew {
            messages.append(MQTTMessage(one, entity.json.serialized))
            for name in change.properties {
                guard let value = entity.json[name] else { continue }
                messages.append(MQTTMessage("\(one)/\(name)", JSON.object([name: value]).serialized))
            }
        }
        let topics = Set(messages.map(\.topic))
        for topic in selections {
            guard let options = topic.firstIndex(of: "?"), topics.contains(String(topic[..<options])),
                let select = try? STAOptions(query: String(topic[topic.index(after: options)...])).select
            else { continue }
            var members = JSON.Members()
            for name in select { if let value = entity.json[name == "id" ? "@iot.id" : name] { members.append(name, value) } }
            messages.append(MQTTMessage(topic, JSON.object(members).serialized))
        }
        return messages
    }
}

/// An entity, as those who subscribed to it are told.
public struct SensorThingsEntity: Sendable {
    /// The entity as a request for it would be answered.
    public let json: JSON
    /// The entities whose links lead to it: "Datastreams(1)".
    public let owners: [String]
}

extension SensorThingsAPI {
    /// The entities of changes that are still there, and who links to them.
    public func entities(_ changes: [SensorThingsChange], root: String) async throws -> [SensorThingsChange: SensorThingsEntity] {
        try await reading(SensorThingsRequest("GET", "", root: root)) { reader in
            var found: [SensorThingsChange: SensorThingsEntity] = [:]
            for change in changes {
                guard let entity = try reader.entity(change.kind, change.id) else { continue }
                let owners = entity.kind.relations.compactMap { relation in
                    entity.link(relation).map { "\(relation.target.set)(\($0))" }
                }
                found[change] = SensorThingsEntity(json: try reader.json(entity, STAOptions()), owners: owners)
            }
            return found
        }
    }
}
