public import LaresThings

/// What must be so for a rule to act.
public indirect enum RuleCondition: Hashable, Sendable {
    /// All of these.
    case all([RuleCondition])
    /// One of these at least.
    case any([RuleCondition])
    /// Not this.
    case not(RuleCondition)
    /// A property is something.
    case state(Being)
    /// A number is greater, less, or between.
    case number(PropertyAddress, above: Double?, below: Double?)
    /// Something is known of a property.
    case known(PropertyAddress)
    /// It is between two moments of the day; over midnight when the second is the earlier one.
    case between(DayMoment, DayMoment)
    /// It is one of these days of the week.
    case days(Set<Weekday>)
    /// It is a holiday in one of these calendars of the site.
    case holidays([String])
    /// It is a day of one of these ranges.
    case dates([DateRange])
    /// A template comes to something true.
    case template(RuleTemplate)
    /// A thing can be reached.
    case online(ThingID)
    /// It was one of these triggers.
    case triggeredBy([String])

    /// A property is something.
    public struct Being: Hashable, Sendable {
        /// The property.
        public let address: PropertyAddress
        /// One of these.
        public let values: [PropertyValue]
        /// For at least so long.
        public let lasting: TimeSpan
        /// For at most so long; nil: however long.
        public let within: TimeSpan?
        /// Whose doing it is; empty: anyone's.
        public let by: [Cause.Kind]

        /// A property is something.
        public init(
            _ address: PropertyAddress, _ values: [PropertyValue], lasting: TimeSpan = .zero, within: TimeSpan? = nil, by: [Cause.Kind] = []
        ) {
            (self.address, self.values, self.lasting, self.within, self.by) = (address, values, lasting, within, by)
        }
    }
}
