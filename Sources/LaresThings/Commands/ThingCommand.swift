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

/// How long commands wait. A thing that reports something new while it is at it is given the whole time again, up to ``longest`` in all.
public struct CommandPatience: Hashable, Sendable {
    /// Seconds after which one that can be repeated without harm is sent once more.
    public var repeatAfter = 2.0
    /// Seconds after which it is given up.
    public var giveUpAfter = 5.0
    /// Seconds after which it is given up however much is reported meanwhile.
    public var longest = 180.0

    /// The usual times.
    public init() {}

    /// The times for what takes its time: a motor, a bolt, a lamp that fades for `transition` seconds.
    func adapted(to category: ThingCategory, transition: Double) -> CommandPatience {
        var adapted = self
        switch category.description {
        case "cover", "valve", "lawn_mower", "vacuum": (adapted.repeatAfter, adapted.giveUpAfter) = (.infinity, 6 * giveUpAfter)
        case "lock", "alarm_control_panel": adapted.giveUpAfter = 3 * giveUpAfter
        case "climate", "water_heater", "humidifier": adapted.giveUpAfter = 2 * giveUpAfter
        default: break
        }
        adapted.repeatAfter += transition
        adapted.giveUpAfter += transition
        return adapted
    }

    /// The times for a command that asks for what is so already: a thing needn't say that again.
    var ofNoChange: CommandPatience {
        var short = self
        (short.repeatAfter, short.giveUpAfter) = (.infinity, giveUpAfter / 5)
        return short
    }
}
