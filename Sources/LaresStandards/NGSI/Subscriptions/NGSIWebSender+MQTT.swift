internal import Foundation
import LaresJSON
import LaresThings

/// Notifications over MQTT (ETSI GS CIM 009, clause 7).
extension NGSIWebSender {
    /// Publishes a notification: `{"metadata": {…}, "body": {…}}`, since MQTT 3.1.1 knows no headers.
    func publish(_ body: [UInt8], headers: [(String, String)], to endpoint: NGSIEndpoint) async -> String? {
        do {
            let place = try endpoint.mqtt()
            var metadata = JSON.Members()
            for (name, value) in headers { metadata[name] = .string(value) }
            let message: JSON = ["metadata": .object(metadata), "body": try JSON(parsing: body)]
            let patience = min(60_000, max(100, endpoint.timeout ?? 5_000))
            try await MQTTPost.publish(
                MQTTMessage(place.topic, message.data, quality: place.quality), to: place.broker, isFive: place.isFive,
                within: .milliseconds(Int64(patience)))
            return nil
        } catch { return "the broker hasn't taken it: \(error)" }
    }
}

extension NGSIEndpoint {
    /// Whether it is at a broker.
    var isMQTT: Bool { uri.hasPrefix("mqtt:") || uri.hasPrefix("mqtts:") }

    /// Where and how an endpoint at a broker is told.
    struct Place: Hashable {
        let broker: BrokerAddress
        let topic: String
        var quality = MQTTMessage.Quality.atMostOnce
        var isFive = true
    }

    /// Reads `mqtt[s]://[user[:password]@]host[:port]/topic` and what `notifierInfo` says of `MQTT-Version` and `MQTT-QoS`.
    ///
    /// - Throws: ``NGSIError`` with `badRequestData`, which never repeats the password.
    func mqtt() throws(NGSIError) -> Place {
        guard var parts = URLComponents(string: uri), parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil else {
            throw .bad("an endpoint at a broker looks like mqtt://user:password@host:1883/topic")
        }
        let topic = String(parts.path.dropFirst())
        guard TopicName.isTopic(topic), !topic.hasPrefix("$") else {
            throw .bad("the endpoint's address must go on with the topic: mqtt://host:1883/topic, without wildcards")
        }
        parts.path = ""
        let broker: BrokerAddress
        do { broker = try BrokerAddress(url: parts.string ?? "") } catch { throw .bad("the endpoint: \(error.message)") }
        var place = Place(broker: broker, topic: topic)
        for (key, value) in notifierInfo {
            switch key {
            case "MQTT-Version":
                guard ["mqtt3.1.1", "mqtt5.0"].contains(value) else { throw .bad("'MQTT-Version' may be mqtt3.1.1 or mqtt5.0") }
                place.isFive = value == "mqtt5.0"
            case "MQTT-QoS":
                guard let quality = UInt8(value).flatMap(MQTTMessage.Quality.init) else { throw .bad("'MQTT-QoS' may be 0, 1 or 2") }
                place.quality = quality
            default: break
            }
        }
        return place
    }
}
