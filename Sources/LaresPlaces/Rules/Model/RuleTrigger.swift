public import LaresJSON
public import LaresThings

/// What makes a rule look at its conditions.
public struct RuleTrigger: Hashable, Sendable {
    /// What it is called where conditions ask which trigger it was.
    public let id: String?
    /// What must happen.
    public let kind: Kind

    /// A trigger.
    public init(_ kind: Kind, id: String? = nil) { (self.kind, self.id) = (kind, id) }

    /// What must happen.
    public enum Kind: Hashable, Sendable {
        /// A property becomes something.
        case becomes(Becoming)
        /// A property tells an event, such as a button that is pressed again.
        case happens(PropertyAddress, values: [PropertyValue])
        /// A number goes over or under a threshold.
        case crosses(Crossing)
        /// A time comes, as schedules have it: on the clock, by the sun, after an interval, from a crontab.
        case time(Trigger.Kind)
        /// A named event is fired, with data that has these members at least.
        case event(String, data: JSON?)
        /// A message comes on a topic, which may have the wildcards "+" and "#"; nil: with any payload.
        case mqtt(String, payload: String?)
        /// A thing can be reached, or can't any more, perhaps for some time.
        case availability(ThingID, isOnline: Bool, lasting: TimeSpan)
        /// A webhook is called.
        case webhook(String)
        /// A model gives an answer, of its own accord or to someone else; nil: any.
        case model(String, answer: JSON?)
    }

    /// A property becomes something.
    ///
    /// What counts is the value known last, so that unknown in between is no change. A first value that nothing known came before is news where it is
    /// looked out for by name (`to`), and no change where anything else would do. What was so when the rule was put in place isn't news.
    public struct Becoming: Hashable, Sendable {
        /// The property.
        public let address: PropertyAddress
        /// What it becomes, one of these; empty: anything else than it was.
        public let to: [PropertyValue]
        /// What it was, one of these; empty: anything.
        public let from: [PropertyValue]
        /// For how long it must stay so.
        public let lasting: TimeSpan
        /// Whose doing it must be; empty: anyone's.
        public let by: [Cause.Kind]

        /// A property becomes something.
        public init(
            _ address: PropertyAddress, to: [PropertyValue] = [], from: [PropertyValue] = [], lasting: TimeSpan = .zero,
            by: [Cause.Kind] = []
        ) {
            (self.address, self.to, self.from, self.lasting, self.by) = (address, to, from, lasting, by)
        }
    }

    /// A number comes to lie above, below, or between two thresholds.
    ///
    /// It must lie outside by the margin before it can come in again, so that a number that trembles at a threshold crosses it once.
    public struct Crossing: Hashable, Sendable {
        /// The property.
        public let address: PropertyAddress
        /// It must be greater.
        public let above: Double?
        /// It must be less.
        public let below: Double?
        /// By how much it must lie outside before it can cross again.
        public let margin: Double
        /// For how long it must stay so; within the margin, it stays.
        public let lasting: TimeSpan

        /// A number crosses a threshold.
        public init(_ address: PropertyAddress, above: Double? = nil, below: Double? = nil, margin: Double = 0, lasting: TimeSpan = .zero) {
            (self.address, self.above, self.below, self.margin, self.lasting) = (address, above, below, margin, lasting)
        }
    }
}
