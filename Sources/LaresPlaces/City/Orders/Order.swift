public import Foundation
public import LaresJSON

/// What an actuator was ordered to do, who ordered it and why, and what came of it.
public struct Order: Sendable, Hashable {
    /// How far it has come.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It may be sent, until it expires.
        case ordered
        /// It has left, or was about to when Lares ended: it is never sent again.
        case sent
        /// The other side took it.
        case acknowledged
        /// What it was to do was seen.
        case effective
        /// Its time was over before it was sent.
        case expired
        /// Somebody else has the actuator.
        case refused
        /// The other side didn't take it, or didn't answer in time.
        case failed

        /// Whether nothing more has to come of it; the effect of one that was taken may still be seen.
        public var isOver: Bool { self != .ordered && self != .sent }
    }

    /// Its place among all orders, from 1 on.
    public internal(set) var number = 0
    /// The name that who ordered gave it.
    public let id: String
    /// What it is for.
    public let actuator: ActuatorID
    /// What is to be done.
    public let value: JSON
    /// Who ordered.
    public let issuer: OrderIssuer
    /// What led to it: readings, the model and its version, the decision. Null: nothing is known.
    public let cause: JSON
    /// When it was ordered.
    public let orderedAt: Date
    /// When it may no longer be sent.
    public let expiresAt: Date
    /// How far it has come.
    public internal(set) var state = State.ordered
    /// When it left.
    public internal(set) var sentAt: Date?
    /// When the other side answered, or was given up.
    public internal(set) var answeredAt: Date?
    /// When what it was to do was seen.
    public internal(set) var effectAt: Date?
    /// What was seen.
    public internal(set) var effect: JSON = .null
    /// Why it was refused, or failed.
    public internal(set) var reason: String?

    init(_ request: OrderRequest, at now: Date) {
        (id, actuator, value, issuer, cause) = (request.id, request.actuator, request.value, request.issuer, request.cause)
        (orderedAt, expiresAt) = (now, request.expiresAt)
    }

    /// Whether it asks for the same as another.
    func asksTheSame(as request: OrderRequest) -> Bool {
        // As texts: what was read from the disk may have a whole number where a fraction was 0.
        actuator == request.actuator && value.serialized == request.value.serialized && issuer.isSame(as: request.issuer)
    }
}

/// What is asked for.
public struct OrderRequest: Sendable, Hashable {
    /// The name that who asks gives it: the same one never does anything twice.
    public var id: String
    /// What it is for.
    public var actuator: ActuatorID
    /// What is to be done.
    public var value: JSON
    /// Who asks.
    public var issuer: OrderIssuer
    /// When it may no longer be sent; at most a day ahead.
    public var expiresAt: Date
    /// What led to it.
    public var cause: JSON

    /// A request.
    public init(id: String, actuator: ActuatorID, value: JSON, issuer: OrderIssuer, expiresAt: Date, cause: JSON = .null) {
        (self.id, self.actuator, self.value, self.issuer, self.expiresAt, self.cause) = (id, actuator, value, issuer, expiresAt, cause)
    }
}
