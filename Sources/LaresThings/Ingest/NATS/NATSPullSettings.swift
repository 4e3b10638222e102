internal import LaresJSON

/// Which messages are pulled, and how.
public struct NATSPullSettings: Hashable, Sendable {
    /// The stream's name.
    public var stream: String
    /// The durable consumer that workers share; it is made if it isn't there.
    public var consumer: String
    /// Subjects that the consumer is made for, with wildcards; nil: all of the stream.
    public var filter: String?
    /// User and password; nil: none.
    public var user: (name: String, password: String)? {
        get { userName.map { ($0, password ?? "") } }
        set { (userName, password) = (newValue?.name, newValue?.password) }
    }
    private var userName: String?
    private var password: String?
    /// A token; nil: none.
    public var token: String?
    /// Messages asked for at once, and stored in one go.
    public var batch = 2_000
    /// How long messages are gathered before they are stored, unless a batch is full before: a server whose every insertion is a part of its own wants
    /// few large ones.
    public var gathering = Duration.zero
    /// Bytes of messages that may be in hand before no more are asked for.
    public var handful = 32 << 20
    /// Seconds after which what isn't acknowledged is delivered again.
    public var acknowledgeWithin = 60
    /// Messages that all workers together may have and not have acknowledged.
    public var unacknowledged = 50_000

    /// A stream and a consumer; names have no spaces, dots and wildcards.
    public init(stream: String, consumer: String) { (self.stream, self.consumer) = (stream, consumer) }

    /// Where a NATS cluster keeps what devices publish over MQTT at QoS 1 and 2: whoever got a PUBACK has it here, and only here for certain. A stream that
    /// listens to the same subjects gets them once and unasked, and misses those that come while it elects its leader.
    ///
    /// - Parameter filter: topics, as MQTT has them; nil: all.
    public static func ofMQTT(consumer: String, filter: String? = nil) -> NATSPullSettings {
        var settings = NATSPullSettings(stream: mqttStream, consumer: consumer)
        settings.filter = mqttPrefix + (filter.map(subject) ?? ">")
        return settings
    }

    static let (mqttStream, mqttPrefix) = ("$MQTT_msgs", "$MQTT.msgs.")

    /// Whether it isn't there before the first device connects.
    var isOfMQTT: Bool { stream == Self.mqttStream }

    /// The subject of a topic or filter of MQTT: dots for slashes, two slashes for a dot, "*" for "+", ">" for "#".
    static func subject(_ topic: String) -> String {
        topic.split(separator: "/", omittingEmptySubsequences: false).map { level in
            switch level {
            case "+": "*"
            case "#": ">"
            default: level.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "//")
            }
        }.joined(separator: ".")
    }

    /// Whether names can be part of a subject.
    var isUsable: Bool {
        [stream, consumer].allSatisfy { name in
            !name.isEmpty && name.utf8.count <= 200 && !name.utf8.contains { $0 <= 0x20 || $0 == 0x7F || [0x2E, 0x2A, 0x3E].contains($0) }
        } && filter?.utf8.contains { $0 <= 0x20 } != true
    }

    /// What the client says of itself.
    var greeting: JSON {
        [
            "verbose": false, "pedantic": false, "lang": "swift", "version": "0.1", "name": "lares", "protocol": 1, "headers": true,
            "no_responders": true, "user": userName.map { .string($0) } ?? .null, "pass": password.map { .string($0) } ?? .null,
            "auth_token": token.map { .string($0) } ?? .null,
        ]
    }

    /// The consumer as it is asked for.
    var consumerRequest: JSON {
        var config: JSON.Members = [
            "durable_name": .string(consumer), "ack_policy": "explicit", "deliver_policy": "all", "replay_policy": "instant",
            "ack_wait": .int(acknowledgeWithin * 1_000_000_000), "max_ack_pending": .int(unacknowledged), "max_deliver": -1,
        ]
        if let filter { config.append("filter_subject", .string(filter)) }
        return ["stream_name": .string(stream), "config": .object(config)]
    }
}
