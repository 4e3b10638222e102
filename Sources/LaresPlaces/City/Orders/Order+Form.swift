internal import Foundation
public import LaresJSON

extension Order {
    /// As the API shows it.
    public var json: JSON {
        [
            "number": .int(number), "id": .string(id), "actuator": .string(actuator.description), "value": value, "issuer": issuer.json,
            "state": .string(state.rawValue), "reason": reason.map { .string($0) } ?? .null,
            "ordered": .double(orderedAt.timeIntervalSince1970), "expires": .double(expiresAt.timeIntervalSince1970),
            "sent": Self.time(sentAt), "answered": Self.time(answeredAt), "effect_at": Self.time(effectAt), "effect": effect,
            "cause": cause,
        ]
    }

    private static func time(_ date: Date?) -> JSON { date.map { .double($0.timeIntervalSince1970) } ?? .null }

    /// Reads what was kept; nil for what isn't one.
    init?(kept json: JSON, number: Int) {
        guard let id = json["id"]?.text, let actuator = json["actuator"]?.text.flatMap({ ActuatorID($0) }),
            let issuer = OrderIssuer(kept: json["issuer"]), let ordered = json["ordered"]?.number, let expires = json["expires"]?.number,
            let state = json["state"]?.text.flatMap(State.init(rawValue:))
        else { return nil }
        let date = { (name: String) in json[name]?.number.map { Date(timeIntervalSince1970: $0) } }
        self.init(
            OrderRequest(
                id: id, actuator: actuator, value: json["value"] ?? .null, issuer: issuer, expiresAt: Date(timeIntervalSince1970: expires),
                cause: json["cause"] ?? .null), at: Date(timeIntervalSince1970: ordered))
        (self.number, self.state, reason, effect) = (number, state, json["reason"]?.text, json["effect"] ?? .null)
        (sentAt, answeredAt, effectAt) = (date("sent"), date("answered"), date("effect_at"))
    }
}

extension OrderRequest {
    /// Refuses what is too large, or asks for too long a time.
    func check(_ limits: OrderLimits, at now: Date) throws(OrderError) {
        guard (1...128).contains(id.utf8.count), id.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw OrderError(.invalid, "'id' must have 1 to 128 printable ASCII letters without spaces")
        }
        guard value.serialized.utf8.count <= limits.value else {
            throw OrderError(.invalid, "'value' has more than \(limits.value) bytes: order less at once")
        }
        guard cause.serialized.utf8.count <= limits.cause else {
            throw OrderError(.invalid, "'cause' has more than \(limits.cause) bytes: tell the readings that decided, not all")
        }
        let ahead = expiresAt.timeIntervalSince(now)
        guard ahead.isFinite, ahead <= limits.validity else {
            throw OrderError(.invalid, "'expires' is more than \(Int(limits.validity / 3_600)) h ahead: order again later")
        }
    }
}
