public import LaresJSON
public import LaresThings

/// What rules are told of.
///
/// An event is doubted when whoever brought it about may not start trusted rules: what follows from it is trusted with nothing.
public enum RuleEvent: Hashable, Sendable {
    /// A property became something else, or told an event.
    case changed(Change)
    /// A thing can be reached, or can't.
    case availability(ThingID, Availability)
    /// A message came.
    case message(topic: String, payload: String)
    /// A webhook was called.
    case webhook(String, body: JSON?, by: Cause? = nil, isDoubted: Bool = false)
    /// A named event was fired.
    case fired(String, data: JSON?, by: Cause, isDoubted: Bool = false)
    /// A model gave an answer that no rule waits for.
    case answered(model: String, answer: JSON, isDoubted: Bool = false)
    /// Something that a rule had done is over.
    case completed(RuleEffect.ID, RuleEffect.Outcome)
}

extension RuleEvent {
    /// What a home tells, as far as rules look out for it; nil for the rest.
    public init?(_ event: HomeEvent) {
        switch event {
        case .changed(let change): self = .changed(change)
        case .availability(let thing, let availability, _): self = .availability(thing, availability)
        case .heard(let message):
            guard let text = String(validating: message.payload, as: UTF8.self) else { return nil }
            self = .message(topic: message.topic, payload: text)
        case .asked, .described, .removed, .refused: return nil
        }
    }
}

/// What a rule wants done. The engine only says so; whoever runs it does it.
public struct RuleEffect: Hashable, Sendable {
    /// Which effect of which run.
    public struct ID: Hashable, Sendable {
        /// The run.
        public let run: Int
        /// Its number within the run, from 1.
        public let number: Int

        /// Which effect of which run.
        public init(run: Int, number: Int) { (self.run, self.number) = (run, number) }
    }

    /// What became of it.
    public enum Outcome: Hashable, Sendable {
        /// It was done: for a command, confirmed or sent.
        case done
        /// A model answered.
        case answered(JSON)
        /// It couldn't be done, and why.
        case failed(String)
    }

    /// What is to be done.
    public enum Kind: Hashable, Sendable {
        /// A thing is to do something.
        case set(ThingCommand)
        /// A scene is to be set up.
        case scene(String)
        /// People are to be told something; nil: everyone.
        case notify(String, title: String?, to: String?, isUrgent: Bool = false)
        /// A model is to be asked; its answer comes back as ``RuleEvent/completed(_:_:)``.
        case callModel(String, input: JSON)
        /// An address on the network is to be called.
        case callWebhook(String, body: JSON?)
        /// A message is to be published.
        case publish(topic: String, payload: String, isRetained: Bool)
        /// A named event; it is to be given back as ``RuleEvent/fired(_:data:by:isDoubted:)``.
        case fire(String, data: JSON?)
    }

    /// Which effect of which run; name it when telling what became of it.
    public let id: ID
    /// The rule.
    public let rule: RuleID
    /// What is to be done.
    public let kind: Kind
    /// Whether its run follows from a doubted event (``RuleEvent``).
    public var isDoubted = false

    /// Whose doing it is.
    public var cause: Cause { Cause(.rule, name: rule.description) }
}
