public import Foundation
public import LaresJSON

/// Who has an actuator: nobody else's orders for it are sent.
public struct Ownership: Sendable, Hashable {
    /// The actuator.
    public let actuator: ActuatorID
    /// Who has it.
    public let owner: OrderIssuer
    /// Since when.
    public let since: Date
    /// When it lapses unless it is renewed; nil: never, which is how people have it.
    public let until: Date?
    /// The controller that gets it back; nil: there was none.
    public let before: OrderIssuer?

    /// As the API shows it.
    public var json: JSON {
        [
            "actuator": .string(actuator.description), "owner": owner.json, "since": .double(since.timeIntervalSince1970),
            "until": until.map { .double($0.timeIntervalSince1970) } ?? .null, "before": before?.json ?? .null,
        ]
    }

    init(_ actuator: ActuatorID, _ owner: OrderIssuer, since: Date, until: Date?, before: OrderIssuer?) {
        (self.actuator, self.owner, self.since, self.until, self.before) = (actuator, owner, since, until, before)
    }

    init?(kept json: JSON) {
        guard let actuator = json["actuator"]?.text.flatMap({ ActuatorID($0) }), let owner = OrderIssuer(kept: json["owner"]),
            let since = json["since"]?.number
        else { return nil }
        self.init(
            actuator, owner, since: Date(timeIntervalSince1970: since),
            until: json["until"]?.number.map { Date(timeIntervalSince1970: $0) },
            before: OrderIssuer(kept: json["before"]))
    }
}

/// An actuator that changed hands.
public struct Handover: Sendable, Hashable {
    /// Its place among all, from 1 on.
    public let number: Int
    /// When it was.
    public let at: Date
    /// The actuator.
    public let actuator: ActuatorID
    /// Who had it, and who has it; nil: nobody.
    public let from: OrderIssuer?, to: OrderIssuer?
    /// The person who said so.
    public let by: String
    /// Why, in their words.
    public let reason: String?

    /// As the API shows it.
    public var json: JSON {
        [
            "number": .int(number), "at": .double(at.timeIntervalSince1970), "actuator": .string(actuator.description),
            "from": from?.json ?? .null, "to": to?.json ?? .null, "by": .string(by), "reason": reason.map { .string($0) } ?? .null,
        ]
    }

    init(_ number: Int, at: Date, _ actuator: ActuatorID, from: OrderIssuer?, to: OrderIssuer?, by: String, _ reason: String?) {
        (self.number, self.at, self.actuator, self.from, self.to, self.by, self.reason) = (number, at, actuator, from, to, by, reason)
    }

    init?(kept json: JSON, number: Int) {
        guard let actuator = json["actuator"]?.text.flatMap({ ActuatorID($0) }), let at = json["at"]?.number, let by = json["by"]?.text
        else {
            return nil
        }
        self.init(
            number, at: Date(timeIntervalSince1970: at), actuator, from: OrderIssuer(kept: json["from"]), to: OrderIssuer(kept: json["to"]),
            by: by, json["reason"]?.text)
    }
}
