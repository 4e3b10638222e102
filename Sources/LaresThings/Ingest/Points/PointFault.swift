/// Why a point that was sent can't be taken. It goes to the dead letters with this reason.
public struct PointFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault; the set may grow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code as programs see it.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// A code that was stored.
        init(stored: String) { description = stored }

        /// The line isn't what its format says.
        public static let badLine = Code("bad_line")
        /// The line is longer than it may be.
        public static let lineTooLong = Code("line_too_long")
        /// A name is empty, too long, malformed, or reserved.
        public static let badName = Code("bad_name")
        /// A value is no number, not finite, too large, or a text too long.
        public static let badValue = Code("bad_value")
        /// A time can't be read, or is before 1970 or after 2199.
        public static let badTime = Code("bad_time")
        /// A time lies further ahead than clocks may be wrong.
        public static let clockAhead = Code("clock_ahead")
        /// A time lies before those that are still kept of its series.
        public static let tooOld = Code("too_old")
        /// A unit can't be converted to that of the series.
        public static let badUnit = Code("bad_unit")
        /// A flag is none of good, suspect and bad.
        public static let badQuality = Code("bad_quality")
        /// A text for a series of numbers, or a number for one of texts.
        public static let wrongKind = Code("wrong_kind")
        /// The tenant has as many series as it may.
        public static let tooManySeries = Code("too_many_series")
        /// The tenant sent more than its share by a way on which nobody can be told to wait.
        public static let overQuota = Code("over_quota")
        /// Nobody made a tenant of this name.
        public static let unknownTenant = Code("unknown_tenant")
        /// A message makes no observation: it is no point, and is tried again by whoever makes observations.
        public static let badObservation = Code("bad_observation")
    }

    /// The kind of fault.
    public let code: Code
    /// What is wrong and what to do about it.
    public let message: String

    /// A fault.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The message.
    public var description: String { message }
}
