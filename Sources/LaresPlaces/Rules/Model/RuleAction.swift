public import LaresThings

/// What a rule does.
public indirect enum RuleAction: Hashable, Sendable {
    /// Has things do something.
    case set(Setting)
    /// Sets up a scene.
    case scene(String)
    /// Waits.
    case wait(TimeSpan)
    /// Waits, and then does the rest.
    case after(TimeSpan, [RuleAction])
    /// Waits until one of these happens, or is so already.
    case waitFor([RuleTrigger], timeout: TimeSpan, goesOn: Bool)
    /// Does what stands at the first choice whose conditions hold, or else something else.
    case choose([Choice], otherwise: [RuleAction])
    /// Does the same again and again.
    case `repeat`([RuleAction], Loop)
    /// Does several things at once, and goes on when all are done.
    case parallel([[RuleAction]])
    /// Tells people something.
    case notify(Note)
    /// Asks a model.
    case callModel(ModelCall)
    /// Calls an address on the network.
    case callWebhook(String, body: RuleValue?)
    /// Publishes a message.
    case publish(String, payload: RuleValue, isRetained: Bool)
    /// Fires a named event.
    case fire(String, data: RuleValue?)
    /// Gives variables values, in order.
    case `let`([RuleMember])
    /// Ends the run here unless these hold.
    case only([RuleCondition])
    /// Ends the run, for a reason.
    case stop(String)

    /// What things are to do.
    public struct Setting: Hashable, Sendable {
        /// Properties by their addresses, and what they are to be.
        public let values: [Target]
        /// Whether, and for how long, to wait until the things report that they did it; a run whose command fails then ends.
        public let confirmation: TimeSpan?

        /// What things are to do.
        public init(_ values: [Target], confirmation: TimeSpan? = nil) { (self.values, self.confirmation) = (values, confirmation) }

        /// A property and what it is to be.
        public struct Target: Hashable, Sendable {
            /// The property.
            public let address: PropertyAddress
            /// What it is to be.
            public let value: RuleValue

            /// A property and what it is to be.
            public init(_ address: PropertyAddress, _ value: RuleValue) { (self.address, self.value) = (address, value) }
        }
    }

    /// What to do when something holds.
    public struct Choice: Hashable, Sendable {
        /// What must hold.
        public let only: [RuleCondition]
        /// What to do.
        public let then: [RuleAction]

        /// What to do when something holds.
        public init(only: [RuleCondition], then: [RuleAction]) { (self.only, self.then) = (only, then) }
    }

    /// How often to repeat.
    public enum Loop: Hashable, Sendable {
        /// So many times.
        case times(Int)
        /// As long as these hold, which is looked at first; at most so many times.
        case `while`([RuleCondition], most: Int)
        /// Until these hold, which is looked at afterwards; at most so many times.
        case until([RuleCondition], most: Int)

        /// How many times there may be.
        public static let allowed = 1...1000
        /// How many times there are at most, unless it is said.
        public static let usual = 100
    }

    /// Something for people.
    public struct Note: Hashable, Sendable {
        /// What it says; may be a template.
        public let text: RuleValue
        /// What stands over it.
        public let title: RuleValue?
        /// Whom it is for; nil: everyone.
        public let to: String?
        /// Whether it comes through when people don't want to be disturbed.
        public let isUrgent: Bool

        /// Something for people.
        public init(_ text: RuleValue, title: RuleValue? = nil, to: String? = nil, isUrgent: Bool = false) {
            (self.text, self.title, self.to, self.isUrgent) = (text, title, to, isUrgent)
        }
    }

    /// A question to a model.
    public struct ModelCall: Hashable, Sendable {
        /// The model's name or alias.
        public let model: String
        /// What it is asked.
        public let input: RuleValue
        /// The variable that takes its answer.
        public let into: String
        /// For how long to wait for it.
        public let timeout: TimeSpan
        /// Whether the run goes on when it doesn't come; the variable is null then.
        public let goesOn: Bool

        /// A question to a model.
        public init(_ model: String, input: RuleValue, into: String = "answer", timeout: TimeSpan = .seconds(30), goesOn: Bool = false) {
            (self.model, self.input, self.into, self.timeout, self.goesOn) = (model, input, into, timeout, goesOn)
        }
    }
}
