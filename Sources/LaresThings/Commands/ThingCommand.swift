internal import LaresJSON

/// What someone wants of a thing.
public struct ThingCommand: Hashable, Sendable {
    /// The thing.
    public let thing: ThingID
    /// What its properties are to be, by their names.
    public let values: [String: PropertyValue]
    /// Who or what wants it.
    public let cause: Cause

    /// What is wanted, for logs: "hall/lamp/on=true". Codes are left out.
    public var subject: String {
        values.sorted { $0.key < $1.key }.map { "\(thing)/\($0.key)=\($0.key == "code" ? "…" : $0.value.json.serialized)" }.joined(
            separator: " ")
    }

    /// A command.
    public init(_ thing: ThingID, _ values: [String: PropertyValue], by cause: Cause) {
        (self.thing, self.values, self.cause) = (thing, values, cause)
    }
}

/// What became of a command.
public enum CommandOutcome: Hashable, Sendable {
    /// The thing reports that it is so.
    case confirmed
    /// The broker has it; the thing doesn't report such things.
    case sent
    /// Another command for the same properties came after it.
    case superseded
    /// The thing didn't report in time.
    case unanswered
    /// It couldn't be sent.
    case failed(ThingsError)

    /// The word that the API gives.
    public var word: String {
        switch self {
        case .confirmed: "confirmed"
        case .sent: "sent"
        case .superseded: "superseded"
        case .unanswered: "unanswered"
        case .failed: "failed"
        }
    }
}

/// How long commands wait.
public struct CommandPatience: Hashable, Sendable {
    /// Seconds after which one that can be repeated without harm is sent once more.
    public var repeatAfter = 2.0
    /// Seconds after which it is given up.
    public var giveUpAfter = 5.0

    /// The usual times.
    public init() {}
}
