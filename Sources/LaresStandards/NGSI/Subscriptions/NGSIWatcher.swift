import LaresJSON

/// A subscription, read and ready to be held against what happens (clause 5.2.12).
public struct NGSIWatcher: Sendable {
    /// What sets it off.
    enum Trigger: String, Sendable, CaseIterable {
        case entityCreated, entityUpdated, entityDeleted, attributeCreated, attributeUpdated, attributeDeleted
    }

    var number: Int64 = 0
    let id: String
    var tenant = ""
    /// What names stood for when it was made, and what they are called in notifications.
    let context: LDContext
    var notifiedContext: LDContext
    /// The address of one document with the contexts that the subscription gave, when it gave several.
    var linkedContext: String?
    var selection = NGSIEntitySelection()
    /// Expanded names; empty: any.
    var watched: Set<String> = []
    var triggers: Set<Trigger> = [.attributeCreated, .attributeUpdated]
    /// Seconds.
    var throttling: Double?
    var timeInterval: Double?
    /// Microseconds since 1970.
    var expiresAt: Int?
    var isActive = true
    var splitsEntities = false
    /// Which part of the past context sources are to have.
    var time: NGSITemporalQuery?
    var notification: NGSINotificationForm

    /// Whether it takes part at a moment.
    func isAwake(_ now: Int) -> Bool { isActive && expiresAt.map { $0 > now } != false }

    /// Whether something that happened is what it waits for.
    func wants(_ event: NGSIEvent, linked: (String) -> NGSIEntity?) -> Bool {
        guard triggers.contains(where: { isSet(off: $0, by: event) }) else { return false }
        return selection.matches(event.kind == .deleted ? event.previous ?? event.entity : event.entity, linked: linked)
    }

    private func isSet(off trigger: Trigger, by event: NGSIEvent) -> Bool {
        let changes = event.changes.filter { change in
            (watched.isEmpty || watched.contains(change.name))
                && selection.datasets.map { $0.contains(change.instance.datasetId ?? "@none") } != false
        }
        switch trigger {
        case .entityCreated: return event.kind == .created && (watched.isEmpty || !changes.isEmpty)
        case .entityUpdated: return event.kind == .updated && (watched.isEmpty || !changes.isEmpty)
        case .entityDeleted: return event.kind == .deleted && (watched.isEmpty || !changes.isEmpty)
        case .attributeCreated: return changes.contains { $0.kind == .created }
        case .attributeUpdated: return changes.contains { $0.kind == .updated }
        case .attributeDeleted: return changes.contains { $0.kind == .deleted }
        }
    }
}

/// How a subscriber is told (clause 5.2.14).
struct NGSINotificationForm: Sendable {
    var form = NGSIWriter.Form.normalised
    var isGeoJSON = false
    /// Expanded names; nil: all.
    var attributes: Set<String>?
    var pick: NGSIProjection?
    var omit: NGSIProjection?
    var hasSystemAttributes = false
    var showsChanges = false
    var join: String?
    var joinLevel = 1
    var languages: NGSILanguages?
    var endpoint: NGSIEndpoint
}

/// Where notifications go (clause 5.2.15).
public struct NGSIEndpoint: Sendable, Hashable {
    /// `http:`, `https:` or `mqtt:` address.
    public let uri: String
    /// The content type that is sent.
    public var accept = "application/json"
    /// Headers for the receiver.
    public var receiverInfo: [(String, String)] = []
    /// What the one who notifies is to know, such as MQTT's quality of service.
    public var notifierInfo: [(String, String)] = []
    /// How long an answer is waited for, in milliseconds.
    public var timeout: Double?
    /// How long it is left alone after a failure, in milliseconds.
    public var cooldown: Double?

    /// By address and content type.
    public static func == (one: Self, other: Self) -> Bool { one.uri == other.uri && one.accept == other.accept }
    /// By the address.
    public func hash(into hasher: inout Hasher) { hasher.combine(uri) }
}
